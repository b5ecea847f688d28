/* Calls of functions and of a project's helpers, as the compiler sees them: which one, how many arguments, what types.
 */
#include <stdio.h>
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_do.h"
#include "runtime/template_parse.h"

#define SUGGESTION_SIZE 96

const char *template_letter_name(char letter)
{
    switch (letter) {
    case 's': return "a string";
    case 'n': return "a number";
    case 'b': return "a boolean";
    case 'd': return "a datetime";
    case 'a': return "an array";
    case 'm': return "a map";
    case 'S': return "a string or null";
    case 'N': return "a number or null";
    case 'B': return "a boolean or null";
    case 'D': return "a datetime or null";
    case 'A': return "an array or null";
    case 'M': return "a map or null";
    case 'z': return "null";
    default: return "anything";
    }
}

bool template_letter_takes(char letter, char type)
{
    if (letter == '*' || type == '*') return true;
    if (type == 'z') return letter >= 'A' && letter <= 'Z';
    return (letter | 0x20) == (type | 0x20);
}

char template_letter_of(enum template_type type)
{
    switch (type) {
    case TEMPLATE_NULL: return 'z';
    case TEMPLATE_BOOLEAN: return 'b';
    case TEMPLATE_NUMBER: return 'n';
    case TEMPLATE_STRING: return 's';
    case TEMPLATE_DATETIME: return 'd';
    case TEMPLATE_ARRAY: return 'a';
    case TEMPLATE_MAP: return 'm';
    }
    return '*';
}

char template_parameter(const struct template_function *function, size_t index)
{
    char letter = '\0';

    for (const char *at = function->parameters; *at != '\0'; at++) {
        if (*at == '?') continue;
        if (*at == '+') return letter;
        letter = *at;
        if (index-- == 0) return letter;
    }
    return '\0';
}

size_t template_parameter_least(const struct template_function *function)
{
    size_t least = 0;

    for (const char *at = function->parameters; *at != '\0' && *at != '?'; at++) {
        if (*at != '+') least++;
    }
    return least;
}

bool template_is_helper(const struct template_reader *reader, struct template_text name)
{
    const struct template_helpers *helpers = reader->options->helpers;

    return helpers != NULL && helpers->has(helpers->arg, name.bytes, name.len);
}

/* Edits from one name to the other, small and capital letters alike; most where there are more. */
static size_t distance(struct template_text a, const char *b, size_t b_len, size_t most)
{
    size_t row[65];

    if (a.len > 64 || b_len > 64 || (a.len > b_len ? a.len - b_len : b_len - a.len) >= most) return most;
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t change = corner + ((a.bytes[i - 1] | 0x20) != (b[j - 1] | 0x20));

            corner = row[j];
            if (row[j] + 1 < change) change = row[j] + 1;
            if (row[j - 1] + 1 < change) change = row[j - 1] + 1;
            row[j] = change;
        }
    }
    return row[b_len] < most ? row[b_len] : most;
}

const char *template_suggest(const struct template_reader *reader, struct template_text name, char *out, size_t size)
{
    static const char *const builtin[] = {"if", "unless", "each", "with", "lookup", "log", "fragment", "encrypt"};
    size_t count, nearest = name.len / 2 < 3 ? name.len / 2 + 1 : 4;
    const struct template_function *functions = template_function_list(&count);
    const char *found = NULL;

    for (size_t i = 0; i < count + sizeof(builtin) / sizeof(builtin[0]); i++) {
        const char *candidate = i < count ? functions[i].name : builtin[i - count];
        size_t edits;

        if (i >= count && template_text_is(name, candidate)) continue;
        if (template_text_is((struct template_text){candidate, strlen(candidate)}, "encrypt") &&
            !template_is_helper(reader, (struct template_text){"encrypt", 7}))
            continue;
        edits = distance(name, candidate, strlen(candidate), nearest);
        if (edits < nearest) {
            nearest = edits;
            found = candidate;
        }
    }
    out[0] = '\0';
    if (found != NULL) snprintf(out, size, "; did you mean %s?", found);
    return out;
}

static int check_count(struct template_reader *reader, const struct template_expression *call)
{
    size_t least = template_parameter_least(call->function);

    if (call->count < least) {
        return template_reader_fail(reader, call->offset, "%s needs %s%zu argument%s, got %u", call->function->name,
                                    template_parameter(call->function, least) != '\0' ? "at least " : "", least,
                                    least == 1 ? "" : "s", call->count);
    }
    if (call->count > 0 && template_parameter(call->function, call->count - 1) == '\0') {
        size_t most = call->count - 1;

        while (most > 0 && template_parameter(call->function, most - 1) == '\0')
            most--;
        return template_reader_fail(reader, call->offset, "%s takes %s%zu argument%s, got %u", call->function->name,
                                    most > least ? "at most " : "", most, most == 1 ? "" : "s", call->count);
    }
    return STATUS_OK;
}

static int check_types(struct template_reader *reader, const struct template_expression *call)
{
    for (uint32_t i = 0; i < call->count; i++) {
        const struct template_expression *argument = call->arguments[i];
        char letter = template_parameter(call->function, i);

        if (template_letter_takes(letter, argument->type)) continue;
        if (argument->kind == EXPRESSION_PATH) {
            return template_reader_fail(reader, argument->offset, "%s, argument %u: %.*s has to be %s, not %s",
                                        call->function->name, i + 1, (int)argument->path->original.len,
                                        argument->path->original.bytes, template_letter_name(letter),
                                        template_letter_name(argument->type));
        }
        return template_reader_fail(reader, argument->offset, "%s: argument %u has to be %s, not %s",
                                    call->function->name, i + 1, template_letter_name(letter),
                                    template_letter_name(argument->type));
    }
    return STATUS_OK;
}

/* topN(orders, price, 5): a name alone is that of a property. */
static void take_property(struct template_expression *call)
{
    struct template_expression *argument = call->count == 3 ? call->arguments[1] : NULL;

    if (argument == NULL || argument->kind != EXPRESSION_PATH) return;
    if (call->function->call != template_do_top_n && call->function->call != template_do_bottom_n) return;
    if (argument->path->start != PATH_NAME || argument->path->root != 0) return;
    argument->kind = EXPRESSION_PROPERTY;
}

int template_make_call(struct template_reader *reader, struct template_expression *call)
{
    char hint[SUGGESTION_SIZE];

    if (template_is_helper(reader, call->name)) {
        call->kind = EXPRESSION_HELPER;
        call->type = '*';
        return STATUS_OK;
    }
    call->kind = EXPRESSION_FUNCTION;
    call->function = template_function_find(call->name.bytes, call->name.len);
    if (call->function == NULL) {
        return template_reader_fail(reader, call->offset, "there is no function or helper '%.*s'%s",
                                    (int)call->name.len, call->name.bytes,
                                    template_suggest(reader, call->name, hint, sizeof(hint)));
    }
    if (call->pair_count > 0) {
        return template_reader_fail(reader, call->offset, "%s takes no key=value", call->function->name);
    }
    call->type = call->function->result;
    if (check_count(reader, call) != STATUS_OK) return STATUS_INVALID;
    take_property(call);
    return check_types(reader, call);
}

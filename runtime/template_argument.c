#include "runtime/template_argument.h"

#include <inttypes.h>
#include <string.h>

#include "runtime/locale_format.h"
#include "runtime/status.h"

#define LOCALE_MOST 60 /* characters of a locale's name */

int template_argument_whole(struct template_call *call, size_t index, int64_t least, int64_t most, int64_t *out)
{
    const struct template_value *value = &call->arguments[index];

    if (!value->number.is_integer) {
        return template_call_fail(call, "argument %zu: expected a whole number, got %g", index + 1,
                                  value->number.decimal);
    }
    if (value->number.integer < least || value->number.integer > most) {
        return template_call_fail(call, "argument %zu: expected a number from %" PRId64 " to %" PRId64 ", got %" PRId64,
                                  index + 1, least, most, value->number.integer);
    }
    *out = value->number.integer;
    return STATUS_OK;
}

int template_argument_text(struct template_call *call, size_t index, struct template_text *out)
{
    const struct template_value *value = &call->arguments[index];

    if (value->type == TEMPLATE_NULL || template_value_text(value, call->arena, out) != STATUS_OK) {
        return template_call_fail(call, "argument %zu: expected a string, got %s", index + 1,
                                  template_type_name(value->type));
    }
    return STATUS_OK;
}

struct template_text template_argument_string(const struct template_call *call, size_t index)
{
    if (index >= call->count || call->arguments[index].type != TEMPLATE_STRING) return (struct template_text){"", 0};
    return call->arguments[index].text;
}

bool template_argument_flag(const struct template_call *call, size_t index, bool otherwise)
{
    return index < call->count ? call->arguments[index].boolean : otherwise;
}

int template_argument_name(struct template_call *call, size_t index, const char *otherwise, const char **out)
{
    struct template_text text;
    char *name;

    if (index >= call->count) {
        *out = otherwise;
        return STATUS_OK;
    }
    text = call->arguments[index].text;
    if (memchr(text.bytes, '\0', text.len) != NULL) {
        return template_call_fail(call, "argument %zu: has a NUL character in it", index + 1);
    }
    name = template_arena_take(call->arena, text.len + 1);
    memcpy(name, text.bytes, text.len);
    name[text.len] = '\0';
    *out = name;
    return STATUS_OK;
}

int template_argument_locale(struct template_call *call, size_t index, const char **out)
{
    const char *locale;

    if (template_argument_name(call, index, call->locale, &locale) != STATUS_OK) return STATUS_INVALID;
    if (strlen(locale) > LOCALE_MOST || !locale_is_known(locale)) {
        return template_call_fail(call, "argument %zu: expected a locale such as \"en_GB\"", index + 1);
    }
    *out = locale;
    return STATUS_OK;
}

int template_result_room(struct template_call *call, size_t size, char **out)
{
    if (size > TEMPLATE_RESULT_MOST) {
        return template_call_fail(call, "the result would be longer than %d bytes", TEMPLATE_RESULT_MOST);
    }
    *out = template_arena_take(call->arena, size > 0 ? size : 1);
    return STATUS_OK;
}

size_t template_text_append(char *bytes, size_t at, struct template_text text)
{
    memcpy(bytes + at, text.bytes, text.len);
    return at + text.len;
}

struct template_value *template_result_items(struct template_call *call, size_t count)
{
    return template_arena_take(call->arena, (count > 0 ? count : 1) * sizeof(struct template_value));
}

struct template_value template_result_array(const struct template_value *items, size_t count)
{
    return (struct template_value){.type = TEMPLATE_ARRAY, .array = {.items = items, .count = count}};
}

bool template_value_has_order(const struct template_value *value)
{
    return value->type == TEMPLATE_NUMBER || value->type == TEMPLATE_STRING || value->type == TEMPLATE_DATETIME;
}

static int compare_numbers(const struct template_number *a, const struct template_number *b)
{
    if (a->is_integer && b->is_integer) return (a->integer > b->integer) - (a->integer < b->integer);
    return (a->decimal > b->decimal) - (a->decimal < b->decimal);
}

/* The order of UTF-8 bytes is that of code points. */
static int compare_texts(struct template_text a, struct template_text b)
{
    int order = memcmp(a.bytes, b.bytes, a.len < b.len ? a.len : b.len);

    if (order == 0) return (a.len > b.len) - (a.len < b.len);
    return order < 0 ? -1 : 1;
}

int template_value_compare(const struct template_value *a, const struct template_value *b)
{
    if (a->type == TEMPLATE_NUMBER) return compare_numbers(&a->number, &b->number);
    if (a->type == TEMPLATE_STRING) return compare_texts(a->text, b->text);
    return (a->datetime.ms > b->datetime.ms) - (a->datetime.ms < b->datetime.ms);
}

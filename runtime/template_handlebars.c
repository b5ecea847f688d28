/* What stands in Handlebars' tags: paths, literals, sub-expressions, key=value, as |names|. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_parse.h"

#define ARGUMENTS_MOST 64

static int read_argument(struct template_reader *reader, struct template_expression **out);

static bool ends_literal(const struct template_reader *reader, size_t at)
{
    return at == reader->len || strchr("~})]%", reader->bytes[at]) != NULL ||
           template_space_len(reader->bytes + at, reader->len - at) > 0;
}

static struct template_expression *new_literal(struct template_reader *reader, size_t offset, char type,
                                               struct template_value value)
{
    struct template_expression *literal = template_expression_new(reader, EXPRESSION_LITERAL, offset);

    literal->type = type;
    literal->literal = value;
    literal->name = (struct template_text){reader->bytes + offset, reader->at - offset};
    return literal;
}

/* true, false, null, undefined, 12, -1.5; NULL when something else stands here. */
static struct template_expression *read_word_literal(struct template_reader *reader)
{
    static const struct {
        const char *word;
        char type;
    } words[] = {{"true", 'b'}, {"false", 'b'}, {"null", 'z'}, {"undefined", 'z'}};
    size_t start = reader->at;
    struct template_text number;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!template_reader_is_at(reader, words[i].word) || !ends_literal(reader, start + strlen(words[i].word)))
            continue;
        reader->at += strlen(words[i].word);
        return new_literal(reader, start, words[i].type, i < 2 ? template_boolean(i == 0) : template_null());
    }
    if (template_reader_is_at(reader, "-")) reader->at++;
    if (template_read_number(reader, &number) && ends_literal(reader, reader->at)) {
        struct template_value value = {.type = TEMPLATE_NUMBER};

        value.number = template_number_read((struct template_text){reader->bytes + start, reader->at - start});
        return new_literal(reader, start, 'n', value);
    }
    reader->at = start;
    return NULL;
}

/* A path or a literal. */
static int read_simple(struct template_reader *reader, struct template_expression **out)
{
    size_t start = reader->at;
    struct template_expression *literal;
    struct template_text text;
    struct template_path *path;

    if (template_reader_is_at(reader, "\"") || template_reader_is_at(reader, "'")) {
        if (template_read_string(reader, false, &text) != STATUS_OK) return STATUS_INVALID;
        *out = new_literal(reader, start, 's', template_string(text.bytes, text.len));
        (*out)->name = text;
        return STATUS_OK;
    }
    literal = read_word_literal(reader);
    if (literal != NULL) {
        *out = literal;
        return STATUS_OK;
    }
    if (template_read_path(reader, false, &path) != STATUS_OK) return STATUS_INVALID;
    *out = template_expression_new(reader, EXPRESSION_PATH, start);
    (*out)->path = path;
    (*out)->name = path->original;
    return STATUS_OK;
}

/* True at key=value; the reader then stands behind the =. */
static bool accept_key(struct template_reader *reader, struct template_text *out)
{
    size_t before = reader->at;

    if (template_reader_is_at(reader, "[")) {
        const char *end = memchr(reader->bytes + before, ']', reader->len - before);

        if (end == NULL) return false;
        *out = (struct template_text){reader->bytes + before + 1, (size_t)(end - reader->bytes) - before - 1};
        reader->at = before + out->len + 2;
    } else if (!template_read_word(reader, true, out)) {
        return false;
    }
    if (template_reader_accept(reader, "=")) return true;
    reader->at = before;
    return false;
}

static bool is_at_params(const struct template_reader *reader)
{
    struct template_reader probe = *reader;

    if (!template_reader_is_at(reader, "as")) return false;
    probe.at += 2;
    return template_space_len(probe.bytes + probe.at, probe.len - probe.at) > 0 && template_reader_accept(&probe, "|");
}

int template_read_params(struct template_reader *reader, struct template_text **out, uint32_t *out_count)
{
    struct template_text names[8];
    uint32_t count = 0;

    template_reader_skip_space(reader);
    if (!is_at_params(reader)) return STATUS_OK;
    reader->at += 2;
    template_reader_accept(reader, "|");
    while (!template_reader_accept(reader, "|")) {
        if (count == sizeof(names) / sizeof(names[0]))
            return template_reader_fail(reader, reader->at, "too many names stand behind as");
        if (!template_read_word(reader, true, &names[count++])) {
            return template_reader_fail(reader, reader->at, "expected names and a closing | behind as");
        }
    }
    if (count == 0) return template_reader_fail(reader, reader->at, "expected a name between the | |");
    *out = template_arena_zeroed(&reader->template->arena, count, sizeof(**out));
    memcpy(*out, names, count * sizeof(**out));
    *out_count = count;
    return STATUS_OK;
}

/* The bytes of an operator, which only expressions have; 0 where none stands. */
static size_t operator_len(const struct template_reader *reader)
{
    static const char *const words[] = {"!=", "==", "<=", ">=", "<>", "?:", "&&", "||", "<", ">", "=", "+", "*", "/"};
    size_t rest = reader->len - reader->at;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (template_reader_is_at(reader, words[i])) return strlen(words[i]);
    }
    return rest > 1 && reader->bytes[reader->at] == '-' &&
                   template_space_len(reader->bytes + reader->at + 1, rest - 1) > 0
               ? 1
               : 0;
}

static int refuse_operator(struct template_reader *reader, struct template_text name, size_t len)
{
    static const char *const blocks[] = {"if", "unless", "each", "with"};
    const char *block = "", *mark = "=";

    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (!template_text_is(name, blocks[i])) continue;
        block = blocks[i];
        mark = "#";
    }
    return template_reader_fail(reader, reader->at, "`%.*s` is an operator of expressions: write {%%%s%s … %%}",
                                (int)len, reader->bytes + reader->at, mark, block);
}

static int read_arguments(struct template_reader *reader, struct template_invocation *out)
{
    struct template_expression *arguments[ARGUMENTS_MOST];
    struct template_pair pairs[ARGUMENTS_MOST];
    struct template_arena *arena = &reader->template->arena;

    for (;;) {
        size_t before = reader->at;
        struct template_text key;
        bool is_pair;

        template_reader_skip_space(reader);
        if (reader->at == reader->len || strchr("})~%", reader->bytes[reader->at]) != NULL || is_at_params(reader))
            break;
        if (reader->at == before)
            return template_reader_fail(reader, before, "expected a space here, not '%c'", reader->bytes[before]);
        if (out->count == ARGUMENTS_MOST || out->pair_count == ARGUMENTS_MOST) {
            return template_reader_fail(reader, reader->at, "there are more than %d arguments", ARGUMENTS_MOST);
        }
        if (operator_len(reader) > 0) return refuse_operator(reader, out->head->name, operator_len(reader));
        is_pair = accept_key(reader, &key);
        template_reader_skip_space(reader);
        if (is_pair) {
            pairs[out->pair_count].name = key;
            if (read_argument(reader, &pairs[out->pair_count++].value) != STATUS_OK) return STATUS_INVALID;
        } else if (out->pair_count > 0) {
            return template_reader_fail(reader, reader->at, "arguments stand before key=value");
        } else if (read_argument(reader, &arguments[out->count++]) != STATUS_OK) {
            return STATUS_INVALID;
        }
    }
    out->arguments = template_arena_zeroed(arena, out->count + 1, sizeof(*arguments));
    memcpy(out->arguments, arguments, out->count * sizeof(*arguments));
    out->pairs = template_arena_zeroed(arena, out->pair_count + 1, sizeof(*pairs));
    memcpy(out->pairs, pairs, out->pair_count * sizeof(*pairs));
    return STATUS_OK;
}

int template_read_invocation(struct template_reader *reader, struct template_invocation *out)
{
    template_reader_skip_space(reader);
    *out = (struct template_invocation){.offset = reader->at};
    if (reader->at == reader->len || reader->bytes[reader->at] == '}') {
        return template_reader_fail(reader, reader->at, "something is missing here: expected a name");
    }
    if (template_reader_is_at(reader, "(")) {
        if (read_argument(reader, &out->head) != STATUS_OK) return STATUS_INVALID;
    } else if (read_simple(reader, &out->head) != STATUS_OK) {
        return STATUS_INVALID;
    }
    return read_arguments(reader, out);
}

/* (helper a b) */
static int read_subexpression(struct template_reader *reader, struct template_expression **out)
{
    size_t start = reader->at++;
    struct template_invocation inner;

    if (template_reader_enter(reader, start) != STATUS_OK) return STATUS_INVALID;
    if (template_read_invocation(reader, &inner) != STATUS_OK) return STATUS_INVALID;
    if (!template_reader_accept(reader, ")")) return template_reader_fail(reader, reader->at, "expected a closing )");
    reader->depth--;
    return template_invocation_value(reader, &inner, true, out);
}

static int read_argument(struct template_reader *reader, struct template_expression **out)
{
    if (reader->at == reader->len) return template_reader_fail(reader, reader->at, "something is missing here");
    if (template_reader_is_at(reader, "(")) return read_subexpression(reader, out);
    return read_simple(reader, out);
}

struct template_text template_invocation_name(const struct template_invocation *invocation)
{
    return invocation->head->name;
}

/* {{lookup object name}} */
static int make_lookup(struct template_reader *reader, const struct template_invocation *invocation,
                       struct template_expression **out)
{
    if (invocation->count != 2 || invocation->pair_count > 0) {
        return template_reader_fail(reader, invocation->offset, "lookup takes an object or array, and a name or index");
    }
    *out = template_expression_new(reader, EXPRESSION_LOOKUP, invocation->offset);
    (*out)->arguments = invocation->arguments;
    (*out)->count = 2;
    return STATUS_OK;
}

/* A name that stands alone: a literal names a member; a name may call what needs no arguments. */
static int make_alone(struct template_reader *reader, const struct template_invocation *invocation,
                      struct template_expression **out)
{
    struct template_expression *head = invocation->head;
    const struct template_function *function;
    struct template_path *path;

    *out = head;
    if (head->kind == EXPRESSION_LITERAL) {
        path = template_arena_zeroed(&reader->template->arena, 1, sizeof(*path));
        path->segments = template_arena_zeroed(&reader->template->arena, 1, sizeof(*path->segments));
        path->segments[0] = (struct template_segment){head->name, UINT32_MAX};
        path->original = head->name;
        path->count = 1;
        *out = template_expression_new(reader, EXPRESSION_PATH, invocation->offset);
        (*out)->path = path;
        return STATUS_OK;
    }
    if (head->kind != EXPRESSION_PATH || !head->path->is_simple || head->path->start != PATH_NAME) return STATUS_OK;
    if (template_is_helper(reader, head->name)) {
        *out = template_expression_new(reader, EXPRESSION_HELPER, invocation->offset);
        (*out)->name = head->name;
        return STATUS_OK;
    }
    function = template_function_find(head->name.bytes, head->name.len);
    if (function != NULL && template_parameter_least(function) == 0) {
        *out = template_expression_new(reader, EXPRESSION_FUNCTION, invocation->offset);
        (*out)->name = head->name;
        (*out)->function = function;
        (*out)->path = head->path;
    }
    return STATUS_OK;
}

int template_invocation_value(struct template_reader *reader, const struct template_invocation *invocation,
                              bool is_call, struct template_expression **out)
{
    struct template_expression *head = invocation->head, *call;

    if (!is_call && invocation->count == 0 && invocation->pair_count == 0) return make_alone(reader, invocation, out);
    if (template_text_is(head->name, "lookup")) return make_lookup(reader, invocation, out);
    if (head->kind != EXPRESSION_PATH && head->kind != EXPRESSION_LITERAL) {
        return template_reader_fail(reader, invocation->offset, "expected the name of a helper or function here");
    }
    call = template_expression_new(reader, EXPRESSION_FUNCTION, invocation->offset);
    call->name = head->name;
    call->arguments = invocation->arguments;
    call->count = invocation->count;
    call->pairs = invocation->pairs;
    call->pair_count = invocation->pair_count;
    *out = call;
    return template_make_call(reader, call);
}

/* Questions about strings. A null contains nothing, begins and ends with nothing, and equals null alone. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_argument.h"
#include "runtime/template_characters.h"
#include "runtime/template_do.h"
#include "runtime/utf8.h"

#define LIKE_STEPS_MOST 10000000

static bool contains(struct template_text text, struct template_text part)
{
    return template_characters_find(text, part) != SIZE_MAX;
}

static bool starts_with(struct template_text text, struct template_text part)
{
    return part.len <= text.len && memcmp(text.bytes, part.bytes, part.len) == 0;
}

static bool ends_with(struct template_text text, struct template_text part)
{
    return part.len <= text.len && memcmp(text.bytes + (text.len - part.len), part.bytes, part.len) == 0;
}

static bool any_null(const struct template_call *call)
{
    return call->arguments[0].type == TEMPLATE_NULL || call->arguments[1].type == TEMPLATE_NULL;
}

/* is_asked: what the function gives when test holds. The third argument says whether case counts. */
static int give_test(struct template_call *call, bool (*test)(struct template_text, struct template_text),
                     bool is_asked, struct template_value *out)
{
    struct template_text text = template_argument_string(call, 0), part = template_argument_string(call, 1);

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (!template_argument_flag(call, 2, true)) {
        text = template_characters_fold(text, call->arena);
        part = template_characters_fold(part, call->arena);
    }
    *out = template_boolean((!any_null(call) && test(text, part)) == is_asked);
    return STATUS_OK;
}

int template_do_contains(struct template_call *call, struct template_value *out)
{
    return give_test(call, contains, true, out);
}

int template_do_does_not_contain(struct template_call *call, struct template_value *out)
{
    return give_test(call, contains, false, out);
}

int template_do_starts_with(struct template_call *call, struct template_value *out)
{
    return give_test(call, starts_with, true, out);
}

int template_do_does_not_start_with(struct template_call *call, struct template_value *out)
{
    return give_test(call, starts_with, false, out);
}

int template_do_ends_with(struct template_call *call, struct template_value *out)
{
    return give_test(call, ends_with, true, out);
}

int template_do_does_not_end_with(struct template_call *call, struct template_value *out)
{
    return give_test(call, ends_with, false, out);
}

int template_do_equals(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(template_value_equal(&call->arguments[0], &call->arguments[1], call->arena));
    return STATUS_OK;
}

int template_do_not_equal_to(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(!template_value_equal(&call->arguments[0], &call->arguments[1], call->arena));
    return STATUS_OK;
}

/* Whether argument 1 is one of those behind it. */
static int find_folded(struct template_call *call, bool *out)
{
    const struct template_value *first = &call->arguments[0];
    struct template_text text, other;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    text = template_characters_fold(template_argument_string(call, 0), call->arena);
    *out = false;
    for (size_t i = 1; i < call->count && !*out; i++) {
        if (first->type != call->arguments[i].type) continue;
        other = template_characters_fold(template_argument_string(call, i), call->arena);
        *out = template_characters_equal(text, other);
    }
    return STATUS_OK;
}

int template_do_equals_any_ignore_case(struct template_call *call, struct template_value *out)
{
    bool is_found;

    if (find_folded(call, &is_found) != STATUS_OK) return STATUS_INVALID;
    *out = template_boolean(is_found);
    return STATUS_OK;
}

int template_do_equals_ignore_case(struct template_call *call, struct template_value *out)
{
    return template_do_equals_any_ignore_case(call, out);
}

int template_do_not_equal_with_ignore_case(struct template_call *call, struct template_value *out)
{
    bool is_found;

    if (find_folded(call, &is_found) != STATUS_OK) return STATUS_INVALID;
    *out = template_boolean(!is_found);
    return STATUS_OK;
}

static bool is_empty(const struct template_value *value)
{
    switch (value->type) {
    case TEMPLATE_NULL: return true;
    case TEMPLATE_STRING: return value->text.len == 0;
    case TEMPLATE_ARRAY: return template_array_count(&value->array) == 0;
    case TEMPLATE_MAP: return template_map_count(&value->map) == 0;
    case TEMPLATE_BOOLEAN:
    case TEMPLATE_NUMBER:
    case TEMPLATE_DATETIME: break;
    }
    return false;
}

int template_do_is_empty(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(is_empty(&call->arguments[0]));
    return STATUS_OK;
}

int template_do_is_not_empty(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(!is_empty(&call->arguments[0]));
    return STATUS_OK;
}

/*
 * % stands for any characters, _ for one. Only the last % seen is ever gone back to: what one before it matched could
 * only be shorter, which the last one makes up for.
 */
static int match_like(struct template_text text, struct template_text pattern, bool *out)
{
    size_t at = 0, sought = 0, percent = SIZE_MAX, resume = 0, size;
    unsigned steps = 0;

    while (at < text.len) {
        if (++steps > LIKE_STEPS_MOST) return STATUS_LIMIT;
        size = utf8_next(text.bytes + at, text.len - at, NULL);
        if (sought < pattern.len && pattern.bytes[sought] == '%') {
            percent = sought++;
            resume = at;
        } else if (sought < pattern.len && pattern.bytes[sought] == '_') {
            sought++;
            at += size;
        } else if (pattern.len - sought >= size && memcmp(pattern.bytes + sought, text.bytes + at, size) == 0) {
            sought += size;
            at += size;
        } else if (percent != SIZE_MAX) {
            resume += utf8_next(text.bytes + resume, text.len - resume, NULL);
            at = resume;
            sought = percent + 1;
        } else {
            break;
        }
    }
    while (sought < pattern.len && pattern.bytes[sought] == '%')
        sought++;
    *out = at == text.len && sought == pattern.len;
    return STATUS_OK;
}

int template_do_like(struct template_call *call, struct template_value *out)
{
    bool is_match;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (match_like(template_argument_string(call, 0), template_argument_string(call, 1), &is_match) != STATUS_OK) {
        return template_call_fail(call, "matching took too long");
    }
    *out = template_boolean(is_match && !any_null(call));
    return STATUS_OK;
}

/* Regular expressions. They match anywhere in the string, where ^ and $ do not say otherwise. */
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/locale_text.h"
#include "runtime/status.h"
#include "runtime/template_arena.h"
#include "runtime/template_argument.h"
#include "runtime/template_characters.h"
#include "runtime/template_do.h"

/* Opens argument 2 over argument 1. */
static int open_regex(struct template_call *call, struct locale_regex **out)
{
    struct template_text text = template_argument_string(call, 0), pattern = template_argument_string(call, 1);
    const char *why;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (locale_regex_open(pattern.bytes, pattern.len, text.bytes, text.len, out, &why) != STATUS_OK) {
        return template_call_fail(call, "argument 2: not a regular expression: %s", why);
    }
    return STATUS_OK;
}

static int took_too_long(struct template_call *call)
{
    return template_call_fail(call, "argument 2: matching the regular expression took too long");
}

int template_do_matches(struct template_call *call, struct template_value *out)
{
    struct locale_regex *regex;
    int status;

    if (open_regex(call, &regex) != STATUS_OK) return STATUS_INVALID;
    status = locale_regex_next(regex);
    locale_regex_close(regex);
    if (status == STATUS_LIMIT) return took_too_long(call);
    *out = template_boolean(status == STATUS_OK && call->arguments[0].type != TEMPLATE_NULL);
    return STATUS_OK;
}

/* Null where nothing matches, or the group took no part. */
int template_do_regex_group(struct template_call *call, struct template_value *out)
{
    struct template_text text = template_argument_string(call, 0);
    struct locale_span span = {SIZE_MAX, SIZE_MAX};
    struct locale_regex *regex;
    size_t group_count;
    int64_t group;
    int status;

    if (template_argument_whole(call, 2, 0, INT32_MAX, &group) != STATUS_OK) return STATUS_INVALID;
    if (open_regex(call, &regex) != STATUS_OK) return STATUS_INVALID;
    group_count = locale_regex_group_count(regex);
    status = locale_regex_next(regex);
    if (status == STATUS_OK && (size_t)group <= group_count) span = locale_regex_group(regex, (size_t)group);
    locale_regex_close(regex);
    if ((size_t)group > group_count) {
        return template_call_fail(call, "argument 3: expected a group from 0 to %zu, got %lld", group_count,
                                  (long long)group);
    }
    if (status == STATUS_LIMIT) return took_too_long(call);
    *out = template_null();
    if (span.start != SIZE_MAX && call->arguments[0].type != TEMPLATE_NULL) {
        *out = template_string(text.bytes + span.start, span.end - span.start);
    }
    return STATUS_OK;
}

/* Adds text with all matches replaced, until the watch is over. STATUS_NOT_FOUND at the end, STATUS_LIMIT, or
 * STATUS_TOO_LARGE. */
static int replace_matches(struct locale_regex *regex, struct template_text text, struct template_text by,
                           struct template_watch *watch, struct buffer *buffer)
{
    size_t from = 0;
    int status;

    while ((status = locale_regex_next(regex)) == STATUS_OK) {
        struct locale_span span = locale_regex_group(regex, 0);

        buffer_add(buffer, text.bytes + from, span.start - from);
        buffer_add(buffer, by.bytes, by.len);
        from = span.end;
        if (buffer->len > TEMPLATE_RESULT_MOST) return STATUS_TOO_LARGE;
        if (template_watch_turn(watch)) break;
    }
    buffer_add(buffer, text.bytes + from, text.len - from);
    return status;
}

/* The replacement is taken as it is: $1 and \1 mean nothing in it. */
int template_do_replace_all(struct template_call *call, struct template_value *out)
{
    struct buffer buffer = BUFFER_EMPTY;
    struct locale_regex *regex;
    char *bytes;
    int status;

    if (open_regex(call, &regex) != STATUS_OK) return STATUS_INVALID;
    status = replace_matches(regex, call->arguments[0].text, call->arguments[2].text, call->arena->watch, &buffer);
    locale_regex_close(regex);
    if (status == STATUS_LIMIT) {
        status = took_too_long(call);
    } else {
        status = template_result_room(call, buffer.len, &bytes);
    }
    if (status == STATUS_OK) {
        if (buffer.len > 0) memcpy(bytes, buffer.bytes, buffer.len);
        *out = template_string(bytes, buffer.len);
    }
    buffer_free(&buffer);
    return status;
}

/* Strings taken apart and put together. Positions count characters. */
#include <string.h>

#include "runtime/locale_text.h"
#include "runtime/status.h"
#include "runtime/template_arena.h"
#include "runtime/template_argument.h"
#include "runtime/template_characters.h"
#include "runtime/template_do.h"
#include "runtime/utf8.h"

int template_do_length(struct template_call *call, struct template_value *out)
{
    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    *out = template_integer((int64_t)template_characters_count(call->arguments[0].text));
    return STATUS_OK;
}

int template_do_concat(struct template_call *call, struct template_value *out)
{
    struct template_text *texts = template_arena_take(call->arena, call->count * sizeof(*texts));
    size_t len = 0, at = 0;
    char *bytes;

    for (size_t i = 0; i < call->count; i++) {
        if (template_argument_text(call, i, &texts[i]) != STATUS_OK) return STATUS_INVALID;
        len += texts[i].len;
    }
    if (template_result_room(call, len, &bytes) != STATUS_OK) return STATUS_INVALID;
    for (size_t i = 0; i < call->count; i++)
        at = template_text_append(bytes, at, texts[i]);
    *out = template_string(bytes, at);
    return STATUS_OK;
}

int template_do_char_code_at(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    int64_t index;
    size_t at;
    uint32_t character;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_whole(call, 1, 0, INT32_MAX, &index) != STATUS_OK) return STATUS_INVALID;
    at = template_characters_offset(text, (size_t)index);
    if (utf8_next(text.bytes + at, text.len - at, &character) == 0) {
        return template_call_fail(call, "argument 2: the string has only %zu characters",
                                  template_characters_count(text));
    }
    *out = template_integer(character);
    return STATUS_OK;
}

/* Of a byte's place; -1 for none. */
static struct template_value position_of(struct template_text text, size_t at)
{
    if (at == SIZE_MAX) return template_integer(-1);
    return template_integer((int64_t)template_characters_count((struct template_text){text.bytes, at}));
}

int template_do_index_of(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    *out = position_of(text, template_characters_find(text, call->arguments[1].text));
    return STATUS_OK;
}

int template_do_last_index_of(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    *out = position_of(text, template_characters_find_last(text, call->arguments[1].text, call->arena));
    return STATUS_OK;
}

/* An end behind the string's is the string's end. */
int template_do_substr(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    int64_t begin, end = INT32_MAX, count;
    size_t from;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    count = (int64_t)template_characters_count(text);
    if (template_argument_whole(call, 1, 0, INT32_MAX, &begin) != STATUS_OK) return STATUS_INVALID;
    if (call->count > 2 && template_argument_whole(call, 2, 0, INT32_MAX, &end) != STATUS_OK) return STATUS_INVALID;
    if (begin > count) {
        return template_call_fail(call, "argument 2: the string has only %lld characters", (long long)count);
    }
    if (end < begin) return template_call_fail(call, "argument 3: the end is before the begin");
    from = template_characters_offset(text, (size_t)begin);
    *out = template_string(text.bytes + from, template_characters_offset(text, (size_t)end) - from);
    return STATUS_OK;
}

/* Leaves begin and end characters as they are, and writes an X for each between them. */
int template_do_mask(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    int64_t begin, end, count;
    size_t head, tail, masked;
    char *bytes;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_whole(call, 1, 0, INT32_MAX, &begin) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_whole(call, 2, 0, INT32_MAX, &end) != STATUS_OK) return STATUS_INVALID;
    count = (int64_t)template_characters_count(text);
    if (begin + end >= count) {
        *out = call->arguments[0];
        return STATUS_OK;
    }
    head = template_characters_offset(text, (size_t)begin);
    tail = template_characters_offset(text, (size_t)(count - end));
    masked = (size_t)(count - begin - end);
    if (template_result_room(call, head + masked + (text.len - tail), &bytes) != STATUS_OK) return STATUS_INVALID;
    memcpy(bytes, text.bytes, head);
    memset(bytes + head, 'X', masked);
    memcpy(bytes + head + masked, text.bytes + tail, text.len - tail);
    *out = template_string(bytes, head + masked + (text.len - tail));
    return STATUS_OK;
}

/* The first place only; the target is no pattern. */
int template_do_replace(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text, target = call->arguments[1].text;
    size_t at, len = 0;
    char *bytes;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    at = target.len > 0 ? template_characters_find(text, target) : SIZE_MAX;
    if (at == SIZE_MAX) {
        *out = call->arguments[0];
        return STATUS_OK;
    }
    if (template_result_room(call, text.len - target.len + call->arguments[2].text.len, &bytes) != STATUS_OK) {
        return STATUS_INVALID;
    }
    len = template_text_append(bytes, len, (struct template_text){text.bytes, at});
    len = template_text_append(bytes, len, call->arguments[2].text);
    at += target.len;
    len = template_text_append(bytes, len, (struct template_text){text.bytes + at, text.len - at});
    *out = template_string(bytes, len);
    return STATUS_OK;
}

static struct template_text trim_left(struct template_text text)
{
    uint32_t character;
    size_t size;

    while ((size = utf8_next(text.bytes, text.len, &character)) > 0 && locale_is_space(character)) {
        text.bytes += size;
        text.len -= size;
    }
    return text;
}

static struct template_text trim_right(struct template_text text)
{
    struct template_text kept = {text.bytes, 0};
    uint32_t character;
    size_t size;

    for (size_t at = 0; (size = utf8_next(text.bytes + at, text.len - at, &character)) > 0; at += size) {
        if (!locale_is_space(character)) kept.len = at + size;
    }
    return kept;
}

static int give_trimmed(struct template_call *call, bool at_left, bool at_right, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (at_left) text = trim_left(text);
    if (at_right) text = trim_right(text);
    *out = template_string(text.bytes, text.len);
    return STATUS_OK;
}

int template_do_trim(struct template_call *call, struct template_value *out)
{
    return give_trimmed(call, true, true, out);
}

int template_do_left_trim(struct template_call *call, struct template_value *out)
{
    return give_trimmed(call, true, false, out);
}

int template_do_right_trim(struct template_call *call, struct template_value *out)
{
    return give_trimmed(call, false, true, out);
}

/* The bytes of the part at the begin of text, and those of it and the separator; an empty separator stands behind
 * each character. */
static size_t part_len(struct template_text text, struct template_text separator, size_t *out_step)
{
    size_t at = separator.len > 0 ? template_characters_find(text, separator) : template_characters_offset(text, 1);

    *out_step = at == SIZE_MAX ? text.len : at + separator.len;
    return at == SIZE_MAX ? text.len : at;
}

/* As Java has it: empty strings at the end are left out, yet an empty text is one empty string. */
int template_do_split(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text, separator = call->arguments[1].text;
    size_t most = 1, count = 0, kept = 0, step;
    struct template_value *items;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    for (struct template_text left = text; left.len > 0; left.bytes += step, left.len -= step, most++)
        part_len(left, separator, &step);
    items = template_result_items(call, most);
    while (text.len > 0 && !template_watch_turn(call->arena->watch)) {
        items[count] = template_string(text.bytes, part_len(text, separator, &step));
        if (items[count++].text.len > 0) kept = count;
        text.bytes += step;
        text.len -= step;
    }
    if (count == 0) items[kept++] = template_string(text.bytes, 0);
    *out = template_result_array(items, kept);
    return STATUS_OK;
}

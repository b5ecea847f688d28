#include "runtime/template_characters.h"

#include <string.h>

#include "runtime/locale_text.h"
#include "runtime/status.h"
#include "runtime/utf8.h"

int template_characters_check(struct template_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct template_value *value = &call->arguments[i];

        if (value->type == TEMPLATE_STRING && !utf8_is_valid(value->text.bytes, value->text.len)) {
            return template_call_fail(call, "argument %zu: is not valid UTF-8", i + 1);
        }
    }
    return STATUS_OK;
}

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xc0) != 0x80;
}

size_t template_characters_count(struct template_text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += begins_character(text.bytes[i]) ? 1 : 0;
    return count;
}

size_t template_characters_offset(struct template_text text, size_t index)
{
    for (size_t i = 0; i < text.len; i++) {
        if (begins_character(text.bytes[i]) && index-- == 0) return i;
    }
    return text.len;
}

size_t template_characters_find(struct template_text text, struct template_text part)
{
    const char *found = memmem(text.bytes, text.len, part.bytes, part.len);

    return found != NULL ? (size_t)(found - text.bytes) : SIZE_MAX;
}

static struct template_text reversed(struct template_text text, struct template_arena *arena)
{
    char *bytes = template_arena_take(arena, text.len + 1);

    for (size_t i = 0; i < text.len; i++)
        bytes[i] = text.bytes[text.len - 1 - i];
    return (struct template_text){bytes, text.len};
}

/* By the search from the begin, which takes linear time whatever the texts are. */
size_t template_characters_find_last(struct template_text text, struct template_text part, struct template_arena *arena)
{
    size_t found = template_characters_find(reversed(text, arena), reversed(part, arena));

    return found != SIZE_MAX ? text.len - found - part.len : SIZE_MAX;
}

/* No character grows by more than one byte when it is folded. */
struct template_text template_characters_fold(struct template_text text, struct template_arena *arena)
{
    char *bytes = template_arena_take(arena, text.len * 2 + 4);
    size_t len = 0, size;
    uint32_t character;

    for (size_t i = 0; i < text.len; i += size) {
        size = utf8_next(text.bytes + i, text.len - i, &character);
        if (size == 0) break;
        len += utf8_write(locale_fold(character), bytes + len);
    }
    return (struct template_text){bytes, len};
}

bool template_characters_equal(struct template_text a, struct template_text b)
{
    return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

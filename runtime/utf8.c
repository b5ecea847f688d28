#include "runtime/utf8.h"

#include <string.h>

size_t utf8_next(const char *text, size_t len, uint32_t *out)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t character, least;
    size_t count;

    if (len == 0) return 0;
    if (at[0] < 0x80) {
        if (out != NULL) *out = at[0];
        return 1;
    }
    if (at[0] >= 0xc2 && at[0] <= 0xdf) {
        count = 2, character = at[0] & 0x1f, least = 0x80;
    } else if (at[0] >= 0xe0 && at[0] <= 0xef) {
        count = 3, character = at[0] & 0x0f, least = 0x800;
    } else if (at[0] >= 0xf0 && at[0] <= 0xf4) {
        count = 4, character = at[0] & 0x07, least = 0x10000;
    } else {
        return 0;
    }
    if (count > len) return 0;
    for (size_t i = 1; i < count; i++) {
        if ((at[i] & 0xc0) != 0x80) return 0;
        character = character << 6 | (at[i] & 0x3f);
    }
    if (character < least || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff)) return 0;
    if (out != NULL) *out = character;
    return count;
}

bool utf8_is_valid(const char *text, size_t len)
{
    uint64_t eight;
    size_t at = 0, count;

    while (at < len) {
        if (len - at >= sizeof(eight)) {
            memcpy(&eight, text + at, sizeof(eight));
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof(eight);
                continue;
            }
        }
        count = utf8_next(text + at, len - at, NULL);
        if (count == 0) return false;
        at += count;
    }
    return true;
}

size_t utf8_write(uint32_t character, char out[4])
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (char)(0xc0 | character >> 6);
        out[1] = (char)(0x80 | (character & 0x3f));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (char)(0xe0 | character >> 12);
        out[1] = (char)(0x80 | (character >> 6 & 0x3f));
        out[2] = (char)(0x80 | (character & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | character >> 18);
    out[1] = (char)(0x80 | (character >> 12 & 0x3f));
    out[2] = (char)(0x80 | (character >> 6 & 0x3f));
    out[3] = (char)(0x80 | (character & 0x3f));
    return 4;
}

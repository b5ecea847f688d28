#include "runtime/template_entity.h"

#include <stdbool.h>
#include <string.h>

#define CHARACTER_MOST 0x10FFFF

static bool is_digit(char byte, unsigned base)
{
    if (byte >= '0' && byte <= '9') return true;
    return base == 16 && (((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f'));
}

static bool is_letter_or_digit(char byte)
{
    return is_digit(byte, 10) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

static uint32_t digit_value(char byte)
{
    return byte <= '9' ? (uint32_t)(byte - '0') : (uint32_t)((byte | 0x20) - 'a' + 10);
}

static size_t read_numeric(const char *bytes, size_t len, uint32_t *out)
{
    unsigned base = len > 2 && (bytes[2] | 0x20) == 'x' ? 16 : 10;
    size_t first = base == 16 ? 3 : 2, at = first;
    uint32_t character = 0;

    for (; at < len && is_digit(bytes[at], base); at++) {
        if (character <= CHARACTER_MOST) character = character * base + digit_value(bytes[at]);
    }
    if (at == len) return 0;
    *out = at > first ? character : '&';
    if (at == first) return 1;
    return bytes[at] == ';' ? at + 1 : at;
}

static size_t read_named(const char *bytes, size_t len, uint32_t *out)
{
    static const struct {
        const char *name;
        uint32_t character;
    } known[] = {{"Tab", '\t'}, {"NewLine", '\n'}, {"colon", ':'}, {"sol", '/'},   {"quest", '?'},
                 {"num", '#'},  {"amp", '&'},      {"quot", '"'},  {"apos", '\''}, {"lpar", '('},
                 {"rpar", ')'}, {"comma", ','},    {"semi", ';'},  {"equals", '='}};
    size_t end = 1;

    while (end < len && is_letter_or_digit(bytes[end]))
        end++;
    if (end == len) return 0;
    *out = '&';
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strlen(known[i].name) != end - 1 || memcmp(known[i].name, bytes + 1, end - 1) != 0) continue;
        if (bytes[end] != ';') return 1;
        *out = known[i].character;
        return end + 1;
    }
    return 1;
}

size_t template_entity_read(const char *bytes, size_t len, uint32_t *out)
{
    *out = (unsigned char)bytes[0];
    if (bytes[0] != '&') return 1;
    if (len > 1 && bytes[1] == '#') return read_numeric(bytes, len, out);
    return read_named(bytes, len, out);
}

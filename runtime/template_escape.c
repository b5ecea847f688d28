#include "runtime/template_escape.h"

#include <string.h>

#include "runtime/status.h"

static bool is_letter_or_digit(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

static size_t escape(struct template_text text, const char *plain, bool with_plus, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        bool is_plain = is_letter_or_digit(text.bytes[i]) || (byte != 0 && strchr(plain, byte) != NULL);

        if (is_plain || (byte == ' ' && with_plus)) {
            if (out != NULL) out[len] = byte == ' ' ? '+' : text.bytes[i];
            len++;
            continue;
        }
        if (out != NULL) {
            out[len] = '%';
            out[len + 1] = digits[byte >> 4];
            out[len + 2] = digits[byte & 15];
        }
        len += 3;
    }
    return len;
}

size_t template_escape_form(struct template_text text, char *out)
{
    return escape(text, ".-*_", true, out);
}

size_t template_escape_url(struct template_text text, char *out)
{
    return escape(text, ".-~_", false, out);
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

int template_unescape_form(struct template_text text, char *out, size_t *out_len)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        int high, low;

        if (text.bytes[i] != '%') {
            out[len++] = text.bytes[i] == '+' ? ' ' : text.bytes[i];
            continue;
        }
        high = i + 2 < text.len ? hex_digit(text.bytes[i + 1]) : -1;
        low = i + 2 < text.len ? hex_digit(text.bytes[i + 2]) : -1;
        if (high < 0 || low < 0) return STATUS_INVALID;
        out[len++] = (char)(high << 4 | low);
        i += 2;
    }
    *out_len = len;
    return STATUS_OK;
}

#include "runtime/mime_body.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/crypto_text.h"

#define LINE_GOOD 78
#define ENCODED_LINE 76
#define BASE64_LINE_BYTES (ENCODED_LINE / 4 * 3)

enum mime_encoding mime_body_choose(const char *text, size_t len)
{
    size_t line_len = 0, odd_count = 0;
    bool is_seven_bit = true;

    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte == '\n' || byte == '\r') {
            line_len = 0;
            continue;
        }
        if (byte >= 0x7f || (byte < ' ' && byte != '\t')) odd_count++;
        if (byte == '=') odd_count++;
        if (++line_len > LINE_GOOD || (byte >= 0x7f) || (byte < ' ' && byte != '\t')) is_seven_bit = false;
        if (byte == '-' && line_len == 2 && text[i - 1] == '-') is_seven_bit = false;
        if (byte == ' ' && line_len == 5 && memcmp(text + i - 4, "From", 4) == 0) is_seven_bit = false;
    }
    if (is_seven_bit) return MIME_SEVEN_BIT;
    return odd_count > len / 6 ? MIME_BASE64 : MIME_QUOTED_PRINTABLE;
}

const char *mime_body_encoding_name(enum mime_encoding encoding)
{
    switch (encoding) {
    case MIME_SEVEN_BIT: return "7bit";
    case MIME_QUOTED_PRINTABLE: return "quoted-printable";
    case MIME_BASE64: return "base64";
    }
    return "";
}

/* The bytes of the line break at text: 2, 1 or 0. */
static size_t break_len(const char *text, size_t len)
{
    if (text[0] == '\r') return len > 1 && text[1] == '\n' ? 2 : 1;
    return text[0] == '\n' ? 1 : 0;
}

static void add_normalised(struct buffer *out, const char *text, size_t len)
{
    size_t start = 0, skipped;

    buffer_reserve(out, len + len / 32 + 2);
    for (size_t i = 0; i<len; i += skipped> 0 ? skipped : 1) {
        skipped = break_len(text + i, len - i);
        if (skipped == 0 && text[i] != '\0') continue;
        buffer_add(out, text + start, i - start);
        if (skipped > 0) buffer_add(out, "\r\n", 2);
        start = i + (skipped > 0 ? skipped : 1);
    }
    buffer_add(out, text + start, len - start);
    if (out->len < 2 || memcmp(out->bytes + out->len - 2, "\r\n", 2) != 0) buffer_add(out, "\r\n", 2);
}

static char *put_escaped(char *to, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";

    to[0] = '=';
    to[1] = digits[byte >> 4];
    to[2] = digits[byte & 15];
    return to + 3;
}

/*
 * Spaces and tabs are escaped at a line's end only, where mail servers drop them; a dot and "From " at its start and a
 * dash anywhere there, which servers, mailboxes and boundaries give a meaning.
 */
static void add_quoted_printable(struct buffer *out, const char *text, size_t len)
{
    size_t skipped, width = 0;
    char *to;

    for (size_t i = 0; i<len; i += skipped> 0 ? skipped : 1) {
        unsigned char byte = (unsigned char)text[i];
        bool is_plain = byte >= ' ' && byte <= '~' && byte != '=';

        buffer_reserve(out, 8);
        to = out->bytes + out->len;
        skipped = break_len(text + i, len - i);
        if (skipped > 0) {
            memcpy(to, "\r\n", 2);
            out->len += 2;
            width = 0;
            continue;
        }
        if (byte == '\0') continue;
        if (byte == ' ' || byte == '\t') is_plain = i + 1 < len && break_len(text + i + 1, len - i - 1) == 0;
        if (width == 0 && (byte == '.' || byte == '-' || byte == 'F')) is_plain = false;
        if (width + (is_plain ? 1 : 3) > ENCODED_LINE - 1) {
            memcpy(to, "=\r\n", 3);
            to += 3;
            width = 0;
            if (byte == '.' || byte == '-' || byte == 'F') is_plain = false;
        }
        width += is_plain ? 1 : 3;
        if (is_plain) {
            *to++ = (char)byte;
        } else {
            to = put_escaped(to, byte);
        }
        out->len = (size_t)(to - out->bytes);
    }
    buffer_add(out, width > 0 || len == 0 ? "\r\n" : "", width > 0 || len == 0 ? 2 : 0);
}

void mime_body_add_text(struct buffer *out, enum mime_encoding encoding, const char *text, size_t len)
{
    struct buffer normalised = BUFFER_EMPTY;

    switch (encoding) {
    case MIME_SEVEN_BIT: add_normalised(out, text, len); break;
    case MIME_QUOTED_PRINTABLE: add_quoted_printable(out, text, len); break;
    case MIME_BASE64:
        add_normalised(&normalised, text, len);
        mime_body_add_data(out, normalised.bytes, normalised.len);
        buffer_free(&normalised);
        break;
    }
}

void mime_body_add_data(struct buffer *out, const char *data, size_t len)
{
    buffer_reserve(out, len / BASE64_LINE_BYTES * (ENCODED_LINE + 2) + ENCODED_LINE + 8);
    for (size_t at = 0; at < len; at += BASE64_LINE_BYTES) {
        crypto_base64(BASE64_STANDARD, data + at, len - at < BASE64_LINE_BYTES ? len - at : BASE64_LINE_BYTES, out);
        buffer_add(out, "\r\n", 2);
    }
    if (len == 0) buffer_add(out, "\r\n", 2);
}

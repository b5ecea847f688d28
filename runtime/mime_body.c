#include "runtime/mime_body.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/crypto_text.h"

#define LINE_GOOD 78
#define ENCODED_LINE 76
#define BASE64_LINE_BYTES (ENCODED_LINE / 4 * 3)

/* What a byte means for the choice of an encoding. */
enum byte_class { BYTE_PLAIN, BYTE_BREAK, BYTE_EQUALS, BYTE_ODD };

static enum byte_class class_of(unsigned char byte)
{
    if (byte >= ' ' && byte <= '~') return byte == '=' ? BYTE_EQUALS : BYTE_PLAIN;
    if (byte == '\t') return BYTE_PLAIN;
    return byte == '\n' || byte == '\r' ? BYTE_BREAK : BYTE_ODD;
}

/* Whether a line may stand as it is: none that a boundary or a mailbox would take for its own. */
static bool is_good_line(const char *line, size_t len)
{
    if (len > LINE_GOOD) return false;
    return !(len >= 2 && memcmp(line, "--", 2) == 0) && !(len >= 5 && memcmp(line, "From ", 5) == 0);
}

enum mime_encoding mime_body_choose(const char *text, size_t len)
{
    size_t line = 0, odd_count = 0, equals_count = 0;
    bool is_good = true;

    for (size_t i = 0; i < len; i++) {
        switch (class_of((unsigned char)text[i])) {
        case BYTE_PLAIN: break;
        case BYTE_EQUALS: equals_count++; break;
        case BYTE_ODD: odd_count++; break;
        case BYTE_BREAK:
            is_good = is_good && is_good_line(text + line, i - line);
            line = i + 1;
            break;
        }
    }
    is_good = is_good && is_good_line(text + line, len - line);
    if (is_good && odd_count == 0) return MIME_SEVEN_BIT;
    return odd_count + equals_count > len / 6 ? MIME_BASE64 : MIME_QUOTED_PRINTABLE;
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

/* How many bytes from here on stand for themselves, inside of a line. */
static size_t plain_len(const char *text, size_t len)
{
    size_t count = 0;

    while (count < len && text[count] >= ' ' && text[count] <= '~' && text[count] != '=')
        count++;
    return count;
}

static bool means_something_first(char byte)
{
    return byte == '.' || byte == '-' || byte == 'F';
}

/* Appends what fits into the line and stands for itself; gives its length. A space that may be a line's last is left. */
static size_t add_plain_run(struct buffer *out, const char *text, size_t len, size_t width)
{
    size_t room = ENCODED_LINE - 1 - width, count;

    if (width == 0 && means_something_first(text[0])) return 0;
    count = plain_len(text, len < room ? len : room);
    while (count > 0 && text[count - 1] == ' ' && (count == len || break_len(text + count, len - count) > 0))
        count--;
    if (count > 0) buffer_add(out, text, count);
    return count;
}

/*
 * Spaces and tabs are escaped at a line's end only, where mail servers drop them; a dot and "From " at its start and a
 * dash anywhere there, which servers, mailboxes and boundaries give a meaning. Appends one byte; gives the line's width.
 */
static size_t add_byte(struct buffer *out, const char *text, size_t len, size_t width)
{
    bool is_plain = plain_len(text, 1) == 1 || text[0] == '\t';
    char *to;

    buffer_reserve(out, 8);
    to = out->bytes + out->len;
    if (text[0] == ' ' || text[0] == '\t') is_plain = len > 1 && break_len(text + 1, len - 1) == 0;
    if (width == 0 && means_something_first(text[0])) is_plain = false;
    if (width + (is_plain ? 1 : 3) > ENCODED_LINE - 1) {
        memcpy(to, "=\r\n", 3);
        to += 3;
        width = 0;
        if (means_something_first(text[0])) is_plain = false;
    }
    if (is_plain) {
        *to++ = text[0];
    } else {
        to = put_escaped(to, (unsigned char)text[0]);
    }
    out->len = (size_t)(to - out->bytes);
    return width + (is_plain ? 1 : 3);
}

static void add_quoted_printable(struct buffer *out, const char *text, size_t len)
{
    size_t width = 0, taken;

    buffer_reserve(out, len + len / 16 + 16);
    for (size_t i = 0; i < len; i += taken) {
        taken = break_len(text + i, len - i);
        if (taken > 0) {
            buffer_add(out, "\r\n", 2);
            width = 0;
            continue;
        }
        taken = add_plain_run(out, text + i, len - i, width);
        width += taken;
        if (taken > 0) continue;
        taken = 1;
        if (text[i] != '\0') width = add_byte(out, text + i, len - i, width);
    }
    if (width > 0 || len == 0) buffer_add(out, "\r\n", 2);
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

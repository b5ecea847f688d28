#include "runtime/mime_header.h"

#include <string.h>

#include "runtime/buffer.h"
#include "runtime/crypto_text.h"
#include "runtime/mime.h"
#include "runtime/mime_address.h"
#include "runtime/utf8.h"

#define LINE_GOOD 78
#define LINE_MOST 998
#define WORD_MOST 75 /* of an encoded word, RFC 2047 section 2 */
#define WORD_HEAD "=?UTF-8?"

static bool is_control(unsigned char byte)
{
    return byte < ' ' || byte == 0x7f;
}

static bool is_readable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x7f || (unsigned char)text[i] < ' ') return false;
        if (text[i] == '=' && i + 1 < len && text[i + 1] == '?') return false;
    }
    return true;
}

/* Letters, digits and the marks that RFC 2047 section 5 allows in a phrase. */
static bool is_plain_in_q(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte != '\0' && strchr("!*+-/", byte) != NULL);
}

static size_t q_len(const char *text, size_t len)
{
    size_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum += is_plain_in_q((unsigned char)text[i]) || text[i] == ' ' ? 1 : 3;
    return sum;
}

static void add_q(struct buffer *out, const char *text, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte == ' ') {
            buffer_add_char(out, '_');
        } else if (is_plain_in_q(byte)) {
            buffer_add_char(out, (char)byte);
        } else {
            buffer_add_char(out, '=');
            buffer_add_char(out, digits[byte >> 4]);
            buffer_add_char(out, digits[byte & 15]);
        }
    }
}

/* How many bytes from text go into one encoded word of at most room bytes: whole characters, at least one. */
static size_t word_part(const char *text, size_t len, size_t room, bool is_q)
{
    size_t taken = 0, used = 0;

    while (taken < len) {
        size_t count = utf8_next(text + taken, len - taken, NULL);
        size_t cost = is_q ? used + q_len(text + taken, count) : (taken + count + 2) / 3 * 4;

        if (taken > 0 && cost > room) break;
        used = cost;
        taken += count;
    }
    return taken;
}

/* Appends text as encoded words, the first one within what is left of the line that began at line_start. */
static void add_encoded(struct buffer *out, size_t line_start, const char *text, size_t len)
{
    const size_t frame = sizeof(WORD_HEAD) - 1 + 2 + 2; /* =?UTF-8?Q?…?= */
    bool is_q = q_len(text, len) <= (len + 2) / 3 * 4;
    size_t taken;

    while (len > 0) {
        size_t used = out->len - line_start, room = used < LINE_GOOD ? LINE_GOOD - used : 0;

        if (room < frame + 12) {
            buffer_add_string(out, "\r\n ");
            line_start = out->len - 1;
            room = LINE_GOOD - 1;
        }
        if (room > WORD_MOST) room = WORD_MOST;
        taken = word_part(text, len, room - frame, is_q);
        buffer_add_string(out, is_q ? WORD_HEAD "Q?" : WORD_HEAD "B?");
        if (is_q) {
            add_q(out, text, taken);
        } else {
            crypto_base64(BASE64_STANDARD, text, taken, out);
        }
        buffer_add_string(out, "?=");
        text += taken;
        len -= taken;
        if (len > 0) {
            buffer_add_string(out, "\r\n ");
            line_start = out->len - 1;
        }
    }
}

/* Appends words of readable text, breaking the line before the space in front of a word that would not fit. */
static void add_folded(struct buffer *out, size_t line_start, const char *text, size_t len)
{
    size_t at = 0, word_end;

    while (at < len) {
        word_end = at;
        while (word_end < len && text[word_end] == ' ')
            word_end++;
        while (word_end < len && text[word_end] != ' ')
            word_end++;
        if (at > 0 && out->len - line_start + (word_end - at) > LINE_GOOD) {
            while (text[at + 1] == ' ')
                buffer_add_char(out, text[at++]);
            buffer_add_string(out, "\r\n");
            line_start = out->len;
        }
        buffer_add(out, text + at, word_end - at);
        at = word_end;
    }
}

static size_t longest_word(const char *text, size_t len)
{
    size_t longest = 0, start = 0;

    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != ' ') continue;
        if (i - start > longest) longest = i - start;
        start = i + 1;
    }
    return longest;
}

/* A copy with runs of controls as one space, and without outer spaces. */
static void clean(const struct mime_value *value, struct buffer *out)
{
    buffer_reserve(out, value->len);
    for (size_t i = 0; i < value->len; i++) {
        if (!is_control((unsigned char)value->bytes[i])) {
            if (value->bytes[i] != ' ' || out->len > 0) buffer_add_char(out, value->bytes[i]);
        } else if (out->len > 0 && out->bytes[out->len - 1] != ' ') {
            buffer_add_char(out, ' ');
        }
    }
    while (out->len > 0 && out->bytes[out->len - 1] == ' ')
        out->len--;
}

bool mime_header_add_text(struct buffer *out, const char *name, const struct mime_value *value, bool is_encodable)
{
    struct buffer text = BUFFER_EMPTY;
    size_t line_start = out->len, longest;
    bool is_readable_text, is_good = true;

    clean(value, &text);
    is_readable_text = is_readable(text.bytes, text.len);
    longest = is_readable_text ? longest_word(text.bytes, text.len) : 0;
    buffer_add_string(out, name);
    buffer_add_string(out, ": ");
    if (longest + (out->len - line_start) > LINE_MOST) {
        is_readable_text = false;
        is_good = is_encodable;
    }
    if (!is_good) {
        out->len = line_start;
    } else if (is_readable_text) {
        add_folded(out, line_start, text.bytes, text.len);
        buffer_add_string(out, "\r\n");
    } else {
        add_encoded(out, line_start, text.bytes, text.len);
        buffer_add_string(out, "\r\n");
    }
    buffer_free(&text);
    return is_good;
}

static void add_quoted(struct buffer *out, const char *text, size_t len)
{
    buffer_add_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\') buffer_add_char(out, '\\');
        buffer_add_char(out, text[i]);
    }
    buffer_add_char(out, '"');
}

static bool is_phrase(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool is_letter = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'Z') ||
                         (text[i] >= 'a' && text[i] <= 'z');

        if (!is_letter && (text[i] == '\0' || strchr(" !#$%&'*+-/=?^_`{|}~", text[i]) == NULL)) return false;
    }
    return true;
}

static void add_mailbox(struct buffer *out, size_t *line_start, const struct mime_address *address)
{
    const struct buffer *name = &address->name;

    if (name->len == 0) {
        buffer_add(out, address->address.bytes, address->address.len);
        return;
    }
    if (!is_readable(name->bytes, name->len) || name->len > LINE_GOOD * 2) {
        add_encoded(out, *line_start, name->bytes, name->len);
    } else if (is_phrase(name->bytes, name->len)) {
        buffer_add(out, name->bytes, name->len);
    } else {
        add_quoted(out, name->bytes, name->len);
    }
    if (out->len - *line_start + address->address.len + 3 > LINE_GOOD) {
        buffer_add_string(out, "\r\n");
        *line_start = out->len;
    }
    buffer_add_string(out, " <");
    buffer_add(out, address->address.bytes, address->address.len);
    buffer_add_char(out, '>');
}

void mime_header_add_addresses(struct buffer *out, const char *name, const struct mime_address *addresses, size_t count)
{
    size_t line_start = out->len;

    buffer_add_string(out, name);
    buffer_add_string(out, ":");
    for (size_t i = 0; i < count; i++) {
        size_t most = addresses[i].name.len + addresses[i].address.len + 4;

        if (i > 0) {
            buffer_add_char(out, ',');
            if (out->len - line_start + most > LINE_GOOD) {
                buffer_add_string(out, "\r\n");
                line_start = out->len;
            }
        }
        buffer_add_char(out, ' ');
        add_mailbox(out, &line_start, &addresses[i]);
    }
    buffer_add_string(out, "\r\n");
}

static bool is_attribute_char(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte != '\0' && strchr("!#$&+-.^_`{|}~", byte) != NULL);
}

/* RFC 2231: name*0*=UTF-8''…; name*1*=…, percent-encoded, a line for each. */
static void add_extended(struct buffer *out, const char *name, const struct mime_value *value)
{
    size_t line_start = out->len, at = 0;
    bool is_long = value->len * 3 > 60;
    unsigned number = 0;

    if (!is_long) buffer_add_format(out, " %s*=UTF-8''", name);
    while (at < value->len) {
        unsigned char byte = (unsigned char)value->bytes[at];

        if (is_long && (number == 0 || out->len - line_start > LINE_GOOD - 5)) {
            if (number > 0) buffer_add_string(out, ";\r\n");
            line_start = out->len;
            buffer_add_format(out, " %s*%u*=%s", name, number, number == 0 ? "UTF-8''" : "");
            number++;
        }
        if (is_attribute_char(byte)) {
            buffer_add_char(out, (char)byte);
        } else {
            buffer_add_format(out, "%%%02X", byte);
        }
        at++;
    }
}

void mime_header_add_parameter(struct buffer *out, const char *name, const struct mime_value *value)
{
    buffer_add_string(out, ";\r\n");
    if (is_readable(value->bytes, value->len) && value->len <= 60) {
        buffer_add_format(out, " %s=", name);
        add_quoted(out, value->bytes, value->len);
    } else {
        add_extended(out, name, value);
    }
}

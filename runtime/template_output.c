/* Escapes: a table says which bytes are plain. */
#include "runtime/template_output.h"

#include "runtime/payload.h"
#include "runtime/template_bytes.h"

void template_put_entity(struct buffer *out, char byte)
{
    switch (byte) {
    case '&': template_put(out, "&amp;", 5); return;
    case '<': template_put(out, "&lt;", 4); return;
    case '>': template_put(out, "&gt;", 4); return;
    case '"': template_put(out, "&quot;", 6); return;
    case '\'': template_put(out, "&#x27;", 6); return;
    case '`': template_put(out, "&#x60;", 6); return;
    case '=': template_put(out, "&#x3D;", 6); return;
    default: template_put(out, &byte, 1);
    }
}

void template_put_bare(struct buffer *out, char byte)
{
    switch (byte) {
    case ' ': template_put(out, "&#x20;", 6); return;
    case '\t': template_put(out, "&#x9;", 5); return;
    case '\n': template_put(out, "&#xA;", 5); return;
    case '\f': template_put(out, "&#xC;", 5); return;
    case '\r': template_put(out, "&#xD;", 5); return;
    default: template_put_entity(out, byte);
    }
}

void template_put_percent(struct buffer *out, char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    char text[3] = {'%', digits[(unsigned char)byte >> 4], digits[(unsigned char)byte & 15]};

    template_put(out, text, 3);
}

/* Copies plain runs whole. */
static void add_html(const char *bytes, size_t len, struct buffer *out)
{
    size_t plain = 0;

    for (size_t i = 0; i < len; i++) {
        if (!template_byte_is(bytes[i], BYTE_HTML_SPECIAL)) continue;
        template_put(out, bytes + plain, i - plain);
        template_put_entity(out, bytes[i]);
        plain = i + 1;
    }
    template_put(out, bytes + plain, len - plain);
}

/* Bytes of a control character or a line or paragraph separator in UTF-8 (U+0080 to U+009F, U+2028, U+2029); else 0. */
static size_t control_size(const char *bytes, size_t len)
{
    unsigned char last;

    if (template_byte_is(bytes[0], BYTE_CONTROL)) return 1;
    if (len >= 2 && bytes[0] == '\xC2') {
        last = (unsigned char)bytes[1];
        return last >= 0x80 && last <= 0x9F ? 2 : 0;
    }
    if (len < 3 || bytes[0] != '\xE2' || bytes[1] != '\x80') return 0;
    return bytes[2] == '\xA8' || bytes[2] == '\xA9' ? 3 : 0;
}

static void add_header(const char *bytes, size_t len, struct buffer *out)
{
    size_t plain = 0, size;

    for (size_t at = 0; at < len; at += size) {
        size = control_size(bytes + at, len - at);
        if (size == 0) {
            size = 1;
            continue;
        }
        template_put(out, bytes + plain, at - plain);
        template_put(out, " ", 1);
        plain = at + size;
    }
    template_put(out, bytes + plain, len - plain);
}

static void add_url(const char *bytes, size_t len, struct buffer *out)
{
    for (size_t i = 0; i < len; i++) {
        if (template_byte_is(bytes[i], BYTE_UNRESERVED)) {
            template_put(out, &bytes[i], 1);
        } else {
            template_put_percent(out, bytes[i]);
        }
    }
}

static void add_bare(const char *bytes, size_t len, struct buffer *out)
{
    for (size_t i = 0; i < len; i++)
        template_put_bare(out, bytes[i]);
}

static void add_json(const char *bytes, size_t len, struct buffer *out)
{
    size_t start = out->len;

    payload_quote(bytes, len, out);
    memmove(out->bytes + start, out->bytes + start + 1, out->len - start - 2);
    out->len -= 2;
}

void template_output(enum template_escape escape, const char *bytes, size_t len, struct buffer *out)
{
    switch (escape) {
    case ESCAPE_NONE: template_put(out, bytes, len); return;
    case ESCAPE_HTML:
    case ESCAPE_URL_ATTRIBUTE:
    case ESCAPE_URL_LIST:
    case ESCAPE_URL_VALUES:
    case ESCAPE_REFRESH:
    case ESCAPE_STYLE: add_html(bytes, len, out); return;
    case ESCAPE_HEADER: add_header(bytes, len, out); return;
    case ESCAPE_URL: add_url(bytes, len, out); return;
    case ESCAPE_JSON: add_json(bytes, len, out); return;
    case ESCAPE_BARE: add_bare(bytes, len, out); return;
    }
}

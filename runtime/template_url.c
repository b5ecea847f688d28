#include "runtime/template_url.h"

#include <string.h>
#include <strings.h>

#include "runtime/template_bytes.h"
#include "runtime/template_entity.h"
#include "runtime/template_output.h"

#define SCHEME_MOST 16 /* longer ones are none that matters */

/* The begin of a URL as a browser reads it: without blanks, in small letters, up to the first : / ? # */
struct beginning {
    char text[SCHEME_MOST + 1];
    size_t len;   /* beyond SCHEME_MOST: cut */
    char end;     /* which of them; '\0': none is there */
    size_t rest;  /* where what is behind it begins */
    bool is_open; /* an entity is begun that the value could go on with */
};

static bool is_hex(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static struct beginning read_beginning(const char *bytes, size_t len)
{
    struct beginning begin = {.len = 0};
    uint32_t character;
    size_t size;

    for (size_t at = 0; at < len; at += size) {
        size = template_entity_read(bytes + at, len - at, &character);
        begin.is_open = size == 0;
        begin.rest = at + size;
        if (size == 0) return begin;
        if (character < 0x80 && template_byte_is((char)character, BYTE_BLANK)) continue;
        if (character == ':' || (character < 0x80 && template_byte_is((char)character, BYTE_ENDS_SCHEME))) {
            begin.end = (char)character;
            return begin;
        }
        if (character >= 'A' && character <= 'Z') character |= 0x20;
        if (begin.len < SCHEME_MOST) begin.text[begin.len] = character < 0x80 ? (char)character : '?';
        if (begin.len <= SCHEME_MOST) begin.len++;
    }
    return begin;
}

static bool is_scheme(const struct beginning *begin, const char *scheme)
{
    return begin->end == ':' && begin->len == strlen(scheme) && memcmp(begin->text, scheme, begin->len) == 0;
}

/* What is behind such a scheme is a program, or a document that may have one in it. */
static bool is_program(const struct beginning *begin, const char *bytes, size_t len)
{
    static const char image[] = "image/";

    if (is_scheme(begin, "javascript") || is_scheme(begin, "vbscript")) return true;
    if (!is_scheme(begin, "data")) return false;
    return len - begin->rest < strlen(image) || strncasecmp(bytes + begin->rest, image, strlen(image)) != 0;
}

bool template_url_is_program(const char *bytes, size_t len)
{
    struct beginning begin = read_beginning(bytes, len);

    return is_program(&begin, bytes, len);
}

static size_t scheme_len(const char *bytes, size_t len)
{
    size_t at = 0;

    while (at < len && bytes[at] != ':' && !template_byte_is(bytes[at], BYTE_ENDS_SCHEME))
        at++;
    return at;
}

/* The schemes of the web, of mail and of telephones. */
static bool may_be_brought(const char *scheme, size_t len)
{
    static const char *const schemes[] = {"https", "http", "mailto", "tel", "sms"};

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strlen(schemes[i]) == len && strncasecmp(schemes[i], scheme, len) == 0) return true;
    }
    return false;
}

/* Browsers pass over white space before a URL, and over line breaks and tabs inside it: what is not plainly a scheme
 * that may be brought is not let through. An & may begin an entity that spells a colon. */
static bool may_begin(const char *bytes, size_t len, bool is_raw)
{
    size_t end = scheme_len(bytes, len);

    if (is_raw && memchr(bytes, '&', end) != NULL) return false;
    if (end == len || bytes[end] != ':') return true;
    while (end > 0 && template_byte_is(*bytes, BYTE_BLANK))
        bytes++, end--;
    return may_be_brought(bytes, end);
}

static bool is_among(const char *never, char byte)
{
    return *never != '\0' && byte != '\0' && strchr(never, byte) != NULL;
}

static void put_blocked(struct buffer *out)
{
    template_put(out, TEMPLATE_BLOCKED_URL, strlen(TEMPLATE_BLOCKED_URL));
}

/* Whether it was let through. */
static bool put_beginning(struct buffer *out, const char *bytes, size_t len, const struct template_url *url)
{
    size_t plain = 0;

    if (!may_begin(bytes, len, url->is_raw)) {
        put_blocked(out);
        return false;
    }
    if (url->is_raw) {
        template_put(out, bytes, len);
        return true;
    }
    for (size_t i = 0; i < len; i++) {
        if (!template_byte_is(bytes[i], BYTE_BLANK) && !is_among(url->never, bytes[i])) continue;
        template_output(ESCAPE_HTML, bytes + plain, i - plain, out);
        template_put_percent(out, bytes[i]);
        plain = i + 1;
    }
    template_output(ESCAPE_HTML, bytes + plain, len - plain, out);
    return true;
}

/* Inside a URL: what keeps is plain there, and what is percent-encoded already stays so. */
static void put_inside(struct buffer *out, const char *bytes, size_t len, unsigned keeps, bool keeps_colon,
                       const char *never)
{
    size_t plain = 0;

    for (size_t i = 0; i < len; i++) {
        bool is_encoded = bytes[i] == '%' && len - i > 2 && is_hex(bytes[i + 1]) && is_hex(bytes[i + 2]);
        bool is_kept = (template_byte_is(bytes[i], keeps) || is_encoded) && (keeps_colon || bytes[i] != ':');

        if (template_byte_is(bytes[i], BYTE_ENDS_SCHEME)) keeps_colon = true;
        if (is_kept && !is_among(never, bytes[i])) continue;
        template_output(ESCAPE_HTML, bytes + plain, i - plain, out);
        template_put_percent(out, bytes[i]);
        plain = i + 1;
    }
    template_output(ESCAPE_HTML, bytes + plain, len - plain, out);
}

/* The # of an entity, which an escaped value before may have brought, is no fragment's. */
static bool has_query(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '?' || (bytes[i] == '#' && (i == 0 || bytes[i - 1] != '&'))) return true;
    }
    return false;
}

bool template_url_put(struct buffer *out, const char *bytes, size_t len, struct template_url url)
{
    const char *before = out->bytes + url.start;
    size_t before_len = out->len > url.start ? out->len - url.start : 0;
    struct beginning begin = read_beginning(before, before_len);
    bool is_let_through = true;

    if (begin.is_open || is_program(&begin, before, before_len)) {
        put_blocked(out);
        is_let_through = false;
    } else if (url.is_encoded) {
        template_output(ESCAPE_HTML, bytes, len, out);
    } else if (begin.len == 0 && begin.end == '\0') {
        is_let_through = put_beginning(out, bytes, len, &url);
    } else if (url.is_raw && begin.end != '\0') {
        template_put(out, bytes, len);
    } else if (has_query(before, before_len)) {
        put_inside(out, bytes, len, BYTE_IN_QUERY, true, url.never);
    } else {
        put_inside(out, bytes, len, BYTE_IN_PATH, begin.end != '\0', url.never);
    }
    return is_let_through && len > 0 && begin.end == '\0';
}

static bool is_of_scheme(uint32_t character)
{
    if (character >= 0x80) return false;
    return character == '+' ||
           (character != '_' && character != '~' && template_byte_is((char)character, BYTE_UNRESERVED));
}

/* Browsers pass over controls, of which not all leave out the same, and over blanks before the URL. */
static bool is_passed_over(uint32_t character, size_t len)
{
    return character < ' ' || character == 0x7F || (character == ' ' && len == 0);
}

static void replace_beginning(struct buffer *out, size_t start, size_t end)
{
    size_t len = strlen(TEMPLATE_BLOCKED_URL), tail = out->len - end;

    buffer_reserve(out, len);
    memmove(out->bytes + start + len, out->bytes + end, tail);
    memcpy(out->bytes + start, TEMPLATE_BLOCKED_URL, len);
    out->len = start + len + tail;
}

bool template_url_settle(struct buffer *out, size_t start)
{
    char scheme[SCHEME_MOST];
    uint32_t character;
    size_t len = 0, size;

    for (size_t at = start; at < out->len; at += size) {
        size = template_entity_read(out->bytes + at, out->len - at, &character);
        if (size == 0) return true;
        if (is_passed_over(character, len)) continue;
        if (character == ':') {
            if (len > SCHEME_MOST || !may_be_brought(scheme, len)) replace_beginning(out, start, at);
            return false;
        }
        if (!is_of_scheme(character)) return false;
        if (len < SCHEME_MOST) scheme[len] = (char)character;
        if (len <= SCHEME_MOST) len++;
    }
    return true;
}

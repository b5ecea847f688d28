/* Escapes: a table says which bytes are plain. */
#include "runtime/template_output.h"

#include <strings.h>

#include "runtime/payload.h"

/* What a byte means to HTML and to URLs. */
enum {
    HTML_SPECIAL = 1,
    CONTROL = 2,
    BLANK = 64,      /* a control character or a space */
    UNRESERVED = 4,  /* RFC 3986 2.3 */
    IN_QUERY = 8,    /* stays as it is inside a query or fragment */
    IN_PATH = 16,    /* stays as it is in the rest of a URL */
    ENDS_SCHEME = 32 /* no scheme can follow */
};

#define WORD (UNRESERVED | IN_QUERY | IN_PATH)

static const unsigned char kinds[256] = {
    [0 ... 0x1F] = CONTROL | BLANK,
    [0x7F] = CONTROL | BLANK,
    [' '] = BLANK,
    ['0' ... '9'] = WORD,
    ['a' ... 'z'] = WORD,
    ['A' ... 'Z'] = WORD,
    ['-'] = WORD,
    ['.'] = WORD,
    ['_'] = WORD,
    ['~'] = WORD,
    ['&'] = HTML_SPECIAL | IN_PATH,
    ['<'] = HTML_SPECIAL,
    ['>'] = HTML_SPECIAL,
    ['"'] = HTML_SPECIAL,
    ['\''] = HTML_SPECIAL | IN_PATH,
    ['`'] = HTML_SPECIAL,
    ['='] = HTML_SPECIAL | IN_PATH,
    ['/'] = IN_QUERY | IN_PATH | ENDS_SCHEME,
    ['?'] = IN_QUERY | IN_PATH | ENDS_SCHEME,
    ['#'] = IN_PATH | ENDS_SCHEME,
    [':'] = IN_QUERY | IN_PATH,
    ['@'] = IN_QUERY | IN_PATH,
    ['!'] = IN_QUERY | IN_PATH,
    ['$'] = IN_QUERY | IN_PATH,
    ['('] = IN_QUERY | IN_PATH,
    [')'] = IN_QUERY | IN_PATH,
    ['*'] = IN_QUERY | IN_PATH,
    [','] = IN_QUERY | IN_PATH,
    [';'] = IN_PATH,
    ['+'] = IN_PATH,
    ['['] = IN_PATH,
    [']'] = IN_PATH,
};

static unsigned kind_of(char byte)
{
    return kinds[(unsigned char)byte];
}

/* handlebars.js's set of escapes. */
static void add_entity(struct buffer *out, char byte)
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

static void add_percent(struct buffer *out, char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    char text[3] = {'%', digits[(unsigned char)byte >> 4], digits[(unsigned char)byte & 15]};

    template_put(out, text, 3);
}

/* Copies plain runs whole; a byte that is special becomes an entity, or where it is blank percent-encoded. */
static inline void add_runs(const char *bytes, size_t len, unsigned special, struct buffer *out)
{
    size_t plain = 0;

    for (size_t i = 0; i < len; i++) {
        if ((kind_of(bytes[i]) & special) == 0) continue;
        template_put(out, bytes + plain, i - plain);
        if ((kind_of(bytes[i]) & BLANK) != 0) {
            add_percent(out, bytes[i]);
        } else {
            add_entity(out, bytes[i]);
        }
        plain = i + 1;
    }
    template_put(out, bytes + plain, len - plain);
}

static void add_html(const char *bytes, size_t len, struct buffer *out)
{
    add_runs(bytes, len, HTML_SPECIAL, out);
}

static void add_header(const char *bytes, size_t len, struct buffer *out)
{
    size_t start = out->len;

    template_put(out, bytes, len);
    for (char *at = out->bytes + start; at < out->bytes + out->len; at++) {
        if ((kind_of(*at) & CONTROL) != 0) *at = ' ';
    }
}

static void add_url(const char *bytes, size_t len, struct buffer *out)
{
    for (size_t i = 0; i < len; i++) {
        if ((kind_of(bytes[i]) & UNRESERVED) != 0) {
            template_put(out, &bytes[i], 1);
        } else {
            add_percent(out, bytes[i]);
        }
    }
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
    case ESCAPE_URL_ATTRIBUTE: add_html(bytes, len, out); return;
    case ESCAPE_HEADER: add_header(bytes, len, out); return;
    case ESCAPE_URL: add_url(bytes, len, out); return;
    case ESCAPE_JSON: add_json(bytes, len, out); return;
    }
}

/* --- Attributes that hold a URL --- */

static bool is_blank(char byte)
{
    return (kind_of(byte) & BLANK) != 0;
}

static bool is_hex(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/* Bytes before the first : / ? # */
static size_t scheme_len(const char *bytes, size_t len)
{
    size_t at = 0;

    while (at < len && bytes[at] != ':' && (kind_of(bytes[at]) & ENDS_SCHEME) == 0)
        at++;
    return at;
}

/* Browsers pass over white space before a URL, and over line breaks and tabs inside it: what is not plainly one of the
 * schemes of the web, of mail and of telephones is not let through. An & may begin an entity that spells a colon. */
static bool may_begin(const char *bytes, size_t len, bool is_raw)
{
    static const char *const schemes[] = {"https", "http", "mailto", "tel", "sms"};
    size_t end = scheme_len(bytes, len);

    if (is_raw && memchr(bytes, '&', end) != NULL) return false;
    if (end == len || bytes[end] != ':') return true;
    while (end > 0 && is_blank(*bytes))
        bytes++, end--;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strlen(schemes[i]) == end && strncasecmp(schemes[i], bytes, end) == 0) return true;
    }
    return false;
}

static void add_beginning(const char *bytes, size_t len, bool is_raw, struct buffer *out)
{
    if (!may_begin(bytes, len, is_raw)) {
        template_put(out, TEMPLATE_BLOCKED_URL, strlen(TEMPLATE_BLOCKED_URL));
        return;
    }
    if (is_raw) {
        template_put(out, bytes, len);
        return;
    }
    add_runs(bytes, len, HTML_SPECIAL | BLANK, out);
}

/* Inside a URL: what keeps is plain there, and what is percent-encoded already stays so. */
static void add_inside(const char *bytes, size_t len, unsigned keeps, bool keeps_colon, struct buffer *out)
{
    for (size_t i = 0; i < len; i++) {
        bool is_encoded = bytes[i] == '%' && len - i > 2 && is_hex(bytes[i + 1]) && is_hex(bytes[i + 2]);

        if (((kind_of(bytes[i]) & keeps) != 0 || is_encoded) && (keeps_colon || bytes[i] != ':')) {
            add_entity(out, bytes[i]);
        } else {
            add_percent(out, bytes[i]);
        }
        if ((kind_of(bytes[i]) & ENDS_SCHEME) != 0) keeps_colon = true;
    }
}

/* The # of an entity, which an escaped value before may have brought, is no fragment's. */
static bool has_query(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '?' || (bytes[i] == '#' && (i == 0 || bytes[i - 1] != '&'))) return true;
    }
    return false;
}

void template_output_url(const char *bytes, size_t len, bool is_raw, size_t url_start, struct buffer *out)
{
    const char *before = out->bytes + url_start;
    size_t before_len = out->len > url_start ? out->len - url_start : 0, end;

    while (before_len > 0 && is_blank(*before))
        before++, before_len--;
    if (before_len == 0) {
        add_beginning(bytes, len, is_raw, out);
        return;
    }
    end = scheme_len(before, before_len);
    if (is_raw && end < before_len) {
        template_put(out, bytes, len);
    } else if (has_query(before, before_len)) {
        add_inside(bytes, len, IN_QUERY, true, out);
    } else {
        add_inside(bytes, len, IN_PATH, end < before_len, out);
    }
}

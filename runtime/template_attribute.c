#include "runtime/template_attribute.h"

#include <string.h>
#include <strings.h>

#include "runtime/template_bytes.h"
#include "runtime/template_entity.h"
#include "runtime/template_output.h"
#include "runtime/template_url.h"

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_digit_or_point(char byte)
{
    return byte == '.' || (byte >= '0' && byte <= '9');
}

/* Of srcset: behind the last blank or comma, where another image may begin; of an animation, behind a semicolon. */
static size_t list_start(const struct buffer *out, size_t start, char separator)
{
    for (size_t at = out->len; at > start; at--) {
        if (is_space(out->bytes[at - 1]) || out->bytes[at - 1] == separator) return at;
    }
    return start;
}

/* Past blanks and quotes. */
static size_t skip_quotes(const char *bytes, size_t at, size_t len)
{
    uint32_t character;
    size_t size;

    for (; at < len; at += size) {
        size = template_entity_read(bytes + at, len - at, &character);
        if (size == 0 || character >= 0x80) break;
        if (!is_space((char)character) && character != '\'' && character != '"') break;
    }
    return at;
}

static size_t skip_spaces(const char *bytes, size_t at, size_t len)
{
    while (at < len && is_space(bytes[at]))
        at++;
    return at;
}

/* "5; url='https://…": where the URL begins (HTML 4.2.5.3), or SIZE_MAX before it. */
static size_t refresh_start(const char *bytes, size_t len)
{
    size_t at = skip_spaces(bytes, 0, len), url;

    while (at < len && is_digit_or_point(bytes[at]))
        at++;
    url = skip_spaces(bytes, at, len);
    if (url == len) return SIZE_MAX;
    if (bytes[url] == ';' || bytes[url] == ',') {
        at = skip_spaces(bytes, url + 1, len);
    } else if (url > at) {
        at = url;
    } else {
        return SIZE_MAX;
    }
    if (len - at < 3 || strncasecmp(bytes + at, "url", 3) != 0) return skip_quotes(bytes, at, len);
    url = skip_spaces(bytes, at + 3, len);
    return url < len && bytes[url] == '=' ? skip_quotes(bytes, url + 1, len) : at;
}

static size_t put_url(struct buffer *out, const char *bytes, size_t len, struct template_url url)
{
    return template_url_put(out, bytes, len, url) ? url.start : TEMPLATE_URL_SETTLED;
}

static size_t put_refresh(struct buffer *out, const char *bytes, size_t len, struct template_url url)
{
    size_t at = refresh_start(out->bytes + url.start, out->len - url.start);

    if (at == SIZE_MAX) {
        template_output(ESCAPE_URL, bytes, len, out);
        return TEMPLATE_URL_SETTLED;
    }
    url.start += at;
    url.never = "'";
    return put_url(out, bytes, len, url);
}

/* Where the URL begins that url( opened and no ) has closed yet, or SIZE_MAX. */
static size_t style_url_start(const char *bytes, size_t len)
{
    for (size_t at = len; at > 0; at--) {
        if (bytes[at - 1] == ')') return SIZE_MAX;
        if (bytes[at - 1] == '(' && at > 3 && strncasecmp(bytes + at - 4, "url", 3) == 0)
            return skip_quotes(bytes, at, len);
    }
    return SIZE_MAX;
}

static bool is_quoted(const struct buffer *out, size_t start)
{
    return start > 0 && (out->bytes[start - 1] == '"' || out->bytes[start - 1] == '\'');
}

static size_t put_style(struct buffer *out, const char *bytes, size_t len, struct template_url url)
{
    size_t at = style_url_start(out->bytes + url.start, out->len - url.start);

    if (at != SIZE_MAX) {
        url.start += at;
        url.never = "'\"()\\;,*";
        return put_url(out, bytes, len, url);
    }
    for (size_t i = 0; i < len; i++) {
        if (template_byte_is(bytes[i], BYTE_IN_STYLE)) continue;
        template_put(out, TEMPLATE_BLOCKED_STYLE, strlen(TEMPLATE_BLOCKED_STYLE));
        return TEMPLATE_URL_SETTLED;
    }
    template_output(is_quoted(out, url.start) ? ESCAPE_NONE : ESCAPE_BARE, bytes, len, out);
    return TEMPLATE_URL_SETTLED;
}

size_t template_attribute_put(struct buffer *out, const struct template_node *node, enum template_escape escape,
                            const char *bytes, size_t len, size_t start)
{
    struct template_url url = {.is_encoded = node->is_encoded, .never = ""};

    url.start = start > out->len ? out->len : start;
    if (escape == ESCAPE_STYLE) return put_style(out, bytes, len, url);
    if (escape == ESCAPE_REFRESH) return put_refresh(out, bytes, len, url);
    if (escape == ESCAPE_URL_LIST) {
        url.start = list_start(out, url.start, ',');
        url.never = ",";
    } else if (escape == ESCAPE_URL_VALUES) {
        url.start = list_start(out, url.start, ';');
        url.never = ";";
    } else {
        url.is_raw = node->is_raw;
    }
    return put_url(out, bytes, len, url);
}

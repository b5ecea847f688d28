/* Addresses of the web (RFC 3986) and of mail taken apart. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_argument.h"
#include "runtime/template_characters.h"
#include "runtime/template_do.h"
#include "runtime/template_escape.h"

/* The parts that were found; those that are not there have no length. */
struct address {
    struct template_text scheme, host, path, query, fragment;
};

static bool is_scheme_character(char byte, bool is_first)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')) return true;
    return !is_first && ((byte >= '0' && byte <= '9') || byte == '+' || byte == '-' || byte == '.');
}

/* Cuts text at the first of the bytes in marks; what is cut off, with the mark, goes to out_rest. */
static struct template_text cut(struct template_text text, const char *marks, struct template_text *out_rest)
{
    size_t at = 0;

    while (at < text.len && (text.bytes[at] == '\0' || strchr(marks, text.bytes[at]) == NULL))
        at++;
    *out_rest = (struct template_text){text.bytes + at, text.len - at};
    return (struct template_text){text.bytes, at};
}

static struct template_text without_first(struct template_text text)
{
    return text.len > 0 ? (struct template_text){text.bytes + 1, text.len - 1} : text;
}

/* Without the user before it and the port behind it; of an IPv6 address, with its brackets. */
static struct template_text host_of(struct template_text authority)
{
    struct template_text rest;
    const char *at = memrchr(authority.bytes, '@', authority.len), *bracket;

    if (at != NULL) {
        authority.len -= (size_t)(at + 1 - authority.bytes);
        authority.bytes = at + 1;
    }
    bracket = authority.len > 0 && *authority.bytes == '[' ? memchr(authority.bytes, ']', authority.len) : NULL;
    if (bracket != NULL) return (struct template_text){authority.bytes, (size_t)(bracket + 1 - authority.bytes)};
    return cut(authority, ":", &rest);
}

/* Reads argument 1. */
static int read_address(struct template_call *call, struct address *out)
{
    struct template_text text = call->arguments[0].text, rest;
    struct address address = {.scheme = cut(text, ":", &rest)};

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    for (size_t i = 0; i < address.scheme.len; i++) {
        if (!is_scheme_character(address.scheme.bytes[i], i == 0)) rest.len = 0;
    }
    if (rest.len == 0 || address.scheme.len == 0) {
        return template_call_fail(call, "argument 1: expected a URL such as \"https://example.com/page\"");
    }
    rest = without_first(rest);
    if (rest.len >= 2 && memcmp(rest.bytes, "//", 2) == 0) {
        address.host = host_of(cut((struct template_text){rest.bytes + 2, rest.len - 2}, "/?#", &rest));
    }
    address.path = cut(rest, "?#", &rest);
    address.query = cut(rest, "#", &rest);
    address.fragment = without_first(rest);
    *out = address;
    return STATUS_OK;
}

static int give_text(struct template_text text, struct template_value *out)
{
    *out = text.len > 0 ? template_string(text.bytes, text.len) : template_string("", 0);
    return STATUS_OK;
}

int template_do_get_url_host(struct template_call *call, struct template_value *out)
{
    struct address address;

    if (read_address(call, &address) != STATUS_OK) return STATUS_INVALID;
    if (address.host.len == 0) return template_call_fail(call, "argument 1: the URL has no host");
    return give_text(address.host, out);
}

int template_do_get_url_path(struct template_call *call, struct template_value *out)
{
    struct address address;

    return read_address(call, &address) == STATUS_OK ? give_text(address.path, out) : STATUS_INVALID;
}

int template_do_get_url_fragment(struct template_call *call, struct template_value *out)
{
    struct address address;

    return read_address(call, &address) == STATUS_OK ? give_text(address.fragment, out) : STATUS_INVALID;
}

int template_do_get_url_protocol(struct template_call *call, struct template_value *out)
{
    struct address address;
    char *bytes;

    if (read_address(call, &address) != STATUS_OK) return STATUS_INVALID;
    if (template_result_room(call, address.scheme.len, &bytes) != STATUS_OK) return STATUS_INVALID;
    for (size_t i = 0; i < address.scheme.len; i++) {
        char byte = address.scheme.bytes[i];

        bytes[i] = byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
    }
    *out = template_string(bytes, address.scheme.len);
    return STATUS_OK;
}

/* True when the parameter ("a=b", "a") has that name once it is decoded into scratch. */
static bool is_named(struct template_text parameter, struct template_text name, char *scratch)
{
    struct template_text rest, key = cut(parameter, "=", &rest);
    size_t len;

    if (template_unescape_form(key, scratch, &len) != STATUS_OK) return false;
    return template_characters_equal((struct template_text){scratch, len}, name);
}

/* Writes "key=value". */
static size_t write_parameter(char *bytes, struct template_text key, struct template_text value)
{
    size_t len = template_escape_url(key, bytes);

    bytes[len++] = '=';
    return len + template_escape_url(value, bytes + len);
}

/* The first parameter of that name is replaced, further ones go; where there is none, it is added at the end. */
static size_t write_query(char *bytes, struct template_text query, struct template_text key, struct template_text value,
                          char *scratch)
{
    bool is_written = false;
    size_t len = 0;

    while (query.len > 0) {
        struct template_text rest, parameter = cut(without_first(query), "&", &rest);
        bool is_same = is_named(parameter, key, scratch);

        query = rest;
        if (parameter.len == 0 || (is_same && is_written)) continue;
        bytes[len] = len == 0 ? '?' : '&';
        len++;
        len = is_same ? len + write_parameter(bytes + len, key, value) : template_text_append(bytes, len, parameter);
        is_written = is_written || is_same;
    }
    if (is_written) return len;
    bytes[len] = len == 0 ? '?' : '&';
    return len + 1 + write_parameter(bytes + len + 1, key, value);
}

int template_do_append_query_params(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text, key = call->arguments[1].text, value, head;
    struct address address;
    size_t most, len = 0;
    char *bytes, *scratch;

    if (read_address(call, &address) != STATUS_OK) return STATUS_INVALID;
    if (key.len == 0) return template_call_fail(call, "argument 2: the parameter needs a name");
    if (template_argument_text(call, 2, &value) != STATUS_OK) return STATUS_INVALID;
    most = text.len + template_escape_url(key, NULL) + template_escape_url(value, NULL) + 2;
    if (template_result_room(call, most, &bytes) != STATUS_OK) return STATUS_INVALID;
    scratch = template_arena_take(call->arena, text.len + 1);
    head = (struct template_text){text.bytes, (size_t)(address.path.bytes + address.path.len - text.bytes)};
    len = template_text_append(bytes, len, head);
    len += write_query(bytes + len, address.query, key, value, scratch);
    head.bytes += head.len + address.query.len;
    head.len = text.len - head.len - address.query.len;
    *out = template_string(bytes, template_text_append(bytes, len, head));
    return STATUS_OK;
}

int template_do_extract_email_domain(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    const char *at = memrchr(text.bytes, '@', text.len), *end = text.bytes + text.len;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    while (end > text.bytes && (end[-1] == ' ' || end[-1] == '>'))
        end--;
    if (at == NULL || at == text.bytes || at + 1 >= end) {
        return template_call_fail(call, "argument 1: expected an email address such as \"ana@example.com\"");
    }
    *out = template_string(at + 1, (size_t)(end - at - 1));
    return STATUS_OK;
}

/* Mailboxes, read strictly: what a mail server would not take is refused here, where the sender can still be told. */
#include "runtime/mime_address.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unicode/uidna.h>

#include "runtime/memory.h"
#include "runtime/mime.h"
#include "runtime/status.h"
#include "runtime/utf8.h"

#define LOCAL_MOST 64
#define DOMAIN_SIZE 256
#define ADDRESS_MOST 254

static int refuse(struct mime_error *error, const char *why)
{
    error->code = "invalid-address";
    snprintf(error->message, sizeof(error->message), "%s", why);
    return STATUS_INVALID;
}

static bool is_atext(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", byte) != NULL);
}

static bool is_dot_atom(const char *text, size_t len)
{
    bool was_dot = true;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' ? was_dot : !is_atext(text[i])) return false;
        was_dot = text[i] == '.';
    }
    return !was_dot;
}

static bool is_quoted_local(const char *text, size_t len)
{
    if (len < 3 || text[0] != '"' || text[len - 1] != '"') return false;
    for (size_t i = 1; i < len - 1; i++) {
        if (text[i] < ' ' || text[i] > '~' || text[i] == '"') return false;
        if (text[i] == '\\' && (++i == len - 1 || text[i] < ' ' || text[i] > '~')) return false;
    }
    return true;
}

static bool is_host_name(const char *text, size_t len)
{
    size_t label_len = 0;

    if (len == 0 || len >= DOMAIN_SIZE) return false;
    for (size_t i = 0; i < len; i++) {
        char byte = text[i];

        if (byte == '.') {
            if (label_len == 0 || text[i - 1] == '-') return false;
            label_len = 0;
            continue;
        }
        if (!((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
              byte == '-'))
            return false;
        if (++label_len > 63 || (label_len == 1 && byte == '-')) return false;
    }
    return label_len > 0 && text[len - 1] != '-';
}

/* "[127.0.0.1]" or "[IPv6:::1]" */
static bool is_literal(const char *text, size_t len)
{
    if (len < 4 || text[0] != '[' || text[len - 1] != ']') return false;
    for (size_t i = 1; i < len - 1; i++) {
        if (strchr("0123456789abcdefABCDEF.:IPv", text[i]) == NULL || text[i] == '\0') return false;
    }
    return true;
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x80) return false;
    }
    return true;
}

/* Appends the ASCII form of an internationalised domain (UTS #46). */
static bool add_ascii_domain(const char *text, size_t len, struct buffer *out)
{
    UErrorCode error = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    char ascii[DOMAIN_SIZE];
    int32_t ascii_len = 0;
    UIDNA *idna;

    if (len >= DOMAIN_SIZE) return false;
    idna = uidna_openUTS46(
        UIDNA_USE_STD3_RULES | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ, &error);
    if (U_SUCCESS(error))
        ascii_len = uidna_nameToASCII_UTF8(idna, text, (int32_t)len, ascii, sizeof(ascii), &info, &error);
    uidna_close(idna);
    if (U_FAILURE(error) || info.errors != 0 || ascii_len <= 0 || !is_host_name(ascii, (size_t)ascii_len)) return false;
    buffer_add(out, ascii, (size_t)ascii_len);
    return true;
}

static int read_address(const char *text, size_t len, struct buffer *out, struct mime_error *error)
{
    const char *at = len > 0 ? memrchr(text, '@', len) : NULL;
    const char *domain;
    size_t local_len, domain_len;

    if (at == NULL) return refuse(error, "an address has no @");
    local_len = (size_t)(at - text);
    domain = at + 1;
    domain_len = len - local_len - 1;
    if (!is_ascii(text, local_len)) return refuse(error, "what stands before the @ of an address is not ASCII");
    if (local_len == 0 || local_len > LOCAL_MOST ||
        !(is_dot_atom(text, local_len) || is_quoted_local(text, local_len))) {
        return refuse(error, "what stands before the @ of an address cannot stand there");
    }
    buffer_add(out, text, local_len + 1);
    if (!is_ascii(domain, domain_len)) {
        if (!add_ascii_domain(domain, domain_len, out)) return refuse(error, "the domain of an address cannot exist");
    } else if (is_host_name(domain, domain_len) || is_literal(domain, domain_len)) {
        buffer_add(out, domain, domain_len);
    } else {
        return refuse(error, "the domain of an address cannot exist");
    }
    if (out->len > ADDRESS_MOST) return refuse(error, "an address is longer than 254 bytes");
    return STATUS_OK;
}

/* A display name, bare or in quotes. */
static int read_name(const char *text, size_t len, struct buffer *out, struct mime_error *error)
{
    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (len == 0) return STATUS_OK;
    if (text[0] != '"') {
        if (memchr(text, '"', len) != NULL || memchr(text, '<', len) != NULL || memchr(text, '>', len) != NULL) {
            return refuse(error, "a display name with quotes or brackets has to stand in quotes");
        }
        buffer_add(out, text, len);
        return STATUS_OK;
    }
    for (size_t i = 1; i < len; i++) {
        if (text[i] == '"')
            return i == len - 1 ? STATUS_OK : refuse(error, "something follows the quotes of a display name");
        if (text[i] == '\\' && i + 1 < len) i++;
        buffer_add_char(out, text[i]);
    }
    return refuse(error, "the quotes of a display name are not closed");
}

static bool has_control(const struct mime_value *value)
{
    for (size_t i = 0; i < value->len; i++) {
        if ((unsigned char)value->bytes[i] < ' ' || value->bytes[i] == 0x7f) return true;
    }
    return false;
}

int mime_address_parse(const struct mime_value *value, struct mime_address *out, struct mime_error *error)
{
    const char *text = value->bytes, *open;
    size_t len = value->len;
    int status;

    *out = (struct mime_address){BUFFER_EMPTY, BUFFER_EMPTY};
    if (has_control(value)) return refuse(error, "an address has a line break or another control character in it");
    if (!utf8_is_valid(text, len)) return refuse(error, "an address is not UTF-8");
    while (len > 0 && text[0] == ' ')
        text++, len--;
    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (len == 0) return refuse(error, "an address is empty");
    if (text[len - 1] != '>') return read_address(text, len, &out->address, error);
    open = memrchr(text, '<', len);
    if (open == NULL) return refuse(error, "an address has a > without <");
    status = read_name(text, (size_t)(open - text), &out->name, error);
    if (status != STATUS_OK) return status;
    return read_address(open + 1, len - (size_t)(open - text) - 2, &out->address, error);
}

void mime_address_free(struct mime_address *address)
{
    buffer_free(&address->name);
    buffer_free(&address->address);
}

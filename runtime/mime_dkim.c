#include "runtime/mime_dkim.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/crypto.h"
#include "runtime/crypto_key.h"
#include "runtime/crypto_text.h"
#include "runtime/mime.h"
#include "runtime/status.h"

#define LINE_GOOD 76

static int fail(struct mime_error *error, const char *why)
{
    error->code = "invalid-dkim";
    snprintf(error->message, sizeof(error->message), "%s", why);
    return STATUS_INVALID;
}

static bool is_domain(const char *text)
{
    size_t len = text != NULL ? strlen(text) : 0;

    return len > 0 && len < 254 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == len;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

/* Section 3.4.4: runs of blanks as one space, none at a line's end, no empty lines at the end of the body. */
static void add_relaxed_body(struct buffer *out, const char *body, size_t len)
{
    const char *at = body, *end = body + len, *line_end;
    size_t kept = out->len;

    buffer_reserve(out, len + 2);
    while (at < end) {
        line_end = memchr(at, '\r', (size_t)(end - at));
        if (line_end == NULL) line_end = end;
        while (at < line_end) {
            if (!is_blank(*at)) {
                out->bytes[out->len++] = *at++;
                continue;
            }
            while (at < line_end && is_blank(*at))
                at++;
            if (at < line_end) out->bytes[out->len++] = ' ';
        }
        if (out->len > 0 && !(out->len >= 2 && memcmp(out->bytes + out->len - 2, "\r\n", 2) == 0)) kept = out->len + 2;
        buffer_add(out, "\r\n", 2);
        at = line_end + 2;
    }
    out->len = kept;
}

/* Section 3.4.2: name in lower case, unfolded, runs of blanks as one space, none around the value. Ends with CRLF
 * unless is_last. */
static void add_relaxed_field(struct buffer *out, const char *field, size_t len, bool is_last)
{
    const char *colon = memchr(field, ':', len);
    size_t value_start;

    for (const char *at = field; at < colon; at++)
        buffer_add_char(out, lower(*at));
    buffer_add_char(out, ':');
    value_start = out->len;
    for (const char *at = colon + 1; at < field + len; at++) {
        if (*at == '\r' || *at == '\n') continue;
        if (!is_blank(*at)) {
            buffer_add_char(out, *at);
        } else if (out->len > value_start && out->bytes[out->len - 1] != ' ') {
            buffer_add_char(out, ' ');
        }
    }
    while (out->len > value_start && out->bytes[out->len - 1] == ' ')
        out->len--;
    if (!is_last) buffer_add_string(out, "\r\n");
}

/* The end of the header field at field: behind the first line break that no blank follows. */
static const char *field_end(const char *field, const char *end)
{
    const char *at = field;

    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        if (at == end || !is_blank(*at)) return at;
    }
    return end;
}

static void add_name(struct buffer *out, size_t *line_start, const char *name, size_t len)
{
    bool is_first = out->bytes[out->len - 1] == '=';

    if (!is_first) buffer_add_char(out, ':');
    if (out->len - *line_start + len > LINE_GOOD) {
        buffer_add_string(out, "\r\n\t");
        *line_start = out->len - 1;
    }
    for (size_t i = 0; i < len; i++)
        buffer_add_char(out, lower(name[i]));
}

/* Fields are signed in the order in which they stand; each name comes once, as every header here does. */
static void add_names_and_fields(const char *header, const char *end, struct buffer *signature,
                                 struct buffer *signed_text)
{
    static const char *const sealed[] = {"from", "to", "subject"};
    const char *next;
    size_t line_start;

    buffer_add_string(signature, ";\r\n\th=");
    line_start = signature->len - 3;
    for (const char *field = header; field < end; field = next) {
        next = field_end(field, end);
        add_name(signature, &line_start, field,
                 (size_t)((const char *)memchr(field, ':', (size_t)(next - field)) - field));
        add_relaxed_field(signed_text, field, (size_t)(next - field), false);
    }
    for (size_t i = 0; i < sizeof(sealed) / sizeof(sealed[0]); i++)
        add_name(signature, &line_start, sealed[i], strlen(sealed[i]));
}

static void add_folded(struct buffer *out, const char *text, size_t len)
{
    for (size_t at = 0; at < len; at += LINE_GOOD - 2) {
        buffer_add_string(out, "\r\n\t");
        buffer_add(out, text + at, len - at < LINE_GOOD - 2 ? len - at : LINE_GOOD - 2);
    }
}

static void insert(struct buffer *out, size_t at, const struct buffer *inserted)
{
    buffer_reserve(out, inserted->len);
    memmove(out->bytes + at + inserted->len, out->bytes + at, out->len - at);
    memcpy(out->bytes + at, inserted->bytes, inserted->len);
    out->len += inserted->len;
    out->bytes[out->len] = '\0';
}

int mime_dkim_sign(struct buffer *out, size_t start, const struct mime_dkim *dkim, int64_t now_ms,
                   struct mime_error *error)
{
    struct buffer signature = BUFFER_EMPTY, canonical = BUFFER_EMPTY, bytes = BUFFER_EMPTY, text = BUFFER_EMPTY;
    const char *header = out->bytes + start;
    const char *body = memmem(header, out->len - start, "\r\n\r\n", 4);
    unsigned char digest[CRYPTO_SHA256_LEN];
    int status;

    if (!is_domain(dkim->domain) || !is_domain(dkim->selector))
        return fail(error, "the DKIM domain or selector cannot be in a DNS name");
    if (crypto_key_algorithm(dkim->key) != CRYPTO_RS256) return fail(error, "the DKIM key is not an RSA key");
    add_relaxed_body(&canonical, body + 4, out->len - start - (size_t)(body + 4 - header));
    crypto_sha256(canonical.bytes, canonical.len, digest);
    buffer_clear(&canonical);
    buffer_add_format(&signature, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s;\r\n\ts=%s; t=%lld; bh=",
                      dkim->domain, dkim->selector, (long long)(now_ms / 1000));
    crypto_base64(BASE64_STANDARD, digest, sizeof(digest), &signature);
    add_names_and_fields(header, body + 2, &signature, &canonical);
    buffer_add_string(&signature, ";\r\n\tb=");
    add_relaxed_field(&canonical, signature.bytes, signature.len, true);
    status = crypto_key_sign(dkim->key, canonical.bytes, canonical.len, &bytes);
    if (status == STATUS_OK) {
        crypto_base64(BASE64_STANDARD, bytes.bytes, bytes.len, &text);
        add_folded(&signature, text.bytes, text.len);
        buffer_add_string(&signature, "\r\n");
        insert(out, start, &signature);
    } else {
        status = fail(error, "the DKIM key cannot sign");
    }
    buffer_free(&signature);
    buffer_free(&canonical);
    buffer_free(&bytes);
    buffer_free(&text);
    return status;
}

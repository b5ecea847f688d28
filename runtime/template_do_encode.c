/* Hashes, base64, and the encoding of HTML forms. */
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/crypto.h"
#include "runtime/crypto_text.h"
#include "runtime/status.h"
#include "runtime/template_argument.h"
#include "runtime/template_do.h"
#include "runtime/template_escape.h"
#include "runtime/utf8.h"

/* Copies the buffer's bytes into a string, and frees it. */
static int give_buffer(struct template_call *call, struct buffer *buffer, struct template_value *out)
{
    char *bytes;
    int status = template_result_room(call, buffer->len, &bytes);

    if (status == STATUS_OK) {
        if (buffer->len > 0) memcpy(bytes, buffer->bytes, buffer->len);
        *out = template_string(bytes, buffer->len);
    }
    buffer_free(buffer);
    return status;
}

int template_do_md5(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    struct buffer hex = BUFFER_EMPTY;
    unsigned char digest[CRYPTO_MD5_LEN];

    crypto_md5(text.bytes, text.len, digest);
    crypto_hex(digest, sizeof(digest), &hex);
    return give_buffer(call, &hex, out);
}

int template_do_sha256(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    struct buffer hex = BUFFER_EMPTY;
    unsigned char digest[CRYPTO_SHA256_LEN];

    crypto_sha256(text.bytes, text.len, digest);
    crypto_hex(digest, sizeof(digest), &hex);
    return give_buffer(call, &hex, out);
}

int template_do_encode64(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    struct buffer encoded = BUFFER_EMPTY;

    crypto_base64(BASE64_STANDARD, text.bytes, text.len, &encoded);
    return give_buffer(call, &encoded, out);
}

/* What is no base64 comes back as it is. */
int template_do_decode64(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    struct buffer decoded = BUFFER_EMPTY;
    int status;

    if (crypto_unbase64(BASE64_STANDARD, text.bytes, text.len, &decoded) != STATUS_OK) {
        *out = call->arguments[0];
        status = STATUS_OK;
    } else if (!utf8_is_valid(decoded.bytes, decoded.len)) {
        status = template_call_fail(call, "argument 1: what it decodes to is no text in UTF-8");
    } else {
        return give_buffer(call, &decoded, out);
    }
    buffer_free(&decoded);
    return status;
}

int template_do_url_encode(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    char *bytes;

    if (template_result_room(call, template_escape_form(text, NULL), &bytes) != STATUS_OK) return STATUS_INVALID;
    *out = template_string(bytes, template_escape_form(text, bytes));
    return STATUS_OK;
}

int template_do_url_decode(struct template_call *call, struct template_value *out)
{
    char *bytes;
    size_t len;

    if (template_result_room(call, call->arguments[0].text.len, &bytes) != STATUS_OK) return STATUS_INVALID;
    if (template_unescape_form(call->arguments[0].text, bytes, &len) != STATUS_OK) {
        return template_call_fail(call, "argument 1: a %% without two hexadecimal digits behind it");
    }
    if (!utf8_is_valid(bytes, len)) {
        return template_call_fail(call, "argument 1: what it decodes to is no text in UTF-8");
    }
    *out = template_string(bytes, len);
    return STATUS_OK;
}

/* Hex and base64, written out by hand: they are short, and hot where keys are hashed and mails encoded. */
#include "runtime/crypto_text.h"

#include <stdint.h>

#include "runtime/buffer.h"
#include "runtime/status.h"

static const char *const alphabets[] = {
    [BASE64_STANDARD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    [BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

void crypto_hex(const void *bytes, size_t len, struct buffer *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;

    buffer_reserve(out, len * 2);
    for (size_t i = 0; i < len; i++) {
        out->bytes[out->len++] = digits[from[i] >> 4];
        out->bytes[out->len++] = digits[from[i] & 15];
    }
    out->bytes[out->len] = '\0';
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

int crypto_unhex(const char *text, size_t len, struct buffer *out)
{
    size_t start = out->len;
    int high, low;

    if (len % 2 != 0) return STATUS_INVALID;
    buffer_reserve(out, len / 2);
    for (size_t i = 0; i < len; i += 2) {
        high = hex_digit(text[i]);
        low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) {
            out->len = start;
            out->bytes[start] = '\0';
            return STATUS_INVALID;
        }
        out->bytes[out->len++] = (char)(high << 4 | low);
    }
    out->bytes[out->len] = '\0';
    return STATUS_OK;
}

void crypto_base64(enum base64_alphabet alphabet, const void *bytes, size_t len, struct buffer *out)
{
    const char *digits = alphabets[alphabet];
    const unsigned char *from = bytes;
    uint32_t group;
    size_t i, left;
    char *to;

    buffer_reserve(out, len / 3 * 4 + 4);
    to = out->bytes + out->len;
    for (i = 0; i + 2 < len; i += 3) {
        group = (uint32_t)from[i] << 16 | (uint32_t)from[i + 1] << 8 | from[i + 2];
        *to++ = digits[group >> 18];
        *to++ = digits[group >> 12 & 63];
        *to++ = digits[group >> 6 & 63];
        *to++ = digits[group & 63];
    }
    left = len - i;
    if (left > 0) {
        group = (uint32_t)from[i] << 16 | (left == 2 ? (uint32_t)from[i + 1] << 8 : 0);
        *to++ = digits[group >> 18];
        *to++ = digits[group >> 12 & 63];
        if (left == 2) *to++ = digits[group >> 6 & 63];
        if (alphabet == BASE64_STANDARD) {
            if (left == 1) *to++ = '=';
            *to++ = '=';
        }
    }
    *to = '\0';
    out->len = (size_t)(to - out->bytes);
}

static int base64_digit(enum base64_alphabet alphabet, char digit)
{
    if (digit >= 'A' && digit <= 'Z') return digit - 'A';
    if (digit >= 'a' && digit <= 'z') return digit - 'a' + 26;
    if (digit >= '0' && digit <= '9') return digit - '0' + 52;
    if (digit == (alphabet == BASE64_URL ? '-' : '+')) return 62;
    return digit == (alphabet == BASE64_URL ? '_' : '/') ? 63 : -1;
}

/* The length without padding, or SIZE_MAX when no encoder writes such a length. */
static size_t unpadded_len(enum base64_alphabet alphabet, const char *text, size_t len)
{
    size_t bare = len;

    while (bare > 0 && len - bare < 2 && text[bare - 1] == '=')
        bare--;
    if (bare % 4 == 1) return SIZE_MAX;
    if (len % 4 != 0 && (alphabet == BASE64_STANDARD || bare != len)) return SIZE_MAX;
    if (bare != len && len - bare != (4 - bare % 4) % 4) return SIZE_MAX;
    return bare;
}

int crypto_unbase64(enum base64_alphabet alphabet, const char *text, size_t len, struct buffer *out)
{
    size_t bare = unpadded_len(alphabet, text, len), start = out->len;
    uint32_t bits = 0;
    unsigned bit_count = 0;

    if (bare == SIZE_MAX) return STATUS_INVALID;
    buffer_reserve(out, bare / 4 * 3 + 3);
    for (size_t i = 0; i < bare; i++) {
        int digit = base64_digit(alphabet, text[i]);

        if (digit < 0) goto fail;
        bits = bits << 6 | (uint32_t)digit;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            out->bytes[out->len++] = (char)(bits >> bit_count & 255);
        }
    }
    /* Bits that belong to no byte must be zero, so that each value has one spelling. */
    if ((bits & ((1u << bit_count) - 1)) != 0) goto fail;
    out->bytes[out->len] = '\0';
    return STATUS_OK;

fail:
    out->len = start;
    out->bytes[start] = '\0';
    return STATUS_INVALID;
}

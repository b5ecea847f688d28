/*
 * Bytes as text and back: hex and base64 (RFC 4648), strict when reading.
 */
#ifndef HERALD_CRYPTO_TEXT_H
#define HERALD_CRYPTO_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;

enum base64_alphabet {
    BASE64_STANDARD, /* section 4: + and /, padded */
    BASE64_URL,      /* section 5: - and _, written without padding, read with or without */
};

/* Each appends to out. */
void crypto_hex(const void *bytes, size_t len, struct buffer *out);
void crypto_base64(enum base64_alphabet alphabet, const void *bytes, size_t len, struct buffer *out);

/* STATUS_INVALID, and nothing appended: a character that does not belong, or a length that cannot be. Either case of
 * hex. */
int crypto_unhex(const char *text, size_t len, struct buffer *out);
int crypto_unbase64(enum base64_alphabet alphabet, const char *text, size_t len, struct buffer *out);

#endif

/*
 * UTF-8 (RFC 3629), checked. Stateless; safe from any thread.
 */
#ifndef HERALD_UTF8_H
#define HERALD_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when all of it is well-formed: no overlong forms, no surrogates, nothing above U+10FFFF. NUL is allowed. */
bool utf8_is_valid(const char *text, size_t len);

/* The bytes of the well-formed character at text; 0 when there is none. Its code point in *out (may be NULL). */
size_t utf8_next(const char *text, size_t len, uint32_t *out);

/* Writes the character, which is no surrogate and at most U+10FFFF, and returns its bytes. */
size_t utf8_write(uint32_t character, char out[4]);

#endif

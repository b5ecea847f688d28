/*
 * Header lines: folding, encoded words and parameters. Behind runtime/mime.h.
 */
#ifndef HERALD_MIME_HEADER_H
#define HERALD_MIME_HEADER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;
struct mime_address;
struct mime_value;

/*
 * Appends "name: value" CRLF for an unstructured value of UTF-8: runs of controls become one space, outer spaces go.
 * What is ASCII stays readable and is folded at 78; the rest becomes encoded words (RFC 2047). False, with nothing
 * appended: a word longer than a line may be (998) where is_encodable forbids to encode it.
 */
bool mime_header_add_text(struct buffer *out, const char *name, const struct mime_value *value, bool is_encodable);

/* Appends "name: " and the mailboxes, folded, CRLF. */
void mime_header_add_addresses(struct buffer *out, const char *name, const struct mime_address *addresses,
                               size_t count);

/* Appends ";" CRLF and a parameter: quoted when it is short ASCII, else as RFC 2231 has it. */
void mime_header_add_parameter(struct buffer *out, const char *name, const struct mime_value *value);

#endif

/*
 * Transfer encodings of a part's content (RFC 2045 section 6). Behind runtime/mime.h.
 */
#ifndef HERALD_MIME_BODY_H
#define HERALD_MIME_BODY_H

#include <stddef.h>

struct buffer;

enum mime_encoding { MIME_SEVEN_BIT, MIME_QUOTED_PRINTABLE, MIME_BASE64 };

/*
 * The encoding for a text: 7bit for short lines of ASCII of which none could pass for a boundary, else whichever of the
 * others is shorter.
 */
enum mime_encoding mime_body_choose(const char *text, size_t len);

const char *mime_body_encoding_name(enum mime_encoding encoding);

/* Appends a text with its line ends (CR, LF, CRLF) as CRLF and without NULs, and one at its end. */
void mime_body_add_text(struct buffer *out, enum mime_encoding encoding, const char *text, size_t len);

/* Appends data in base64, lines of 76, ended by CRLF. */
void mime_body_add_data(struct buffer *out, const char *data, size_t len);

#endif

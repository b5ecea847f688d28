/*
 * DKIM signatures (RFC 6376): rsa-sha256, relaxed/relaxed. Behind runtime/mime.h.
 */
#ifndef HERALD_MIME_DKIM_H
#define HERALD_MIME_DKIM_H

#include <stddef.h>
#include <stdint.h>

struct buffer;
struct mime_dkim;
struct mime_error;

/*
 * Signs the message that begins at start in out and puts DKIM-Signature before it. Covers every header field, and
 * From, To and Subject once more, so that none can be added on the way. STATUS_INVALID: the domain, the selector or
 * the key is not one that can sign.
 */
int mime_dkim_sign(struct buffer *out, size_t start, const struct mime_dkim *dkim, int64_t now_ms,
                   struct mime_error *error);

#endif

/*
 * How values are made safe for where they stand. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_OUTPUT_H
#define HERALD_TEMPLATE_OUTPUT_H

#include <string.h>

#include "runtime/buffer.h"
#include "runtime/template_program.h"

/* buffer_add, without the call and without a NUL behind the bytes. */
static inline void template_put(struct buffer *out, const char *bytes, size_t len)
{
    if (out->size - out->len <= len) buffer_reserve(out, len);
    memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
}

/* What stands in place of a value that would bring a scheme of its own. */
#define TEMPLATE_BLOCKED_URL "about:blank#blocked"

/* Adds the bytes, escaped. Not for ESCAPE_URL_ATTRIBUTE. */
void template_output(enum template_escape escape, const char *bytes, size_t len, struct buffer *out);

/*
 * For an attribute that holds a URL, whose value begins at url_start of out. A value that begins the URL may be a whole
 * one with a scheme of the web or of mail; one behind other text cannot leave the part of the URL that it stands in.
 * is_raw: {{{ }}}, where nothing is escaped but what would bring a scheme.
 */
void template_output_url(const char *bytes, size_t len, bool is_raw, size_t url_start, struct buffer *out);

#endif

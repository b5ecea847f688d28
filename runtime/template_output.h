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

/* One byte: as handlebars.js's entity where it has one for it, and as %XX. */
void template_put_entity(struct buffer *out, char byte);
void template_put_bare(struct buffer *out, char byte); /* white space too */
void template_put_percent(struct buffer *out, char byte);

/* Adds the bytes, escaped. Not for the escapes of attributes. */
void template_output(enum template_escape escape, const char *bytes, size_t len, struct buffer *out);

#endif

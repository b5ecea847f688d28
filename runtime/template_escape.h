/*
 * The percent signs of addresses and forms. For template_do_*.c alone.
 */
#ifndef HERALD_TEMPLATE_ESCAPE_H
#define HERALD_TEMPLATE_ESCAPE_H

#include "runtime/template_value.h"

/* Each writes into out, or only counts where out is NULL, and returns the bytes. */

/* As HTML forms are sent, and Java's URLEncoder writes: a space is +; letters, digits and .-*_ stand as they are. */
size_t template_escape_form(struct template_text text, char *out);

/* RFC 3986: all but the unreserved characters. */
size_t template_escape_url(struct template_text text, char *out);

/* The bytes that either stands for, at most text.len. STATUS_INVALID: a % without two hexadecimal digits. */
int template_unescape_form(struct template_text text, char *out, size_t *out_len);

#endif

/* A request's head, put together in its exchange from the pieces that come. For http_connection.c alone. */
#ifndef HERALD_HTTP_HEAD_H
#define HERALD_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

struct http_exchange;

/* A name comes in one piece or several, then its value in none or several. False: there are too many fields. */
bool http_head_add_name(struct http_exchange *exchange, const char *bytes, size_t len);

/* False: not a token (RFC 9110 5.1); a blank before the colon is none either. */
bool http_head_end_name(struct http_exchange *exchange);
void http_head_add_value(struct http_exchange *exchange, const char *bytes, size_t len);
void http_head_end_value(struct http_exchange *exchange);

/* The value of the field that is arriving has begun. */
bool http_head_has_value(const struct http_exchange *exchange);

/* The head has come whole: returns NULL, or a sentence on what is wrong with it. */
const char *http_head_end(struct http_exchange *exchange, int major, int minor);

#endif

/*
 * Answers that the listener gives by itself, before a handler sees the request. For http_connection.c alone.
 */
#ifndef HERALD_HTTP_REFUSAL_H
#define HERALD_HTTP_REFUSAL_H

struct http_exchange;
struct http_server_options;

/*
 * Composes the last answer of a connection into the exchange, whose request may have come in part only. It has an
 * x-request-id as every other: the request's own where the whole head has come, else a new one.
 */
void http_refusal_compose(struct http_exchange *exchange, const struct http_server_options *options, int status,
                          const char *code, const char *message);

#endif

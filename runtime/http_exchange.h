/*
 * One request and its answer, inside the listener. For http_connection.c, http_head.c and http_exchange.c alone.
 */
#ifndef HERALD_HTTP_EXCHANGE_H
#define HERALD_HTTP_EXCHANGE_H

#include "runtime/buffer.h"
#include "runtime/http_server.h"

#define HTTP_HEADERS_MOST 100

struct http_connection;

struct http_field {
    size_t name, name_len, value, value_len; /* offsets into text */
};

struct http_exchange {
    struct http_connection *connection; /* NULL: the client has gone */
    struct http_exchange *next;
    const char *method;        /* NULL: the head has not come whole */
    struct buffer text;        /* the target, then names and values, each with a NUL behind it */
    size_t target, target_len; /* what of it is path and query */
    struct http_field fields[HTTP_HEADERS_MOST];
    size_t field_count;
    bool has_open_field; /* the last of them is still arriving */
    size_t body_most; /* set when the head has come whole */
    struct buffer body;
    struct buffer answer;
    bool keeps_alive;
    bool is_complete; /* the request has come whole */
    bool is_answered;
    bool is_head;
};

struct http_exchange *http_exchange_new(struct http_connection *connection);

/* Empties it for the next request, keeping its memory. */
void http_exchange_reset(struct http_exchange *exchange);
void http_exchange_free(struct http_exchange *exchange);

/* Composes the whole answer into exchange->answer. */
void http_exchange_compose(struct http_exchange *exchange, int status, const struct http_header *headers,
                           size_t header_count, const char *body, size_t body_len);

/* http_connection.c: exchange->answer is composed. */
void http_connection_answered(struct http_connection *connection, struct http_exchange *exchange);
const char *http_connection_remote(const struct http_connection *connection);
const char *http_connection_tls_name(const struct http_connection *connection);
bool http_connection_is_unix(const struct http_connection *connection);

#endif

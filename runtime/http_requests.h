/* A connection's bytes become exchanges, which go to the server's handler. For http_connection.c alone. */
#ifndef HERALD_HTTP_REQUESTS_H
#define HERALD_HTTP_REQUESTS_H

#include <stddef.h>

struct http_connection;

void http_requests_init(struct http_connection *connection);
void http_requests_free(struct http_connection *connection);

/* Parses what has come. What it leaves for a later turn is kept in connection->held, and is_paused set. */
void http_requests_parse(struct http_connection *connection, const char *bytes, size_t len);

/* Goes on with what was kept. */
void http_requests_resume(struct http_connection *connection);

/* Answers the request that is arriving, or a new one, with an error of the server's own; it is the last. */
void http_requests_refuse(struct http_connection *connection, int status, const char *code, const char *message);

#endif

/*
 * One client connection of the listener: bytes in, exchanges, bytes out. For http_server.c alone.
 */
#ifndef HERALD_HTTP_CONNECTION_H
#define HERALD_HTTP_CONNECTION_H

#include "runtime/http_server.h"

struct http_connection;
struct uv_stream_s;

/* The part of the server that its connections see. */
struct http_server {
    struct http_server_options options;
    struct http_connection *connections; /* doubly linked */
    unsigned connection_count;
    int64_t next_report_ms; /* when refused connections may be logged again */
    bool is_closing;
    struct http_listener *listener;
};

/* Accepts from the listening stream. Too many connections: answered 503 and closed. */
void http_connection_accept(struct http_server *server, struct uv_stream_s *listening, bool is_unix);

/* Ends what is past its time. Called a few times a second. */
void http_connection_sweep(struct http_connection *connection, int64_t now_ms);

/* For a server that closes: ends it at once when idle (or when told to force), else after its last answer. */
void http_connection_drain(struct http_connection *connection, bool force);

struct http_connection *http_connection_next(const struct http_connection *connection);

/* http_server.c: the last connection of a closing server has gone. */
void http_server_connection_gone(struct http_server *server);

#endif

/* A connection as its two files see it: http_connection.c and http_requests.c. */
#ifndef HERALD_HTTP_CONNECTION_PARTS_H
#define HERALD_HTTP_CONNECTION_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"
#include "runtime/http_connection.h"
#include "runtime/http_writer.h"
#include "runtime/loop.h"

struct http_exchange;
struct tls_session;

#define HTTP_PIPELINE_MOST 64          /* exchanges of one connection that wait for answers */
#define HTTP_UNSENT_MOST (256u * 1024) /* bytes of answers, above which nothing more is read */

enum http_phase {
    HTTP_PHASE_HANDSHAKE,
    HTTP_PHASE_IDLE, /* nothing has come of the next request */
    HTTP_PHASE_HEADERS,
    HTTP_PHASE_BODY,
    HTTP_PHASE_LINGER, /* answered for the last time; what still comes is thrown away until the peer closes */
};

struct http_connection {
    struct http_server *server;
    struct http_connection *previous, *next;
    union http_socket *socket;  /* http_connection.c's */
    struct http_parser *parser; /* http_requests.c's */
    struct tls_session *tls;
    struct http_exchange *first, *last;
    struct http_exchange *spare;
    unsigned depth;
    enum http_phase phase;
    int64_t deadline_ms;
    bool is_unix;
    bool is_parsing;   /* answers are flushed when the parser returns */
    bool is_closing;   /* uv_close was called */
    bool closes_after; /* once all are answered */
    bool is_draining;
    bool is_reading;
    bool is_ended;         /* the peer has sent all that it will */
    bool is_paused;        /* the parser is: too much waits to be answered or sent, or others have their turn */
    bool is_posted;        /* turn will run */
    bool is_closed;        /* and then free the connection */
    size_t answered_size;  /* of answers that wait for those before them */
    struct loop_task turn; /* goes on with what is held */
    struct buffer held;    /* bytes that came while paused */
    struct http_writer writer;
    char remote[64];
};

/* http_connection.c: the phase that begins now, and how long it may last. */
void http_connection_enter(struct http_connection *connection, enum http_phase phase, int64_t limit_ms);

/* Adds to what is to be sent, through TLS where there is some; http_connection_flush sends it. */
void http_connection_add(struct http_connection *connection, const char *bytes, size_t len);
void http_connection_flush(struct http_connection *connection);

/* Bytes of answers that are composed and that the peer has not taken. */
size_t http_connection_unsent(const struct http_connection *connection);

#endif

/*
 * A connection's life: accepted, read from (through TLS where there is some), its answers written in order, all that
 * are ready in one go, and ended. http_requests.c cuts the bytes into exchanges.
 *
 *   first -> exchange -> exchange -> last       answered from the left; the last may still be arriving
 *
 * Nothing here has a timer of its own: the server sweeps the connections and compares their deadlines.
 */
#include "runtime/http_connection.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "runtime/buffer.h"
#include "runtime/clock.h"
#include "runtime/http_admission.h"
#include "runtime/http_connection_parts.h"
#include "runtime/http_exchange.h"
#include "runtime/http_requests.h"
#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/tls_server.h"
#include "runtime/tls_session.h"

#define READ_SIZE 65536
#define LINGER_MS 2000

union http_socket {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
};

static void proceed(struct http_connection *connection);

static int64_t now_ms(const struct http_connection *connection)
{
    return loop_now_ms(connection->server->options.loop);
}

void http_connection_enter(struct http_connection *connection, enum http_phase phase, int64_t limit_ms)
{
    connection->phase = phase;
    connection->deadline_ms = now_ms(connection) + limit_ms;
}

/* --- Ending --- */

static void free_connection(uv_handle_t *handle)
{
    struct http_connection *connection = handle->data;
    struct http_server *server = connection->server;
    struct http_exchange *exchange, *next;

    if (connection->is_posted) {
        connection->is_closed = true;
        return;
    }
    for (exchange = connection->first; exchange != NULL; exchange = next) {
        next = exchange->next;
        exchange->connection = NULL;
        exchange->next = NULL;
        /* One that a handler still has is freed by its answer. */
        if (!exchange->is_complete || exchange->is_answered) http_exchange_free(exchange);
    }
    while ((exchange = connection->spare) != NULL) {
        connection->spare = exchange->next;
        http_exchange_free(exchange);
    }
    tls_session_free(connection->tls);
    buffer_free(&connection->held);
    http_writer_free(&connection->writer);
    http_requests_free(connection);
    memory_free(connection->socket);
    memory_free(connection);
    http_server_connection_gone(server);
}

static void close_connection(struct http_connection *connection)
{
    struct http_server *server = connection->server;

    if (connection->is_closing) return;
    connection->is_closing = true;
    if (connection->next != NULL) connection->next->previous = connection->previous;
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        server->connections = connection->next;
    }
    uv_close(&connection->socket->handle, free_connection);
}

/* --- Writing --- */

static void on_written(void *ctx, bool has_failed)
{
    struct http_connection *connection = ctx;

    if (has_failed) {
        close_connection(connection);
    } else if (!connection->is_closing) {
        proceed(connection);
    }
}

void http_connection_flush(struct http_connection *connection)
{
    if (connection->is_closing) return;
    if (http_writer_flush(&connection->writer, now_ms(connection)) != STATUS_OK) close_connection(connection);
}

size_t http_connection_unsent(const struct http_connection *connection)
{
    return http_writer_unsent(&connection->writer) + connection->answered_size;
}

void http_connection_add(struct http_connection *connection, const char *bytes, size_t len)
{
    if (connection->tls == NULL) {
        buffer_add(&connection->writer.out, bytes, len);
    } else if (tls_session_send(connection->tls, bytes, len, &connection->writer.out) != STATUS_OK) {
        close_connection(connection);
    }
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    struct http_connection *connection = request->handle->data;

    (void)status;
    memory_free(request);
    if (connection->is_ended) close_connection(connection);
}

/* Says goodbye, then waits for the peer to have read it all: closing with unread input would reset the connection. */
static void begin_linger(struct http_connection *connection)
{
    uv_shutdown_t *request;

    if (connection->phase == HTTP_PHASE_LINGER) return;
    if (connection->tls != NULL) tls_session_goodbye(connection->tls, &connection->writer.out);
    http_connection_flush(connection);
    if (connection->is_closing) return;
    http_connection_enter(connection, HTTP_PHASE_LINGER, LINGER_MS);
    request = memory_zeroed(1, sizeof(*request));
    if (uv_shutdown(request, &connection->socket->stream, on_shutdown) != 0) memory_free(request);
}

/* Sends the answers that are next in order; ends or goes idle when there is nothing left to answer. */
static void finish_ready(struct http_connection *connection)
{
    struct http_exchange *exchange;

    while (!connection->closes_after && (exchange = connection->first) != NULL && exchange->is_answered) {
        http_connection_add(connection, exchange->answer.bytes, exchange->answer.len);
        if (connection->is_closing) return;
        if (!exchange->keeps_alive) connection->closes_after = true;
        connection->answered_size -= exchange->answer.len;
        connection->first = exchange->next;
        if (connection->first == NULL) connection->last = NULL;
        connection->depth--;
        http_exchange_reset(exchange);
        exchange->next = connection->spare;
        connection->spare = exchange;
    }
    http_connection_flush(connection);
    if (connection->is_closing) return;
    if (connection->closes_after || (connection->is_draining && connection->first == NULL)) {
        if (connection->writer.writes == 0) begin_linger(connection);
    } else if (connection->phase == HTTP_PHASE_IDLE && connection->first == NULL) {
        http_connection_enter(connection, HTTP_PHASE_IDLE, connection->server->options.limits.idle_time_ms);
    }
}

static bool may_resume(const struct http_connection *connection)
{
    return connection->is_paused && !connection->is_draining && !connection->is_closing &&
           connection->depth <= HTTP_PIPELINE_MOST / 2 && http_connection_unsent(connection) <= HTTP_UNSENT_MOST;
}

static void on_turn(struct loop_task *task)
{
    struct http_connection *connection =
        (struct http_connection *)(void *)((char *)task - offsetof(struct http_connection, turn));

    connection->is_posted = false;
    if (connection->is_closed) {
        free_connection(&connection->socket->handle);
        return;
    }
    if (may_resume(connection)) http_requests_resume(connection);
    if (!connection->is_closing) proceed(connection);
}

/* What was held goes on in the next turn of the loop, after the other connections. */
static void post_turn(struct http_connection *connection)
{
    if (connection->is_posted) return;
    connection->is_posted = true;
    connection->turn.run = on_turn;
    loop_post(connection->server->options.loop, &connection->turn);
}

/* --- Reading --- */

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    static _Thread_local char bytes[READ_SIZE];

    (void)handle;
    (void)suggested;
    *out = uv_buf_init(bytes, sizeof(bytes));
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *piece);

/* A peer that does not take its answers is not read from either. */
static void update_reading(struct http_connection *connection)
{
    bool throws_away = connection->phase == HTTP_PHASE_LINGER || connection->is_draining;
    bool wants = !connection->is_ended &&
                 (throws_away || (!connection->is_paused && http_connection_unsent(connection) <= HTTP_UNSENT_MOST));

    if (connection->is_closing || wants == connection->is_reading) return;
    connection->is_reading = wants;
    if (wants) {
        uv_read_start(&connection->socket->stream, on_allocate, on_read);
    } else {
        uv_read_stop(&connection->socket->stream);
    }
}

/* The peer has finished sending, and all of it is parsed: it still gets its answers. */
static void finish_input(struct http_connection *connection)
{
    if (connection->first == NULL && connection->writer.writes == 0) {
        close_connection(connection);
        return;
    }
    if (connection->last != NULL && !connection->last->is_complete) {
        http_connection_enter(connection, HTTP_PHASE_IDLE, connection->server->options.limits.idle_time_ms);
        http_requests_refuse(connection, 400, "invalid-request", "The request ends early");
    }
    connection->is_draining = true;
    finish_ready(connection);
}

/* Sends what is ready, and sees to what comes next: what was held, more to read, or the end. */
static void proceed(struct http_connection *connection)
{
    finish_ready(connection);
    if (!connection->is_closing && connection->is_ended && !connection->is_paused && !connection->is_draining)
        finish_input(connection);
    if (may_resume(connection)) post_turn(connection);
    update_reading(connection);
}

static void take_plain(struct http_connection *connection, const char *bytes, size_t len)
{
    if (len == 0 || connection->phase == HTTP_PHASE_LINGER || connection->is_draining) return;
    if (connection->is_paused) {
        buffer_add(&connection->held, bytes, len);
        return;
    }
    http_requests_parse(connection, bytes, len);
    proceed(connection);
}

static void take_tls(struct http_connection *connection, const char *bytes, size_t len)
{
    struct buffer plain = BUFFER_EMPTY;
    int status = tls_session_receive(connection->tls, bytes, len, &plain, &connection->writer.out);

    http_connection_flush(connection);
    if (connection->phase == HTTP_PHASE_HANDSHAKE && tls_session_is_open(connection->tls)) {
        http_connection_enter(connection, HTTP_PHASE_IDLE, connection->server->options.limits.idle_time_ms);
    }
    if (!connection->is_closing) take_plain(connection, plain.bytes, plain.len);
    buffer_free(&plain);
    if (status == STATUS_CLOSED) close_connection(connection);
    if (status == STATUS_TLS && !connection->is_closing) begin_linger(connection); /* so that the alert is read */
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *piece)
{
    struct http_connection *connection = stream->data;

    if (connection->is_closing || len == 0) return;
    if (len < 0) {
        connection->is_ended = true;
        if (len != UV_EOF || connection->phase == HTTP_PHASE_LINGER || connection->phase == HTTP_PHASE_HANDSHAKE) {
            close_connection(connection);
        } else {
            proceed(connection);
        }
        return;
    }
    if (connection->tls != NULL) {
        take_tls(connection, piece->base, (size_t)len);
    } else {
        take_plain(connection, piece->base, (size_t)len);
    }
}

void http_connection_answered(struct http_connection *connection, struct http_exchange *exchange)
{
    connection->answered_size += exchange->answer.len;
    if (connection->is_parsing || connection->is_closing) return;
    proceed(connection);
}

/* --- Beginning --- */

static void name_remote(struct http_connection *connection)
{
    struct sockaddr_storage address;
    char host[INET6_ADDRSTRLEN] = "";
    int len = sizeof(address), port = 0;

    snprintf(connection->remote, sizeof(connection->remote), "unix");
    if (connection->is_unix || uv_tcp_getpeername(&connection->socket->tcp, (struct sockaddr *)&address, &len) != 0)
        return;
    if (address.ss_family == AF_INET6) {
        uv_ip6_name((struct sockaddr_in6 *)&address, host, sizeof(host));
        port = ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    } else {
        uv_ip4_name((struct sockaddr_in *)&address, host, sizeof(host));
        port = ntohs(((struct sockaddr_in *)&address)->sin_port);
    }
    snprintf(connection->remote, sizeof(connection->remote), "%s:%d", host, port);
}

static void link_connection(struct http_server *server, struct http_connection *connection)
{
    connection->next = server->connections;
    if (connection->next != NULL) connection->next->previous = connection;
    server->connections = connection;
    server->connection_count++;
}

static void admit(struct http_connection *connection)
{
    uv_os_fd_t descriptor = -1;
    enum http_admission admission;

    uv_fileno(&connection->socket->handle, &descriptor);
    admission = http_admission_decide(connection->server, descriptor, now_ms(connection));
    if (admission == HTTP_ADMITTED) return;
    if (admission == HTTP_DROPPED || connection->tls != NULL) {
        close_connection(connection);
        return;
    }
    http_requests_refuse(connection, 503, "overloaded", "Too many connections");
    proceed(connection);
}

void http_connection_accept(struct http_server *server, struct uv_stream_s *listening, bool is_unix)
{
    struct http_connection *connection = memory_zeroed(1, sizeof(*connection));
    uv_loop_t *loop = loop_uv(server->options.loop);

    connection->server = server;
    connection->socket = memory_zeroed(1, sizeof(*connection->socket));
    connection->is_unix = is_unix;
    if (is_unix) {
        uv_pipe_init(loop, &connection->socket->pipe, 0);
    } else {
        uv_tcp_init(loop, &connection->socket->tcp);
    }
    connection->socket->handle.data = connection;
    http_writer_init(&connection->writer, &connection->socket->stream, on_written, connection);
    link_connection(server, connection);
    http_requests_init(connection);
    if (uv_accept(listening, &connection->socket->stream) != 0) {
        close_connection(connection);
        return;
    }
    name_remote(connection);
    if (!is_unix) uv_tcp_nodelay(&connection->socket->tcp, 1);
    if (server->options.tls != NULL && !is_unix) connection->tls = tls_server_session(server->options.tls);
    http_connection_enter(connection, connection->tls != NULL ? HTTP_PHASE_HANDSHAKE : HTTP_PHASE_IDLE,
                          connection->tls != NULL ? server->options.limits.header_time_ms
                                                  : server->options.limits.idle_time_ms);
    update_reading(connection);
    admit(connection);
}

/* --- Time --- */

void http_connection_sweep(struct http_connection *connection, int64_t now)
{
    if (connection->is_closing) return;
    if (http_writer_is_stuck(&connection->writer, now, connection->server->options.limits.idle_time_ms)) {
        close_connection(connection);
        return;
    }
    if (now < connection->deadline_ms) return;
    switch (connection->phase) {
    case HTTP_PHASE_HANDSHAKE:
    case HTTP_PHASE_LINGER: close_connection(connection); return;
    case HTTP_PHASE_IDLE:
        /* Waiting for a handler is not idling. */
        if (connection->first == NULL && connection->writer.writes == 0 && !connection->is_paused)
            close_connection(connection);
        return;
    case HTTP_PHASE_HEADERS:
    case HTTP_PHASE_BODY:
        http_connection_enter(connection, HTTP_PHASE_IDLE, connection->server->options.limits.idle_time_ms);
        http_requests_refuse(connection, 408, "request-timeout", "The request took too long to arrive");
        proceed(connection);
        return;
    }
}

void http_connection_drain(struct http_connection *connection, bool force)
{
    if (force) {
        close_connection(connection);
        return;
    }
    if (connection->is_paused) return; /* the next request that was held is the last */
    if (connection->first == NULL && connection->phase != HTTP_PHASE_LINGER && connection->writer.writes == 0) {
        close_connection(connection);
    } else {
        connection->is_draining = connection->last == NULL || connection->last->is_complete;
        for (struct http_exchange *exchange = connection->first; exchange != NULL; exchange = exchange->next) {
            if (exchange->next == NULL) exchange->keeps_alive = false;
        }
    }
}

struct http_connection *http_connection_next(const struct http_connection *connection)
{
    return connection->next;
}

const char *http_connection_remote(const struct http_connection *connection)
{
    return connection->remote;
}

const char *http_connection_tls_name(const struct http_connection *connection)
{
    return connection->tls != NULL ? tls_session_peer_name(connection->tls) : NULL;
}

bool http_connection_is_unix(const struct http_connection *connection)
{
    return connection->is_unix;
}

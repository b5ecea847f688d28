/*
 * A connection: reads from the socket (through TLS where there is some), lets llhttp cut the bytes into exchanges, and
 * writes the answers in order, all that are ready in one go.
 *
 *   first -> exchange -> exchange -> last       answered from the left; the last may still be arriving
 *
 * Nothing here has a timer of its own: the server sweeps the connections and compares their deadlines.
 */
#include "runtime/http_connection.h"

#include <llhttp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#include "runtime/buffer.h"
#include "runtime/clock.h"
#include "runtime/http_admission.h"
#include "runtime/http_exchange.h"
#include "runtime/http_head.h"
#include "runtime/http_writer.h"
#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/tls_server.h"
#include "runtime/tls_session.h"

#define READ_SIZE 65536
#define PIPELINE_MOST 64
#define BATCH_MOST 32             /* requests of one connection in one turn of the loop */
#define UNSENT_MOST (256u * 1024) /* bytes of answers, above which nothing more is read */
#define LINGER_MS 2000

enum phase {
    PHASE_HANDSHAKE,
    PHASE_IDLE, /* nothing has come of the next request */
    PHASE_HEADERS,
    PHASE_BODY,
    PHASE_LINGER, /* answered for the last time; what still comes is thrown away until the peer closes */
};

struct http_connection {
    struct http_server *server;
    struct http_connection *previous, *next;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    llhttp_t parser;
    struct tls_session *tls;
    struct http_exchange *first, *last;
    struct http_exchange *spare;
    unsigned depth;
    enum phase phase;
    int64_t deadline_ms;
    bool is_unix;
    bool is_parsing;   /* answers are flushed when the parser returns */
    bool is_closing;   /* uv_close was called */
    bool closes_after; /* once all are answered */
    bool is_draining;
    bool is_reading;
    bool is_ended;                 /* the peer has sent all that it will */
    bool is_paused;                /* the parser is: too much waits to be answered or sent, or others have their turn */
    bool is_posted;                /* turn will run */
    bool is_closed;                /* and then free the connection */
    bool value_is_cut;             /* the header value at hand reached the end of the bytes at hand */
    const char *piece, *piece_end; /* the bytes at hand */
    size_t head_size;
    size_t quiet_size; /* bytes without a header, a chunk or a body in them: blanks, or zeros before a chunk's size */
    unsigned batch;    /* requests of this turn */
    size_t answered_size;  /* of answers that wait for those before them */
    struct loop_task turn; /* goes on with what is held */
    struct buffer held;    /* bytes that came while paused */
    struct http_writer writer;
    char remote[64];
};

static void proceed(struct http_connection *connection);

static int64_t now_ms(const struct http_connection *connection)
{
    return loop_now_ms(connection->server->options.loop);
}

static void enter(struct http_connection *connection, enum phase phase, int64_t limit_ms)
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
    uv_close(&connection->socket.handle, free_connection);
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

static void write_out(struct http_connection *connection)
{
    if (connection->is_closing) return;
    if (http_writer_flush(&connection->writer, now_ms(connection)) != STATUS_OK) close_connection(connection);
}

static size_t unsent(const struct http_connection *connection)
{
    return http_writer_unsent(&connection->writer) + connection->answered_size;
}

static void add_plain(struct http_connection *connection, const char *bytes, size_t len)
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

    if (connection->phase == PHASE_LINGER) return;
    if (connection->tls != NULL) tls_session_goodbye(connection->tls, &connection->writer.out);
    write_out(connection);
    if (connection->is_closing) return;
    enter(connection, PHASE_LINGER, LINGER_MS);
    request = memory_zeroed(1, sizeof(*request));
    if (uv_shutdown(request, &connection->socket.stream, on_shutdown) != 0) memory_free(request);
}

/* Sends the answers that are next in order; ends or goes idle when there is nothing left to answer. */
static void finish_ready(struct http_connection *connection)
{
    struct http_exchange *exchange;

    while (!connection->closes_after && (exchange = connection->first) != NULL && exchange->is_answered) {
        add_plain(connection, exchange->answer.bytes, exchange->answer.len);
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
    write_out(connection);
    if (connection->is_closing) return;
    if (connection->closes_after || (connection->is_draining && connection->first == NULL)) {
        if (connection->writer.writes == 0) begin_linger(connection);
    } else if (connection->phase == PHASE_IDLE && connection->first == NULL) {
        enter(connection, PHASE_IDLE, connection->server->options.limits.idle_time_ms);
    }
}

/* --- Answers that the server gives by itself --- */

static void refuse(struct http_connection *connection, int status, const char *code, const char *message)
{
    static const struct http_header headers[] = {{"Content-Type", 12, "application/json; charset=utf-8", 31}};
    const struct http_server_options *options = &connection->server->options;
    struct http_exchange *exchange = connection->last;
    struct buffer body = BUFFER_EMPTY;

    if (exchange == NULL || exchange->is_complete) {
        exchange = http_exchange_new(connection);
        if (connection->last != NULL) {
            connection->last->next = exchange;
        } else {
            connection->first = exchange;
        }
        connection->last = exchange;
        connection->depth++;
    }
    options->on_error(options->ctx, &body, status, code, message);
    exchange->keeps_alive = false;
    exchange->is_complete = exchange->is_answered = true;
    http_exchange_compose(exchange, status, headers, 1, body.bytes, body.len);
    connection->answered_size += exchange->answer.len;
    connection->is_draining = true;
    buffer_free(&body);
}

/* --- Parsing --- */

static struct http_connection *of_parser(llhttp_t *parser)
{
    return parser->data;
}

static struct http_exchange *arriving(llhttp_t *parser)
{
    return of_parser(parser)->last;
}

static int stop(llhttp_t *parser, int status, const char *code, const char *message)
{
    refuse(of_parser(parser), status, code, message);
    llhttp_set_error_reason(parser, "refused");
    return HPE_USER;
}

static int count_head(llhttp_t *parser, size_t len)
{
    struct http_connection *connection = of_parser(parser);

    connection->quiet_size = 0;
    connection->head_size += len;
    if (connection->head_size <= connection->server->options.limits.header_size) return 0;
    return stop(parser, 431, "headers-too-large", "The request's headers are too large");
}

static int count_extension(llhttp_t *parser, const char *bytes, size_t len)
{
    (void)bytes;
    return count_head(parser, len);
}

static int on_message_begin(llhttp_t *parser)
{
    struct http_connection *connection = of_parser(parser);
    struct http_exchange *exchange = connection->spare;

    if (exchange != NULL) {
        connection->spare = exchange->next;
        exchange->next = NULL;
    } else {
        exchange = http_exchange_new(connection);
    }
    if (connection->last != NULL) {
        connection->last->next = exchange;
    } else {
        connection->first = exchange;
    }
    connection->last = exchange;
    connection->depth++;
    connection->head_size = connection->quiet_size = 0;
    enter(connection, PHASE_HEADERS, connection->server->options.limits.header_time_ms);
    return 0;
}

static int on_url(llhttp_t *parser, const char *bytes, size_t len)
{
    struct http_exchange *exchange = arriving(parser);

    buffer_add(&exchange->text, bytes, len);
    exchange->target_len += len;
    return count_head(parser, len);
}

/* RFC 9110 6.5.1: what comes behind the body is no header. It counts, and is thrown away. */
static bool is_trailer(const struct http_connection *connection)
{
    return connection->phase == PHASE_BODY;
}

static int on_field(llhttp_t *parser, const char *bytes, size_t len)
{
    if (!is_trailer(of_parser(parser)) && !http_head_add_name(arriving(parser), bytes, len))
        return stop(parser, 431, "headers-too-large", "The request has too many headers");
    return count_head(parser, len);
}

static int on_field_end(llhttp_t *parser)
{
    if (is_trailer(of_parser(parser)) || http_head_end_name(arriving(parser))) return 0;
    return stop(parser, 400, "invalid-request", "A header's name is not valid");
}

/* RFC 9112 5.2: a value that goes on in the next line. The parser lets it pass; proxies disagree about it. */
static bool is_folded(const struct http_connection *connection, const char *bytes)
{
    if (http_head_has_value(connection->last)) return !(connection->value_is_cut && bytes == connection->piece);
    while (bytes > connection->piece && (bytes[-1] == ' ' || bytes[-1] == '\t'))
        bytes--;
    return bytes > connection->piece && bytes[-1] == '\n';
}

static int on_value(llhttp_t *parser, const char *bytes, size_t len)
{
    struct http_connection *connection = of_parser(parser);

    if (len == 0) return 0;
    if (is_trailer(connection)) return count_head(parser, len);
    if (is_folded(connection, bytes)) return stop(parser, 400, "invalid-request", "A header is folded over two lines");
    connection->value_is_cut = bytes + len == connection->piece_end;
    http_head_add_value(arriving(parser), bytes, len);
    return count_head(parser, len);
}

static int on_value_end(llhttp_t *parser)
{
    if (!is_trailer(of_parser(parser))) http_head_end_value(arriving(parser));
    return 0;
}

static bool expects_continue(const struct http_exchange *exchange)
{
    size_t len;
    const char *value = http_exchange_header(exchange, "expect", &len);

    return value != NULL && len == 12 && strncasecmp(value, "100-continue", 12) == 0;
}

static int on_headers(llhttp_t *parser)
{
    struct http_connection *connection = of_parser(parser);
    struct http_exchange *exchange = arriving(parser);
    const struct http_limits *limits = &connection->server->options.limits;
    const char *fault = http_head_end(exchange, parser->http_major, parser->http_minor);

    exchange->method = llhttp_method_name((llhttp_method_t)llhttp_get_method(parser));
    exchange->is_head = llhttp_get_method(parser) == HTTP_HEAD;
    exchange->keeps_alive = llhttp_should_keep_alive(parser) != 0 && !connection->server->is_closing;
    enter(connection, PHASE_BODY, limits->body_time_ms);
    if (fault != NULL) return stop(parser, 400, "invalid-request", fault);
    if ((parser->flags & F_CONTENT_LENGTH) != 0 && parser->content_length > limits->body_size) {
        return stop(parser, 413, "body-too-large", "The request's body is too large");
    }
    if (llhttp_get_upgrade(parser))
        return stop(parser, 400, "invalid-request", "This server does not change protocols");
    if (expects_continue(exchange) && connection->first == exchange) {
        add_plain(connection, "HTTP/1.1 100 Continue\r\n\r\n", 25);
        write_out(connection);
    }
    return 0;
}

static int on_body(llhttp_t *parser, const char *bytes, size_t len)
{
    struct http_connection *connection = of_parser(parser);
    struct http_exchange *exchange = arriving(parser);

    if (exchange->body.len + len > connection->server->options.limits.body_size) {
        return stop(parser, 413, "body-too-large", "The request's body is too large");
    }
    buffer_add(&exchange->body, bytes, len);
    connection->quiet_size = 0;
    return 0;
}

static int on_chunk(llhttp_t *parser)
{
    of_parser(parser)->quiet_size = 0;
    return 0;
}

static bool must_pause(const struct http_connection *connection)
{
    return connection->depth >= PIPELINE_MOST || connection->batch >= BATCH_MOST || unsent(connection) > UNSENT_MOST;
}

static int on_complete(llhttp_t *parser)
{
    struct http_connection *connection = of_parser(parser);
    struct http_exchange *exchange = arriving(parser);
    const struct http_server_options *options = &connection->server->options;

    exchange->is_complete = true;
    enter(connection, PHASE_IDLE, options->limits.idle_time_ms);
    options->on_request(options->ctx, exchange);
    connection->batch++;
    return must_pause(connection) ? HPE_PAUSED : 0;
}

static const llhttp_settings_t parser_settings = {
    .on_message_begin = on_message_begin,
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_field_complete = on_field_end,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_end,
    .on_headers_complete = on_headers,
    .on_chunk_extension_name = count_extension,
    .on_chunk_extension_value = count_extension,
    .on_chunk_header = on_chunk,
    .on_body = on_body,
    .on_message_complete = on_complete,
};

static void parse(struct http_connection *connection, const char *bytes, size_t len)
{
    llhttp_errno_t result;

    connection->is_parsing = true;
    connection->batch = 0;
    connection->quiet_size += len;
    connection->piece = bytes;
    connection->piece_end = bytes + len;
    result = llhttp_execute(&connection->parser, bytes, len);
    if (result == HPE_PAUSED) {
        const char *at = llhttp_get_error_pos(&connection->parser);

        connection->is_paused = true;
        buffer_add(&connection->held, at, (size_t)(bytes + len - at));
    } else if (result != HPE_OK && !connection->is_draining) {
        refuse(connection, 400, "invalid-request", "The request is not valid HTTP/1.1");
    }
    if (connection->quiet_size > connection->server->options.limits.header_size && !connection->is_draining)
        refuse(connection, 431, "headers-too-large", "The request has too much beside its headers and body");
    connection->is_parsing = false;
}

static bool may_resume(const struct http_connection *connection)
{
    return connection->is_paused && !connection->is_draining && !connection->is_closing &&
           connection->depth <= PIPELINE_MOST / 2 && unsent(connection) <= UNSENT_MOST;
}

static void resume_paused(struct http_connection *connection)
{
    struct buffer held = connection->held;

    connection->held = (struct buffer)BUFFER_EMPTY;
    connection->is_paused = false;
    llhttp_resume(&connection->parser);
    if (held.len > 0) parse(connection, held.bytes, held.len);
    buffer_free(&held);
}

static void on_turn(struct loop_task *task)
{
    struct http_connection *connection =
        (struct http_connection *)(void *)((char *)task - offsetof(struct http_connection, turn));

    connection->is_posted = false;
    if (connection->is_closed) {
        free_connection(&connection->socket.handle);
        return;
    }
    if (may_resume(connection)) resume_paused(connection);
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
    bool throws_away = connection->phase == PHASE_LINGER || connection->is_draining;
    bool wants =
        !connection->is_ended && (throws_away || (!connection->is_paused && unsent(connection) <= UNSENT_MOST));

    if (connection->is_closing || wants == connection->is_reading) return;
    connection->is_reading = wants;
    if (wants) {
        uv_read_start(&connection->socket.stream, on_allocate, on_read);
    } else {
        uv_read_stop(&connection->socket.stream);
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
        enter(connection, PHASE_IDLE, connection->server->options.limits.idle_time_ms);
        refuse(connection, 400, "invalid-request", "The request ends early");
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
    if (len == 0 || connection->phase == PHASE_LINGER || connection->is_draining) return;
    if (connection->is_paused) {
        buffer_add(&connection->held, bytes, len);
        return;
    }
    parse(connection, bytes, len);
    proceed(connection);
}

static void take_tls(struct http_connection *connection, const char *bytes, size_t len)
{
    struct buffer plain = BUFFER_EMPTY;
    int status = tls_session_receive(connection->tls, bytes, len, &plain, &connection->writer.out);

    write_out(connection);
    if (connection->phase == PHASE_HANDSHAKE && tls_session_is_open(connection->tls)) {
        enter(connection, PHASE_IDLE, connection->server->options.limits.idle_time_ms);
    }
    if (!connection->is_closing) take_plain(connection, plain.bytes, plain.len);
    buffer_free(&plain);
    if (status != STATUS_OK) close_connection(connection);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *piece)
{
    struct http_connection *connection = stream->data;

    if (connection->is_closing || len == 0) return;
    if (len < 0) {
        connection->is_ended = true;
        if (len != UV_EOF || connection->phase == PHASE_LINGER || connection->phase == PHASE_HANDSHAKE) {
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
    if (connection->is_unix || uv_tcp_getpeername(&connection->socket.tcp, (struct sockaddr *)&address, &len) != 0)
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

    uv_fileno(&connection->socket.handle, &descriptor);
    admission = http_admission_decide(connection->server, descriptor, now_ms(connection));
    if (admission == HTTP_ADMITTED) return;
    if (admission == HTTP_DROPPED || connection->tls != NULL) {
        close_connection(connection);
        return;
    }
    refuse(connection, 503, "overloaded", "Too many connections");
    proceed(connection);
}

void http_connection_accept(struct http_server *server, struct uv_stream_s *listening, bool is_unix)
{
    struct http_connection *connection = memory_zeroed(1, sizeof(*connection));
    uv_loop_t *loop = loop_uv(server->options.loop);

    connection->server = server;
    connection->is_unix = is_unix;
    if (is_unix) {
        uv_pipe_init(loop, &connection->socket.pipe, 0);
    } else {
        uv_tcp_init(loop, &connection->socket.tcp);
    }
    connection->socket.handle.data = connection;
    http_writer_init(&connection->writer, &connection->socket.stream, on_written, connection);
    link_connection(server, connection);
    llhttp_init(&connection->parser, HTTP_REQUEST, &parser_settings);
    connection->parser.data = connection;
    if (uv_accept(listening, &connection->socket.stream) != 0) {
        close_connection(connection);
        return;
    }
    name_remote(connection);
    if (!is_unix) uv_tcp_nodelay(&connection->socket.tcp, 1);
    if (server->options.tls != NULL && !is_unix) connection->tls = tls_server_session(server->options.tls);
    enter(connection, connection->tls != NULL ? PHASE_HANDSHAKE : PHASE_IDLE,
          connection->tls != NULL ? server->options.limits.header_time_ms : server->options.limits.idle_time_ms);
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
    case PHASE_HANDSHAKE:
    case PHASE_LINGER: close_connection(connection); return;
    case PHASE_IDLE:
        /* Waiting for a handler is not idling. */
        if (connection->first == NULL && connection->writer.writes == 0 && !connection->is_paused)
            close_connection(connection);
        return;
    case PHASE_HEADERS:
    case PHASE_BODY:
        enter(connection, PHASE_IDLE, connection->server->options.limits.idle_time_ms);
        refuse(connection, 408, "request-timeout", "The request took too long to arrive");
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
    if (connection->first == NULL && connection->phase != PHASE_LINGER && connection->writer.writes == 0) {
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

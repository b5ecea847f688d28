/*
 * Lets llhttp cut the bytes of a connection into exchanges, within the limits of size, and hands each to the handler
 * when it has come whole. Pauses where too much waits, or other connections have their turn.
 */
#include "runtime/http_requests.h"

#include <llhttp.h>
#include <string.h>
#include <strings.h>

#include "runtime/buffer.h"
#include "runtime/http_connection_parts.h"
#include "runtime/http_exchange.h"
#include "runtime/http_refusal.h"
#include "runtime/http_head.h"
#include "runtime/http_refusal.h"
#include "runtime/memory.h"

#define BATCH_MOST 32 /* requests of one connection in one turn of the loop */

struct http_parser {
    llhttp_t llhttp;
    bool value_is_cut;             /* the header value at hand reached the end of the bytes at hand */
    const char *piece, *piece_end; /* the bytes at hand */
    size_t head_size;
    size_t quiet_size; /* bytes without a header, a chunk or a body in them: blanks, or zeros before a chunk's size */
    unsigned batch;    /* requests of this turn */
};

void http_requests_refuse(struct http_connection *connection, int status, const char *code, const char *message)
{
    struct http_exchange *exchange = connection->last;

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
    http_refusal_compose(exchange, &connection->server->options, status, code, message);
    connection->answered_size += exchange->answer.len;
    connection->is_draining = true;
}

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
    http_requests_refuse(of_parser(parser), status, code, message);
    llhttp_set_error_reason(parser, "refused");
    return HPE_USER;
}

static int count_head(llhttp_t *parser, size_t len)
{
    struct http_connection *connection = of_parser(parser);

    connection->parser->quiet_size = 0;
    connection->parser->head_size += len;
    if (connection->parser->head_size <= connection->server->options.limits.header_size) return 0;
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
    connection->parser->head_size = connection->parser->quiet_size = 0;
    http_connection_enter(connection, HTTP_PHASE_HEADERS, connection->server->options.limits.header_time_ms);
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
    return connection->phase == HTTP_PHASE_BODY;
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
    if (http_head_has_value(connection->last))
        return !(connection->parser->value_is_cut && bytes == connection->parser->piece);
    while (bytes > connection->parser->piece && (bytes[-1] == ' ' || bytes[-1] == '\t'))
        bytes--;
    return bytes > connection->parser->piece && bytes[-1] == '\n';
}

static int on_value(llhttp_t *parser, const char *bytes, size_t len)
{
    struct http_connection *connection = of_parser(parser);

    if (len == 0) return 0;
    if (is_trailer(connection)) return count_head(parser, len);
    if (is_folded(connection, bytes)) return stop(parser, 400, "invalid-request", "A header is folded over two lines");
    connection->parser->value_is_cut = bytes + len == connection->parser->piece_end;
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

static size_t body_limit(const struct http_server_options *options, const struct http_exchange *exchange)
{
    if (options->body_limit == NULL) return options->limits.body_size;
    return options->body_limit(options->ctx, exchange, options->limits.body_size);
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
    http_connection_enter(connection, HTTP_PHASE_BODY, limits->body_time_ms);
    if (fault != NULL) return stop(parser, 400, "invalid-request", fault);
    exchange->body_most = body_limit(&connection->server->options, exchange);
    if ((parser->flags & F_CONTENT_LENGTH) != 0 && parser->content_length > exchange->body_most) {
        return stop(parser, 413, "body-too-large", "The request's body is too large");
    }
    if (llhttp_get_upgrade(parser))
        return stop(parser, 400, "invalid-request", "This server does not change protocols");
    if (expects_continue(exchange) && connection->first == exchange) {
        http_connection_add(connection, "HTTP/1.1 100 Continue\r\n\r\n", 25);
        http_connection_flush(connection);
    }
    return 0;
}

static int on_body(llhttp_t *parser, const char *bytes, size_t len)
{
    struct http_connection *connection = of_parser(parser);
    struct http_exchange *exchange = arriving(parser);

    if (exchange->body.len + len > exchange->body_most) {
        return stop(parser, 413, "body-too-large", "The request's body is too large");
    }
    buffer_add(&exchange->body, bytes, len);
    connection->parser->quiet_size = 0;
    return 0;
}

static int on_chunk(llhttp_t *parser)
{
    of_parser(parser)->parser->quiet_size = 0;
    return 0;
}

static bool must_pause(const struct http_connection *connection)
{
    return connection->depth >= HTTP_PIPELINE_MOST || connection->parser->batch >= BATCH_MOST ||
           http_connection_unsent(connection) > HTTP_UNSENT_MOST;
}

static int on_complete(llhttp_t *parser)
{
    struct http_connection *connection = of_parser(parser);
    struct http_exchange *exchange = arriving(parser);
    const struct http_server_options *options = &connection->server->options;

    exchange->is_complete = true;
    http_connection_enter(connection, HTTP_PHASE_IDLE, options->limits.idle_time_ms);
    options->on_request(options->ctx, exchange);
    connection->parser->batch++;
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

void http_requests_parse(struct http_connection *connection, const char *bytes, size_t len)
{
    llhttp_errno_t result;

    connection->is_parsing = true;
    connection->parser->batch = 0;
    connection->parser->quiet_size += len;
    connection->parser->piece = bytes;
    connection->parser->piece_end = bytes + len;
    result = llhttp_execute(&connection->parser->llhttp, bytes, len);
    if (result == HPE_PAUSED) {
        const char *at = llhttp_get_error_pos(&connection->parser->llhttp);

        connection->is_paused = true;
        buffer_add(&connection->held, at, (size_t)(bytes + len - at));
    } else if (result != HPE_OK && !connection->is_draining) {
        http_requests_refuse(connection, 400, "invalid-request", "The request is not valid HTTP/1.1");
    }
    if (connection->parser->quiet_size > connection->server->options.limits.header_size && !connection->is_draining)
        http_requests_refuse(connection, 431, "headers-too-large",
                             "The request has too much beside its headers and body");
    connection->is_parsing = false;
}

void http_requests_resume(struct http_connection *connection)
{
    struct buffer held = connection->held;

    connection->held = (struct buffer)BUFFER_EMPTY;
    connection->is_paused = false;
    llhttp_resume(&connection->parser->llhttp);
    if (held.len > 0) http_requests_parse(connection, held.bytes, held.len);
    buffer_free(&held);
}

void http_requests_init(struct http_connection *connection)
{
    connection->parser = memory_zeroed(1, sizeof(*connection->parser));
    llhttp_init(&connection->parser->llhttp, HTTP_REQUEST, &parser_settings);
    connection->parser->llhttp.data = connection;
}

void http_requests_free(struct http_connection *connection)
{
    memory_free(connection->parser);
}

/*
 * The HTTP/1.1 listener (RFC 9112): keep-alive, pipelining, chunked bodies, Expect: 100-continue, limits, TLS.
 *
 * A server belongs to the loop's thread, and so does everything it hands out. The handler gets an exchange when the
 * whole request has come, and answers it once with http_respond, now or later; answers leave in the order of requests.
 */
#ifndef HERALD_HTTP_SERVER_H
#define HERALD_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct http_exchange;
struct http_server;
struct log;
struct loop;
struct tls_server;

struct http_limits {
    size_t header_size; /* request line and headers together */
    size_t body_size;
    int64_t header_time_ms; /* from the first byte to the end of the headers, and for a TLS handshake */
    int64_t body_time_ms;   /* from the end of the headers to the end of the body */
    int64_t idle_time_ms;   /* between requests */
    unsigned connections;
};

#define HTTP_LIMITS_DEFAULT                                    \
    {                                                          \
        32 * 1024, 8 * 1024 * 1024, 10000, 30000, 60000, 10000 \
    }

struct http_header {
    const char *name;
    size_t name_len;
    const char *value;
    size_t value_len;
};

struct http_server_options {
    struct loop *loop;
    const char *address;    /* "127.0.0.1:8080", "[::]:8080" or "unix:/path" */
    bool reuse_port;        /* several servers share a TCP port; the kernel spreads the connections */
    struct tls_server *tls; /* borrowed; NULL: plain */
    struct http_limits limits;
    /* How large the body of the request may be whose head has come; fallback is limits.body_size. NULL: that holds for
     * all. */
    size_t (*body_limit)(void *ctx, const struct http_exchange *exchange, size_t fallback);
    void (*on_request)(void *ctx, struct http_exchange *exchange);
    /* Writes the JSON body of an answer that the server gives by itself. code is one of invalid-request,
     * request-timeout, body-too-large, headers-too-large, overloaded. */
    void (*on_error)(void *ctx, struct buffer *body, int status, const char *code, const char *message);
    void *ctx;
    struct log *log; /* borrowed; may be NULL */
};

/* STATUS_INVALID (address) or STATUS_UNAVAILABLE, with a sentence in failure. */
int http_server_open(const struct http_server_options *options, struct http_server **out, char *failure,
                     size_t failure_size);

/* The TCP port that is listened on; 0 for a unix socket. */
int http_server_port(const struct http_server *server);

unsigned http_server_connections(const struct http_server *server);

/*
 * Accepts nothing more, ends idle connections at once and busy ones when answered, or at the deadline; then frees
 * itself and calls done, which may be NULL.
 */
void http_server_close(struct http_server *server, int64_t deadline_ms, void (*done)(void *arg), void *arg);

/* What the request said. Strings live until http_respond; those without a length have a NUL behind them. */
const char *http_exchange_method(const struct http_exchange *exchange);
const char *http_exchange_path(const struct http_exchange *exchange, size_t *out_len);
const char *http_exchange_query(const struct http_exchange *exchange, size_t *out_len); /* NULL when there is no '?' */
const char *http_exchange_header(const struct http_exchange *exchange, const char *lower_name,
                                 size_t *out_len); /* the first, or NULL */
size_t http_exchange_header_count(const struct http_exchange *exchange);
struct http_header http_exchange_header_at(const struct http_exchange *exchange, size_t index);
const char *http_exchange_body(const struct http_exchange *exchange, size_t *out_len);
const char *http_exchange_remote(const struct http_exchange *exchange);   /* "127.0.0.1:4711" or "unix" */
const char *http_exchange_tls_name(const struct http_exchange *exchange); /* the client certificate's name, or NULL */
bool http_exchange_is_unix(const struct http_exchange *exchange);

/* True when the client has gone; respond all the same. */
bool http_exchange_is_gone(const struct http_exchange *exchange);

/* Answers and frees the exchange. Everything is copied. Content-Length, Date and Connection are the server's. */
void http_respond(struct http_exchange *exchange, int status, const struct http_header *headers, size_t header_count,
                  const char *body, size_t body_len);

#endif

/*
 * HTTP(S) requests to providers and webhooks, on a loop: libcurl's multi interface, driven by libuv's sockets and
 * timer.
 *
 * A client belongs to its loop's thread. Per host (scheme, name, port) a bounded number of requests is under way; the
 * others wait in order. Connections are kept and used again; HTTP/2 is spoken where TLS's ALPN offers it.
 * Redirects are not followed, cookies not kept, proxies of the environment not used.
 */
#ifndef HERALD_TRANSFER_HTTP_H
#define HERALD_TRANSFER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct transfer_http;
struct transfer_http_call;
struct transfer_result;

/* STATUS_UNAVAILABLE: no resources. connections: at most per host. */
int transfer_http_new(struct loop *loop, unsigned connections, struct transfer_http **out);

/*
 * Cancels what is under way; done is still called for each, later, from the loop, which must go on running. The client
 * is gone after that. NULL is allowed.
 */
void transfer_http_free(struct transfer_http *client);

enum transfer_http_version {
    TRANSFER_HTTP_ANY, /* 2 where ALPN offers it, else 1.1 */
    TRANSFER_HTTP_1,   /* 1.1 */
    TRANSFER_HTTP_2,   /* as ANY for https, with more requests at once on a connection; prior knowledge for http */
};

struct transfer_http_header {
    const char *name, *value;
    size_t name_len, value_len;
};

/* Everything is copied by transfer_http_start. */
struct transfer_http_request {
    const char *url;    /* http or https, no user in it */
    const char *method; /* NULL: POST with a body, else GET */
    const struct transfer_http_header *headers;
    size_t header_count;
    const char *body; /* NULL: none */
    size_t body_len;
    const char *unix_socket; /* path; NULL: TCP */
    const char *ca_file;     /* NULL: the system's authorities */
    bool is_unverified;      /* the certificate is not checked */
    enum transfer_http_version version;
    int64_t timeout_ms;   /* from when it leaves the queue */
    size_t response_most; /* bytes of body */
};

/*
 * Never calls done before it returns, always calls it once, from the loop; result is the callee's to look at or to take
 * from (buffer_take) during that call. The returned call is dead when done is called.
 */
struct transfer_http_call *transfer_http_start(struct transfer_http *client,
                                               const struct transfer_http_request *request,
                                               void (*done)(void *arg, struct transfer_result *result), void *arg);

/* done is called, later, with TRANSFER_CANCELLED, unless it was about to be called with something else. */
void transfer_http_cancel(struct transfer_http_call *call);

#endif

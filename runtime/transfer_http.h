/*
 * HTTP(S) requests to providers and webhooks. HTTP/2 is spoken where TLS's ALPN offers it. Redirects are not followed,
 * cookies not kept.
 */
#ifndef HERALD_TRANSFER_HTTP_H
#define HERALD_TRANSFER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transfer_call;
struct transfer_client;
struct transfer_result;

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
    const char *certificate; /* of this side and what it was signed by, in PEM; NULL: none */
    size_t certificate_len;
    const char *key; /* the certificate's, in PEM; NULL: it stands in certificate, too */
    size_t key_len;
    enum transfer_http_version version;
    int64_t timeout_ms;   /* from when it leaves the queue */
    size_t response_most; /* bytes of body */
};

/* The call is transfer.h's: done and transfer_cancel are as there. */
struct transfer_call *transfer_http_start(struct transfer_client *client, const struct transfer_http_request *request,
                                          void (*done)(void *arg, struct transfer_result *result), void *arg);

/* Where a link of the page at base leads: an http or https URL, or NULL. The caller frees it with memory_free. */
char *transfer_http_resolve(const char *base, const char *target);

#endif

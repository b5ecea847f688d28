/*
 * One HTTP request under way: what the client's queues and libcurl's handle know of it. Behind runtime/transfer_http.h.
 */
#ifndef HERALD_TRANSFER_HTTP_CALL_H
#define HERALD_TRANSFER_HTTP_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/transfer.h"

struct transfer_http;
struct transfer_http_request;
struct http_host;

enum http_call_state { HTTP_CALL_QUEUED, HTTP_CALL_ACTIVE, HTTP_CALL_FINISHED };

struct transfer_http_call {
    struct transfer_http *client;
    struct http_host *host;                     /* NULL when the request is invalid */
    struct transfer_http_call *previous, *next; /* in the list of its state */
    enum http_call_state state;
    void (*done)(void *arg, struct transfer_result *result);
    void *arg;
    struct transfer_result result;
    void *easy;           /* CURL *, while active */
    void *header_lines;   /* struct curl_slist * */
    char error_text[256]; /* libcurl's own words */
    char *url, *method, *body, *ca_file, *unix_socket, *host_name;
    size_t body_len, response_most;
    bool is_unverified, is_http2_wanted, is_http1_wanted, is_too_large, is_head_whole;
    int64_t timeout_ms;
};

/* Checks and copies the request; call->host_name is "https://name:port". False: call->result says what is wrong. */
bool http_call_prepare(struct transfer_http_call *call, const struct transfer_http_request *request);

/* Sets every option of the libcurl handle, which is as new. */
void http_call_configure(struct transfer_http_call *call, void *easy);

/* What libcurl's result means: fills call->result. */
void http_call_conclude(struct transfer_http_call *call, int curl_code);

/* Frees what prepare copied and the result. */
void http_call_clear(struct transfer_http_call *call);

#endif

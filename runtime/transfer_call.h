/*
 * One transfer under way, as the client sees it; the request's own struct begins with this one. For transfer_*.c alone.
 */
#ifndef HERALD_TRANSFER_CALL_H
#define HERALD_TRANSFER_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/transfer.h"

struct transfer_host;

enum transfer_state { TRANSFER_QUEUED, TRANSFER_ACTIVE, TRANSFER_FINISHED };

struct transfer_call {
    struct transfer_client *client;
    struct transfer_host *host;            /* NULL when it is finished */
    struct transfer_call *previous, *next; /* in the list of its state */
    enum transfer_state state;
    unsigned streams; /* how many such transfers one connection carries at once */
    void (*done)(void *arg, struct transfer_result *result);
    void *arg;
    struct transfer_result result;
    void *easy;           /* while active */
    char error_text[256]; /* libcurl's own words */
    char *url, *host_name, *ca_file;
    int64_t timeout_ms;
};

/* Hands the call to the client, which owns it from then on; is_sound: false when result says already why it cannot be
 * sent. */
void transfer_client_start(struct transfer_client *client, struct transfer_call *call, bool is_sound);

/* NULL: requests may go anywhere. */
const struct transfer_guard *transfer_client_guard(const struct transfer_client *client);

/* What the client asks of transfer_http.c. easy is libcurl's CURL *. */
void transfer_http_configure(struct transfer_call *call, void *easy); /* sets every option of a handle that is as new */
void transfer_http_conclude(struct transfer_call *call, int curl_code); /* fills result, easy still being there */
void transfer_http_release(struct transfer_call *call);                 /* frees what the request holds, not call */

#endif

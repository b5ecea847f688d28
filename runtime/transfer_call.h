/*
 * One transfer under way, as the client sees it; a protocol's own struct begins with this one. For transfer_*.c alone.
 */
#ifndef HERALD_TRANSFER_CALL_H
#define HERALD_TRANSFER_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/transfer.h"

struct transfer_host;

enum transfer_state { TRANSFER_QUEUED, TRANSFER_ACTIVE, TRANSFER_FINISHED };

/* What the client asks of a protocol. easy is libcurl's CURL *. */
struct transfer_protocol {
    void (*configure)(struct transfer_call *call, void *easy);   /* sets every option of a handle that is as new */
    void (*conclude)(struct transfer_call *call, int curl_code); /* fills result, easy still being there */
    void (*release)(struct transfer_call *call);                 /* frees what the protocol holds, not call itself */
};

struct transfer_call {
    const struct transfer_protocol *protocol;
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

/*
 * "scheme://name:port" of a URL whose scheme begins with the word given, with the scheme's default port, and without a
 * user in it; NULL when it is not one to send to. The caller frees it.
 */
char *transfer_read_host(const char *url, const char *scheme);

/* The options that every protocol has: deadline, errors, no proxy, no signals, certificate authorities. */
void transfer_configure(struct transfer_call *call, void *easy, const char *protocols, bool is_verified);

/* What a failure of libcurl means, when the protocol knows nothing better. */
enum transfer_code transfer_code_of(void *easy, int curl_code);

/* libcurl's own words for how the call ended. */
const char *transfer_why(const struct transfer_call *call, int curl_code);

#endif

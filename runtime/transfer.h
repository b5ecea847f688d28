/*
 * Outbound transfers on a loop: what each ends with, whichever protocol it spoke, and the client of those over HTTP.
 * What can be started is in transfer_http.h; mail has a client of its own, smtp_client.h.
 *
 * A transfer's done is called once, from the loop, never before the function that started it has returned. The result
 * is the callee's to look at or to take from (buffer_take) during the call; the struct transfer_call is dead by then.
 *
 * A client is libcurl's multi interface, driven by libuv's sockets and timer; it belongs to its loop's thread. Per host
 * (scheme, name, port) a bounded number of transfers is under way; the others wait in order. Connections are kept and
 * used again. Proxies of the environment are not used.
 */
#ifndef HERALD_TRANSFER_H
#define HERALD_TRANSFER_H

#include "runtime/buffer.h"

struct loop;
struct transfer_client;
struct transfer_call;
struct transfer_guard;

enum transfer_code {
    TRANSFER_DONE,    /* the other side answered */
    TRANSFER_INVALID, /* the request cannot be sent as it is; nothing was */
    TRANSFER_CONNECT, /* no connection, or it was lost */
    TRANSFER_TIMEOUT,
    TRANSFER_TLS,       /* no TLS, or with someone else */
    TRANSFER_AUTH,      /* the login was refused */
    TRANSFER_REJECTED,  /* SMTP: a 4xx or 5xx reply */
    TRANSFER_PROTOCOL,  /* the other side does not speak as it should */
    TRANSFER_TOO_LARGE, /* the answer is larger than the request allows */
    TRANSFER_CANCELLED,
    TRANSFER_FORBIDDEN, /* it leads to an address that the client's guard does not permit */
};

/* The code as Lua and logs show it, such as "too-large"; static. */
const char *transfer_code_name(enum transfer_code code);

struct transfer_result {
    enum transfer_code code;
    char message[512];     /* a sentence, unless TRANSFER_DONE; never a password, a token or a body */
    int status;            /* HTTP: the status; SMTP: the last reply's code; 0: none came */
    struct buffer headers; /* HTTP: "name: value\n" each, names in lower case, of the final answer */
    struct buffer body;    /* HTTP: the body; SMTP: the text of the last reply, its lines joined by spaces */
};

/* STATUS_UNAVAILABLE: no resources. connections: at most per host. */
int transfer_client_new(struct loop *loop, unsigned connections, struct transfer_client **out);

/* From now on requests go only where the guard permits; the client owns it. Before the first request. */
void transfer_client_set_guard(struct transfer_client *client, struct transfer_guard *guard);

/*
 * Cancels what is under way; done is still called for each, later, from the loop, which must go on running. The client
 * is gone after that. NULL is allowed.
 */
void transfer_client_free(struct transfer_client *client);

/* done is called, later, with TRANSFER_CANCELLED, unless it was about to be called with something else. */
void transfer_cancel(struct transfer_call *call);

/* Sets code and message, formatted. */
void transfer_fail(struct transfer_result *result, enum transfer_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void transfer_result_free(struct transfer_result *result);

#endif

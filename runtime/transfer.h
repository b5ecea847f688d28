/*
 * What every outbound transfer ends with, whichever protocol it spoke.
 */
#ifndef HERALD_TRANSFER_H
#define HERALD_TRANSFER_H

#include "runtime/buffer.h"

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

/* Sets code and message, formatted. */
void transfer_fail(struct transfer_result *result, enum transfer_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void transfer_result_free(struct transfer_result *result);

#endif

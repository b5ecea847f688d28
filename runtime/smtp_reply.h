/* A server's reply (RFC 5321 4.2), put together from the bytes that come. For smtp_*.c alone. */
#ifndef HERALD_SMTP_REPLY_H
#define HERALD_SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/buffer.h"

/* Begins zeroed. */
struct smtp_reply {
    int code;           /* 200 to 599 */
    struct buffer text; /* its lines, a \n behind each; no other control characters */
    unsigned lines;
    bool is_whole;       /* the next line begins another reply */
    struct buffer begun; /* a line whose end has not come */
};

/*
 * Takes from *bytes up to the end of one reply, at most; *out_is_whole then. STATUS_INVALID: it is not one, or goes on
 * for ever.
 */
int smtp_reply_receive(struct smtp_reply *reply, const char **bytes, size_t *len, bool *out_is_whole);

void smtp_reply_free(struct smtp_reply *reply);

#endif

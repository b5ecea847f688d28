/* One message on its way: checked, as it goes over the wire, and what becomes of it. For smtp_*.c alone. */
#ifndef HERALD_SMTP_MESSAGE_H
#define HERALD_SMTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/transfer.h"

struct smtp_connection;
struct smtp_pool;
struct smtp_request;

struct smtp_message {
    char *from, **to;
    size_t to_count;
    char *wire; /* RFC 5321 4.5.2: dots at the beginning of lines doubled, and the dot that ends it */
    size_t wire_len;
    size_t size;           /* as RFC 1870 counts it: without those dots */
    bool is_8bit;          /* RFC 6152 */
    bool is_international; /* an address is not in ASCII (RFC 6531) */
    struct transfer_result result;

    /* The client's. */
    void (*done)(void *arg, struct transfer_result *result);
    void *arg;
    int64_t timeout_ms, deadline_ms;
    struct smtp_client *client;
    struct smtp_pool *pool;             /* NULL: finished */
    struct smtp_connection *connection; /* NULL: it waits, or is finished */
    struct smtp_message *previous, *next;
};

/* Copies the request. Unsound: result says why, and nothing else is set. */
struct smtp_message *smtp_message_new(const struct smtp_request *request, bool *out_is_sound);

void smtp_message_free(struct smtp_message *message);

#endif

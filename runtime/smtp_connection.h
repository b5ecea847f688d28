/* One connection to a mail server: a link, the dialogue over it, and the message it works on. For smtp_*.c alone. */
#ifndef HERALD_SMTP_CONNECTION_H
#define HERALD_SMTP_CONNECTION_H

#include <stdbool.h>

#include "runtime/smtp_message.h"

struct loop;
struct smtp_route;
struct tls_client;

/* From the loop. None of them may call done: that is turned's to do, behind which the connection touches nothing. */
struct smtp_connection_events {
    void (*settled)(struct smtp_message *message); /* it has its result */
    /* Takes the next message, or rests. */
    void (*freed)(struct smtp_connection *connection);
    /*
     * The connection is of no use any more and is freed behind this. stale: the message, if there is one that a
     * connection from before was given in vain; it has no result and can go another way.
     */
    void (*ended)(struct smtp_connection *connection, struct smtp_message *stale);
    void (*retired)(struct smtp_connection *connection); /* it has rested long enough, says goodbye, and will end */
    void (*turned)(void *owner); /* all of the others have been called that the bytes at hand gave reason to */
};

struct smtp_connection {
    struct loop *loop;
    struct tls_client *tls;
    const struct smtp_route *route;
    const struct smtp_connection_events *events;
    struct smtp_link *link;
    struct smtp_dialogue *dialogue;
    struct smtp_message *message; /* NULL: none, or it is settled */
    bool has_served;              /* a message before this one */
    bool is_quitting;

    /* The client's. */
    void *owner;
    struct smtp_pool *pool; /* NULL: it left */
    bool is_idle;
    struct smtp_connection *previous, *next;
};

/* For a message, whose deadline holds for the connecting too. tls is borrowed, and the route until it is retired or
 * ended. */
struct smtp_connection *smtp_connection_open(struct loop *loop, struct tls_client *tls, const struct smtp_route *route,
                                             struct smtp_message *message, const struct smtp_connection_events *events,
                                             void *owner);

/* Sends a message over a free connection; false: it was settled at once, and the connection is still free. */
bool smtp_connection_send(struct smtp_connection *connection, struct smtp_message *message);

/* Keeps a free connection for a while. */
void smtp_connection_rest(struct smtp_connection *connection);

/* Says goodbye, without waiting for the answer; the connection ends soon. */
void smtp_connection_quit(struct smtp_connection *connection);

/* Closes at once, without an event; the message, if any, is left as it is. */
void smtp_connection_free(struct smtp_connection *connection);

#endif

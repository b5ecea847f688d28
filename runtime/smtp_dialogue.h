/*
 * What is said on one SMTP connection, without the connection: replies in, commands out. For smtp_*.c alone.
 *
 *     smtp_dialogue_take      a message; sent once the greeting, TLS and the login are through
 *     smtp_dialogue_receive   the server's bytes
 *     smtp_dialogue_next      after each of these: what is to be sent
 */
#ifndef HERALD_SMTP_DIALOGUE_H
#define HERALD_SMTP_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/transfer.h"

struct smtp_dialogue;
struct smtp_message;
struct smtp_route;

enum smtp_event {
    SMTP_WAIT,        /* for more of the server */
    SMTP_SHAKE_HANDS, /* begin TLS, then call smtp_dialogue_secured */
    SMTP_SETTLED,     /* the message has its result, and the next may be taken */
    SMTP_BROKEN,      /* the message, if there was one, has its result; close the connection */
};

/* The route is borrowed. */
struct smtp_dialogue *smtp_dialogue_new(const struct smtp_route *route);
void smtp_dialogue_free(struct smtp_dialogue *dialogue);

/* Borrows the message until it is settled or the dialogue ends; there must be none. SETTLED: it cannot go this way. */
enum smtp_event smtp_dialogue_take(struct smtp_dialogue *dialogue, struct smtp_message *message);

/* Takes from *bytes up to an event. */
enum smtp_event smtp_dialogue_receive(struct smtp_dialogue *dialogue, const char **bytes, size_t *len);

enum smtp_event smtp_dialogue_secured(struct smtp_dialogue *dialogue);

/* The next bytes to send, or NULL; they stay valid until the dialogue is called again. */
const char *smtp_dialogue_next(struct smtp_dialogue *dialogue, size_t *out_len);

/* Whether the server has said anything about the message, but that it closes the connection. */
bool smtp_dialogue_is_heard(const struct smtp_dialogue *dialogue);

/* The connection is gone: settles the message, by the refusal that had come already, if any, else by code and why. */
void smtp_dialogue_fail(struct smtp_dialogue *dialogue, enum transfer_code code, const char *why);

/* Says goodbye; nothing of the server matters after that. */
void smtp_dialogue_quit(struct smtp_dialogue *dialogue);

#endif

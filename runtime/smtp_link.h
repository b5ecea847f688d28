/*
 * The socket of a mail connection: a host's addresses tried in turn, bytes both ways, TLS when it is asked for, and one
 * deadline. For smtp_*.c alone; belongs to the loop's thread.
 */
#ifndef HERALD_SMTP_LINK_H
#define HERALD_SMTP_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/transfer.h"

struct loop;
struct smtp_link;
struct tls_session;

/* From the loop, never from inside a call to the link. Any of them may close it. */
struct smtp_link_events {
    void (*opened)(void *arg);  /* connected; nothing is encrypted yet */
    void (*secured)(void *arg); /* after smtp_link_secure */
    void (*received)(void *arg, const char *bytes, size_t len);
    void (*lost)(void *arg, enum transfer_code code, const char *why); /* of no use but to be closed */
    void (*expired)(void *arg);                                        /* the deadline passed */
};

struct smtp_link *smtp_link_open(struct loop *loop, const char *host, unsigned port,
                                 const struct smtp_link_events *events, void *arg);

/* No event comes after this. What was not sent yet is lost. */
void smtp_link_close(struct smtp_link *link);

/* Begins the handshake of a session that has just begun; the link owns it. */
void smtp_link_secure(struct smtp_link *link, struct tls_session *tls);

void smtp_link_write(struct smtp_link *link, const char *bytes, size_t len);

/* Whether some of what was written still waits for the socket. */
bool smtp_link_is_writing(const struct smtp_link *link);

/* TLS's goodbye, where there is TLS. */
void smtp_link_goodbye(struct smtp_link *link);

/* In loop_now_ms's time; replaces the deadline before. */
void smtp_link_expire_at(struct smtp_link *link, int64_t deadline_ms);

/* A link at rest does not keep the loop running. */
void smtp_link_rest(struct smtp_link *link, bool is_resting);

#endif

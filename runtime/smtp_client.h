/*
 * Mail to SMTP servers (RFC 5321) on a loop. Commands are pipelined (RFC 2920), and connections kept for the next
 * message, as the server allows. STARTTLS (RFC 3207), TLS from the start (smtps://, RFC 8314), AUTH (RFC 4954).
 *
 * A message's done is called once, from the loop, never before smtp_client_start has returned. The result is the
 * callee's to look at or to take from (buffer_take) during the call; the struct smtp_message is dead by then.
 *
 * A client belongs to its loop's thread. To each server, under each login, a bounded number of connections is open;
 * what finds none free waits in order. Nothing here waits for a server but the loop: not a goodbye, not a lost
 * connection.
 */
#ifndef HERALD_SMTP_CLIENT_H
#define HERALD_SMTP_CLIENT_H

#include <stddef.h>
#include <stdint.h>

struct loop;
struct smtp_client;
struct smtp_message;
struct transfer_result;

enum smtp_tls {
    SMTP_TLS_NONE, /* no STARTTLS */
    /* STARTTLS where it is offered; whose certificate does not matter (RFC 7435). A server that offers it and then
     * fails gets the message another time, not in the clear. */
    SMTP_TLS_OPPORTUNISTIC,
    SMTP_TLS_REQUIRED, /* STARTTLS, and the server's certificate is checked */
};

/* Everything is copied by smtp_client_start. */
struct smtp_request {
    const char *url;  /* smtp or smtps, no user in it; smtps checks the certificate always */
    const char *helo; /* the name that EHLO gives; NULL: this machine's */
    const char *user,
        *password; /* NULL: no login. With one, OPPORTUNISTIC means REQUIRED: a password is not shown to anybody */
    enum smtp_tls tls;
    const char *ca_file; /* NULL: the system's authorities */
    const char *from;    /* "": the null reverse-path */
    const char *const *to;
    size_t to_count;  /* at least 1; each is taken or the message is sent to none */
    const char *data; /* RFC 5322, lines ended by CRLF; dots are doubled on the way */
    size_t data_len;
    int64_t timeout_ms; /* from when it leaves the queue */
};

/* STATUS_UNAVAILABLE: no resources. connections: at most per server and login. */
int smtp_client_new(struct loop *loop, unsigned connections, struct smtp_client **out);

/*
 * Cancels what is under way; done is still called for each, later, from the loop, which must go on running. The client
 * is gone after that. NULL is allowed.
 */
void smtp_client_free(struct smtp_client *client);

/*
 * TRANSFER_DONE: the server took the message; TRANSFER_REJECTED: it did not, result's status and body say why. A
 * connection lost after the message and before its reply is TRANSFER_CONNECT: whether it arrived is not known.
 */
struct smtp_message *smtp_client_start(struct smtp_client *client, const struct smtp_request *request,
                                       void (*done)(void *arg, struct transfer_result *result), void *arg);

/* done is called, later, with TRANSFER_CANCELLED, unless it was about to be called with something else. */
void smtp_client_cancel(struct smtp_message *message);

#endif

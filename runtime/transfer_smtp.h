/*
 * Mail to an SMTP server (RFC 5321), over connections that are kept for the next one. STARTTLS (RFC 3207), TLS from the
 * start (smtps://, RFC 8314) and AUTH (RFC 4954) as the server offers them.
 */
#ifndef HERALD_TRANSFER_SMTP_H
#define HERALD_TRANSFER_SMTP_H

#include <stddef.h>
#include <stdint.h>

struct transfer_call;
struct transfer_client;
struct transfer_result;

enum transfer_smtp_tls {
    TRANSFER_SMTP_PLAIN,         /* no STARTTLS */
    TRANSFER_SMTP_OPPORTUNISTIC, /* STARTTLS where it is offered; whose certificate does not matter (RFC 7435) */
    TRANSFER_SMTP_REQUIRED,      /* STARTTLS, and the server's certificate is checked */
};

/* Everything is copied by transfer_smtp_start. */
struct transfer_smtp_request {
    const char *url;  /* smtp or smtps, no user in it; smtps checks the certificate always */
    const char *helo; /* the name that EHLO gives; NULL: this machine's */
    const char *user,
        *password; /* NULL: no login. With one, OPPORTUNISTIC means REQUIRED: a password is not shown to anybody */
    enum transfer_smtp_tls tls;
    const char *ca_file; /* NULL: the system's authorities */
    const char *from;    /* "": the null reverse-path */
    const char *const *to;
    size_t to_count;  /* at least 1; each is taken or the message is sent to none */
    const char *data; /* RFC 5322, lines ended by CRLF; dots are doubled on the way */
    size_t data_len;
    int64_t timeout_ms; /* from when it leaves the queue */
};

/*
 * The call is transfer.h's: done and transfer_cancel are as there. TRANSFER_DONE: the server took the message;
 * TRANSFER_REJECTED: it did not, result's status and body say why.
 */
struct transfer_call *transfer_smtp_start(struct transfer_client *client, const struct transfer_smtp_request *request,
                                          void (*done)(void *arg, struct transfer_result *result), void *arg);

#endif

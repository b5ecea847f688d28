/*
 * One TLS connection in memory (mbedTLS 2.28 and 3.6), the same for both sides: tls_server.h and tls_client.h begin it.
 *
 * A session reads and writes memory; the owner of the socket carries the bytes. It belongs to one thread.
 */
#ifndef HERALD_TLS_SESSION_H
#define HERALD_TLS_SESSION_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;
struct mbedtls_ssl_config;
struct mbedtls_ssl_context;
struct tls_session;

void tls_session_free(struct tls_session *session);

/*
 * Takes bytes from the socket (none: a client's first step), adds what they decrypt to plain, and what must be sent to
 * wire. STATUS_OK, STATUS_CLOSED (the peer said goodbye) or STATUS_TLS (send what is in wire, such as an alert that
 * says why, then close; the session takes and gives nothing more).
 */
int tls_session_receive(struct tls_session *session, const char *bytes, size_t len, struct buffer *plain,
                        struct buffer *wire);

/* Encrypts bytes to wire. STATUS_TLS when the session is broken. */
int tls_session_send(struct tls_session *session, const char *bytes, size_t len, struct buffer *wire);

/* Adds the goodbye to wire; none when the session is broken. */
void tls_session_goodbye(struct tls_session *session, struct buffer *wire);

bool tls_session_is_open(const struct tls_session *session);

/* The common name of the peer's certificate, or NULL. Lives as long as the session. */
const char *tls_session_peer_name(const struct tls_session *session);

/* Why it is broken, as a sentence without a full stop. */
void tls_session_explain(const struct tls_session *session, char *out, size_t size);

/* For tls_*.c: a session with the config, which owner keeps alive until release(owner). */
struct tls_session *tls_session_begin(const struct mbedtls_ssl_config *config, void (*release)(void *owner),
                                      void *owner);
struct mbedtls_ssl_context *tls_session_context(struct tls_session *session);

#endif

/*
 * The server's side of TLS (mbedTLS 2.28 and 3.6): certificates, mutual TLS, and one session for each connection.
 *
 * Sessions read and write memory; the owner of the socket carries the bytes. A tls_server may be shared by threads.
 */
#ifndef HERALD_TLS_SERVER_H
#define HERALD_TLS_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;
struct tls_server;
struct tls_session;

struct tls_server_options {
    const char *certificate_file; /* PEM, the chain behind it */
    const char *key_file;         /* PEM */
    const char *client_ca_file;   /* PEM; NULL: clients need no certificate */
};

/* STATUS_TLS with a sentence in failure when a file cannot be read or does not fit the others. */
int tls_server_open(const struct tls_server_options *options, struct tls_server **out, char *failure,
                    size_t failure_size);

/* Reads the files again; sessions that are open keep what they began with. On failure nothing changes. Any thread. */
int tls_server_reload(struct tls_server *server, char *failure, size_t failure_size);

void tls_server_close(struct tls_server *server);

/* Any thread; the session then belongs to that thread. */
struct tls_session *tls_session_new(struct tls_server *server);
void tls_session_free(struct tls_session *session);

/*
 * Takes bytes from the socket, adds what they decrypt to plain, and what must be sent to wire.
 * STATUS_OK, STATUS_CLOSED (the peer said goodbye) or STATUS_TLS (send what is in wire, then close).
 */
int tls_session_receive(struct tls_session *session, const char *bytes, size_t len, struct buffer *plain,
                        struct buffer *wire);

/* Encrypts bytes to wire. STATUS_TLS when the session is broken. */
int tls_session_send(struct tls_session *session, const char *bytes, size_t len, struct buffer *wire);

/* Adds the goodbye to wire. */
void tls_session_goodbye(struct tls_session *session, struct buffer *wire);

bool tls_session_is_open(const struct tls_session *session);

/* The common name of the client's verified certificate, or NULL. Lives as long as the session. */
const char *tls_session_peer_name(const struct tls_session *session);

#endif

/*
 * The server's side of TLS (mbedTLS 2.28 and 3.6): certificates, mutual TLS, and one session (tls_session.h) for each
 * connection. A tls_server may be shared by threads.
 */
#ifndef HERALD_TLS_SERVER_H
#define HERALD_TLS_SERVER_H

#include <stddef.h>

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

/* Begins a client's session. Any thread; the session then belongs to that thread. */
struct tls_session *tls_server_session(struct tls_server *server);

#endif

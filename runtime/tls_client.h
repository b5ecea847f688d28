/*
 * The client's side of TLS (mbedTLS 2.28 and 3.6): certificate authorities, read once for each file and again when it
 * has changed, and one session (tls_session.h) for each connection. A tls_client and its sessions belong to one thread.
 */
#ifndef HERALD_TLS_CLIENT_H
#define HERALD_TLS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct tls_client;
struct tls_session;

/* STATUS_UNAVAILABLE: the crypto library cannot be started. */
int tls_client_new(struct tls_client **out);

/* Sessions may live on. NULL is allowed. */
void tls_client_free(struct tls_client *client);

/*
 * Begins a session with a host, by its name or its address (RFC 6125, RFC 5280 4.2.1.6 for the address). ca_file is
 * PEM; NULL: the system's authorities. Not verified: any certificate will do. STATUS_TLS with a sentence in failure.
 */
int tls_client_session(struct tls_client *client, const char *host, const char *ca_file, bool is_verified,
                       struct tls_session **out, char *failure, size_t failure_size);

#endif

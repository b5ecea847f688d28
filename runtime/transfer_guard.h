/*
 * Where scripts may send requests to: public addresses, and what a project allows beside them. An address is looked at
 * when the socket is opened, so that no name, redirect or way of writing it leads past the guard.
 * Loop's thread; nothing here keeps what it is given but the rules, which are copied.
 */
#ifndef HERALD_TRANSFER_GUARD_H
#define HERALD_TRANSFER_GUARD_H

#include <stdbool.h>

struct sockaddr;
struct transfer_guard;

struct transfer_guard *transfer_guard_new(void);
void transfer_guard_free(struct transfer_guard *guard);

/*
 * Allows "127.0.0.1", "127.0.0.1:9000", "10.0.0.0/8", "[fd00::1]:443", "fd00::/8", "internal.example.com" or
 * "internal.example.com:8443": an address, a network, or whatever a name leads to. STATUS_INVALID: none of these.
 */
int transfer_guard_allow(struct transfer_guard *guard, const char *rule);

/* Whether a request whose URL names host and port may be sent to the address. */
bool transfer_guard_permits(const struct transfer_guard *guard, const char *host, int port, const struct sockaddr *to);

#endif

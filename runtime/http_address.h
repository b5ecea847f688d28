/*
 * What the listener listens on, as text: "127.0.0.1:8080", "[::1]:8080", ":8080" or "unix:/path". For any thread.
 */
#ifndef HERALD_HTTP_ADDRESS_H
#define HERALD_HTTP_ADDRESS_H

#include <stddef.h>

struct sockaddr_storage;

/* The path of a unix socket, a part of text; NULL for a TCP address. */
const char *http_address_path(const char *text);

/* Reads a TCP address. STATUS_INVALID with a sentence in failure. */
int http_address_parse(const char *text, struct sockaddr_storage *out, char *failure, size_t failure_size);

/* The port of an address that was read or that a socket has. */
int http_address_port(const struct sockaddr_storage *address);

/*
 * Whether the address can be had by this process alone: sockets that share a port (SO_REUSEPORT) would also share it
 * with another process of the same user. Gives the port, for port 0 a free one, and 0 for a unix socket.
 * STATUS_INVALID, or STATUS_UNAVAILABLE with a sentence in failure.
 */
int http_address_check_free(const char *text, int *out_port, char *failure, size_t failure_size);

#endif

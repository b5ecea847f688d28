/* Whether a new connection may stay. For http_connection.c alone. */
#ifndef HERALD_HTTP_ADMISSION_H
#define HERALD_HTTP_ADMISSION_H

#include <stdint.h>

struct http_server;

enum http_admission {
    HTTP_ADMITTED,
    HTTP_REFUSED, /* there are too many: to be answered 503 */
    HTTP_DROPPED, /* there is not even a descriptor to spare for a refusal */
};

/* descriptor: of the connection, which the server already counts. What is not admitted for want of descriptors is
 * logged, at most once in ten seconds. */
enum http_admission http_admission_decide(struct http_server *server, int descriptor, int64_t now_ms);

#endif

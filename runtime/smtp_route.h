/* Where mail goes, and as whom: what the messages that may share a connection have in common. For smtp_*.c alone. */
#ifndef HERALD_SMTP_ROUTE_H
#define HERALD_SMTP_ROUTE_H

#include <stdbool.h>

#include "runtime/smtp_client.h"

struct smtp_route {
    char *url;
    char *name; /* "smtp://host:port", for sentences */
    char *host;
    unsigned port;
    bool is_implicit; /* TLS from the start */
    enum smtp_tls tls;
    char *ca_file, *user, *password; /* or NULL */
    char *helo;                      /* the request's, or this machine's */
    bool is_helo_given;              /* it was the request's */
};

/* NULL, with a sentence in *out_fault, when the request's URL or greeting is not sound. */
struct smtp_route *smtp_route_new(const struct smtp_request *request, const char **out_fault);

void smtp_route_free(struct smtp_route *route);

/* Whether the request goes the same way. */
bool smtp_route_is_for(const struct smtp_route *route, const struct smtp_request *request);

#endif

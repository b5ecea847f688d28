#include "runtime/smtp_route.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "runtime/memory.h"

#define NAME_MOST 255

static bool is_host_name(const char *text, const char *marks)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && strchr(marks, text[i]) == NULL) return false;
    }
    return len > 0 && len <= NAME_MOST;
}

/* ":PORT", or nothing, and at most a "/" behind it. */
static bool read_port(const char *at, unsigned fallback, unsigned *out)
{
    unsigned long port = fallback;
    char *end;

    if (*at == ':') {
        if (!isdigit((unsigned char)at[1])) return false;
        port = strtoul(at + 1, &end, 10);
        at = end;
    }
    if (*at == '/') at++;
    if (*at != '\0' || port == 0 || port > 65535) return false;
    *out = (unsigned)port;
    return true;
}

/* RFC 3986 3.2, without a user: a name, or an address, one of IPv6 in brackets. */
static bool read_url(struct smtp_route *route, const char *url)
{
    bool is_literal;
    size_t len;

    if (strncasecmp(url, "smtp", 4) != 0) return false;
    url += 4;
    route->is_implicit = *url == 's' || *url == 'S';
    if (route->is_implicit) url++;
    if (strncmp(url, "://", 3) != 0) return false;
    url += 3;
    is_literal = *url == '[';
    if (is_literal) url++;
    len = strcspn(url, is_literal ? "]" : ":/");
    route->host = memory_copy(url, len);
    if (!is_host_name(route->host, is_literal ? ":." : "-._")) return false;
    url += len;
    if (is_literal && *url++ != ']') return false;
    return read_port(url, route->is_implicit ? 465 : 25, &route->port);
}

static enum smtp_tls tls_of(const struct smtp_request *request)
{
    return request->user != NULL && request->tls == SMTP_TLS_OPPORTUNISTIC ? SMTP_TLS_REQUIRED : request->tls;
}

/* The machine's name; where it has none that a server could read, an address literal (RFC 5321 4.1.3). */
static char *machine_name(void)
{
    char name[NAME_MOST + 1] = "";

    if (gethostname(name, sizeof(name) - 1) != 0 || !is_host_name(name, "-.")) return memory_copy_string("[127.0.0.1]");
    return memory_copy_string(name);
}

struct smtp_route *smtp_route_new(const struct smtp_request *request, const char **out_fault)
{
    struct smtp_route *route = memory_zeroed(1, sizeof(*route));
    char name[NAME_MOST + 32];

    if (!read_url(route, request->url)) {
        *out_fault = "not an smtp or smtps URL that can be sent to";
        goto fault;
    }
    if (request->helo != NULL && !is_host_name(request->helo, "-._:[]")) {
        *out_fault = "not a host's name to greet a mail server with";
        goto fault;
    }
    snprintf(name, sizeof(name), strchr(route->host, ':') != NULL ? "%s://[%s]:%u" : "%s://%s:%u",
             route->is_implicit ? "smtps" : "smtp", route->host, route->port);
    route->name = memory_copy_string(name);
    route->url = memory_copy_string(request->url);
    route->is_helo_given = request->helo != NULL;
    route->helo = route->is_helo_given ? memory_copy_string(request->helo) : machine_name();
    route->tls = tls_of(request);
    route->ca_file = memory_copy_string(request->ca_file);
    route->user = memory_copy_string(request->user);
    route->password = memory_copy_string(request->password);
    return route;

fault:
    smtp_route_free(route);
    return NULL;
}

static void free_secret(char *text)
{
    if (text != NULL) memory_wipe(text, strlen(text));
    memory_free(text);
}

void smtp_route_free(struct smtp_route *route)
{
    memory_free(route->url);
    memory_free(route->name);
    memory_free(route->host);
    memory_free(route->ca_file);
    memory_free(route->helo);
    free_secret(route->user);
    free_secret(route->password);
    memory_free(route);
}

static bool is_same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

bool smtp_route_is_for(const struct smtp_route *route, const struct smtp_request *request)
{
    return is_same(route->url, request->url) && route->tls == tls_of(request) && is_same(route->user, request->user) &&
           is_same(route->password, request->password) && is_same(route->ca_file, request->ca_file) &&
           (request->helo == NULL ? !route->is_helo_given
                                  : route->is_helo_given && is_same(route->helo, request->helo));
}

/* Reads the listener's address, and asks the system whether another process has it. */
#include "runtime/http_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/status.h"

#define ADDRESS_MOST 512

const char *http_address_path(const char *text)
{
    return strncmp(text, "unix:", 5) == 0 ? text + 5 : NULL;
}

static bool read_host(const char *host, int port, struct sockaddr_storage *out)
{
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;

    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)port);
        return true;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        return true;
    }
    return false;
}

int http_address_parse(const char *text, struct sockaddr_storage *out, char *failure, size_t failure_size)
{
    const char *colon = strrchr(text, ':');
    char host[ADDRESS_MOST];
    char *end;
    long port;
    size_t len;

    if (colon == NULL || strlen(text) >= ADDRESS_MOST) goto wrong;
    port = strtol(colon + 1, &end, 10);
    if (end == colon + 1 || *end != '\0' || port < 0 || port > 65535) goto wrong;
    len = (size_t)(colon - text);
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    snprintf(host, sizeof(host), "%.*s", (int)len, text);
    if (len == 0 || strcmp(host, "*") == 0) snprintf(host, sizeof(host), "0.0.0.0");
    if (strcmp(host, "localhost") == 0) snprintf(host, sizeof(host), "127.0.0.1");
    if (read_host(host, (int)port, out)) return STATUS_OK;

wrong:
    snprintf(failure, failure_size,
             "expected an IP address and a port, such as 127.0.0.1:8080 or [::]:8080, or unix:/path");
    return STATUS_INVALID;
}

int http_address_port(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                : ((const struct sockaddr_in *)address)->sin_port);
}

static int fail(char *failure, size_t failure_size, int error)
{
    snprintf(failure, failure_size, "%s", error == EADDRINUSE ? "address in use by another process" : strerror(error));
    return STATUS_UNAVAILABLE;
}

static int check_tcp(const char *text, int *out_port, char *failure, size_t failure_size)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    int fd, on = 1, error = 0;

    if (http_address_parse(text, &address, failure, failure_size) != STATUS_OK) return STATUS_INVALID;
    len = address.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return fail(failure, failure_size, errno);
    /* Connections of before that are in TIME_WAIT do not matter; sockets that listen do. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&address, len) != 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        error = errno;
    close(fd);
    if (error != 0) return fail(failure, failure_size, error);
    *out_port = http_address_port(&address);
    return STATUS_OK;
}

/* A socket's file says nothing: a killed process leaves it. Only one that listens takes a connection. */
static int check_unix(const char *path, char *failure, size_t failure_size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    bool is_held;
    int fd;

    if (strlen(path) >= sizeof(address.sun_path)) return fail(failure, failure_size, ENAMETOOLONG);
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fail(failure, failure_size, errno);
    is_held = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 || errno == EAGAIN;
    close(fd);
    return is_held ? fail(failure, failure_size, EADDRINUSE) : STATUS_OK;
}

int http_address_check_free(const char *text, int *out_port, char *failure, size_t failure_size)
{
    const char *path = http_address_path(text);

    if (path == NULL) return check_tcp(text, out_port, failure, failure_size);
    *out_port = 0;
    return check_unix(path, failure, failure_size);
}

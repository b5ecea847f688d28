/*
 * Fuzzes the listener through a real socket: any bytes give answers with a status line or an end of the connection,
 * never a stall. One server lives through all inputs.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "runtime/buffer.h"
#include "runtime/http_server.h"
#include "runtime/loop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];

static void on_request(void *ctx, struct http_exchange *exchange)
{
    size_t body_len = 0, host_len;

    (void)ctx;
    http_exchange_body(exchange, &body_len);
    if (http_exchange_header(exchange, "host", &host_len) == NULL && http_exchange_header_count(exchange) > 1000) abort();
    http_respond(exchange, body_len > 0 ? 200 : 404, NULL, 0, "{}", 2);
}

static void on_error(void *ctx, struct buffer *body, int status, const char *code, const char *message)
{
    (void)ctx;
    buffer_add_format(body, "{\"code\":\"%s\",\"status\":%d,\"title\":\"%s\"}", code, status, message);
}

static void remove_socket(void)
{
    unlink(path);
}

static struct loop *start(void)
{
    static const struct http_limits limits = {4096, 4096, 10000, 10000, 10000, 16};
    struct http_server_options options = {.limits = limits, .on_request = on_request, .on_error = on_error};
    struct http_server *server;
    struct loop *loop;
    char address[80], failure[256];

    snprintf(path, sizeof(path), "/tmp/herald-fuzz-%d.sock", (int)getpid());
    snprintf(address, sizeof(address), "unix:%s", path);
    if (loop_new(&loop) != 0) abort();
    options.loop = loop;
    options.address = address;
    if (http_server_open(&options, &server, failure, sizeof(failure)) != 0) abort();
    atexit(remove_socket);
    return loop;
}

/* Whether the server has ended the connection; checks how its first answer begins. */
static int has_ended(int client, size_t *received)
{
    char answer[4096];
    ssize_t got = recv(client, answer, sizeof(answer), MSG_DONTWAIT);

    if (got < 0) return errno != EAGAIN;
    if (got > 9 && *received == 0 && memcmp(answer, "HTTP/1.", 7) != 0) abort();
    *received += (size_t)got;
    return got == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct loop *loop;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t received = 0;
    time_t began = time(NULL);
    int client;

    if (size > 65536) return 0;
    if (loop == NULL) loop = start();
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    client = socket(AF_UNIX, SOCK_STREAM, 0);
    if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof(address)) != 0) abort();
    if (send(client, data, size, MSG_NOSIGNAL) < 0 && errno != EPIPE) abort();
    shutdown(client, SHUT_WR);
    while (!has_ended(client, &received)) {
        loop_poll(loop);
        if (time(NULL) - began > 5) abort();
    }
    close(client);
    loop_poll(loop);
    return 0;
}

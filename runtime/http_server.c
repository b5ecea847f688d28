/* The listener: opens the address, accepts, sweeps the connections for deadlines, and ends in order. */
#include "runtime/http_server.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "runtime/clock.h"
#include "runtime/http_address.h"
#include "runtime/http_connection.h"
#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/status.h"

#define BACKLOG 4096
#define SWEEP_MS 100

struct http_listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    uv_timer_t sweeper;
    bool is_unix; /* and the file is ours */
    int port;
    unsigned open_handles;
    int64_t deadline_ms; /* of a close */
    void (*done)(void *arg);
    void *done_arg;
};

static void free_when_done(struct http_server *server)
{
    struct http_listener *listener = server->listener;
    void (*done)(void *arg) = listener->done;
    void *done_arg = listener->done_arg;

    if (!server->is_closing || listener->open_handles > 0 || server->connection_count > 0) return;
    memory_free((char *)(uintptr_t)server->options.address);
    memory_free(listener);
    memory_free(server);
    if (done != NULL) done(done_arg);
}

void http_server_connection_gone(struct http_server *server)
{
    struct http_listener *listener = server->listener;

    server->connection_count--;
    if (server->is_closing && server->connection_count == 0 && !uv_is_closing((uv_handle_t *)&listener->sweeper)) {
        http_server_close(server, 0, listener->done, listener->done_arg);
        return;
    }
    free_when_done(server);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct http_server *server = handle->data;

    server->listener->open_handles--;
    free_when_done(server);
}

static void on_sweep(uv_timer_t *timer)
{
    struct http_server *server = timer->data;
    int64_t now_ms = loop_now_ms(server->options.loop);
    bool force = server->is_closing && now_ms >= server->listener->deadline_ms;
    struct http_connection *connection, *next;

    for (connection = server->connections; connection != NULL; connection = next) {
        next = http_connection_next(connection);
        if (force) {
            http_connection_drain(connection, true);
        } else {
            http_connection_sweep(connection, now_ms);
        }
    }
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct http_server *server = stream->data;

    if (status == 0) http_connection_accept(server, stream, server->listener->is_unix);
}

static int fail(char *failure, size_t failure_size, const char *what, int code)
{
    snprintf(failure, failure_size, "%s: %s", what, uv_strerror(code));
    return STATUS_UNAVAILABLE;
}

static int listen_tcp(struct http_server *server, char *failure, size_t failure_size)
{
    struct http_listener *listener = server->listener;
    struct sockaddr_storage address;
    int len = sizeof(address), on = 1, result;
    uv_os_fd_t fd;

    if (http_address_parse(server->options.address, &address, failure, failure_size) != STATUS_OK)
        return STATUS_INVALID;
    result = uv_tcp_init_ex(loop_uv(server->options.loop), &listener->socket.tcp, address.ss_family);
    if (result != 0) return fail(failure, failure_size, "socket", result);
    listener->open_handles++;
    if (server->options.reuse_port) {
        uv_fileno(&listener->socket.handle, &fd);
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    }
    result = uv_tcp_bind(&listener->socket.tcp, (struct sockaddr *)&address, 0);
    if (result != 0) return fail(failure, failure_size, "bind", result);
    result = uv_listen(&listener->socket.stream, BACKLOG, on_connection);
    if (result != 0) return fail(failure, failure_size, "listen", result);
    uv_tcp_getsockname(&listener->socket.tcp, (struct sockaddr *)&address, &len);
    listener->port = http_address_port(&address);
    return STATUS_OK;
}

/* The socket's file replaces one that a killed daemon left; only its owner may connect. */
static int listen_unix(struct http_server *server, char *failure, size_t failure_size)
{
    struct http_listener *listener = server->listener;
    const char *path = http_address_path(server->options.address);
    struct stat found;
    int result;

    result = uv_pipe_init(loop_uv(server->options.loop), &listener->socket.pipe, 0);
    if (result != 0) return fail(failure, failure_size, "socket", result);
    listener->open_handles++;
    if (lstat(path, &found) == 0 && S_ISSOCK(found.st_mode)) unlink(path);
    result = uv_pipe_bind(&listener->socket.pipe, path);
    if (result != 0) return fail(failure, failure_size, "bind", result);
    listener->is_unix = true;
    chmod(path, 0600);
    result = uv_listen(&listener->socket.stream, BACKLOG, on_connection);
    if (result != 0) return fail(failure, failure_size, "listen", result);
    return STATUS_OK;
}

int http_server_open(const struct http_server_options *options, struct http_server **out, char *failure,
                     size_t failure_size)
{
    struct http_server *server = memory_zeroed(1, sizeof(*server));
    struct http_listener *listener = memory_zeroed(1, sizeof(*listener));
    int status;

    server->options = *options;
    server->options.address = memory_copy_string(options->address);
    server->listener = listener;
    listener->socket.handle.data = listener->sweeper.data = server;
    uv_timer_init(loop_uv(options->loop), &listener->sweeper);
    listener->open_handles++;
    uv_timer_start(&listener->sweeper, on_sweep, SWEEP_MS, SWEEP_MS);
    status = http_address_path(options->address) != NULL ? listen_unix(server, failure, failure_size)
                                                         : listen_tcp(server, failure, failure_size);
    if (status != STATUS_OK) {
        http_server_close(server, 0, NULL, NULL);
        return status;
    }
    *out = server;
    return STATUS_OK;
}

int http_server_port(const struct http_server *server)
{
    return server->listener->port;
}

unsigned http_server_connections(const struct http_server *server)
{
    return server->connection_count;
}

static void close_handle(uv_handle_t *handle)
{
    if (handle->type != UV_UNKNOWN_HANDLE && !uv_is_closing(handle)) uv_close(handle, on_handle_closed);
}

void http_server_close(struct http_server *server, int64_t deadline_ms, void (*done)(void *arg), void *arg)
{
    struct http_listener *listener = server->listener;
    struct http_connection *connection, *next;
    bool is_first = !server->is_closing;

    server->is_closing = true;
    listener->done = done;
    listener->done_arg = arg;
    listener->deadline_ms = loop_now_ms(server->options.loop) + deadline_ms;
    if (is_first && listener->is_unix) unlink(http_address_path(server->options.address));
    close_handle(&listener->socket.handle);
    for (connection = server->connections; connection != NULL; connection = next) {
        next = http_connection_next(connection);
        http_connection_drain(connection, deadline_ms <= 0);
    }
    /* The sweeper stays until the last connection has gone: it holds them to the deadline. */
    if (server->connection_count == 0 || deadline_ms <= 0) close_handle((uv_handle_t *)&listener->sweeper);
}

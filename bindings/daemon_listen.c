/* The daemon's listeners: every worker opens its own on a shared port; a unix socket is the first worker's alone. */
#include <lauxlib.h>
#include <pthread.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/daemon.h"
#include "bindings/host.h"
#include "bindings/http_request.h"
#include "runtime/buffer.h"
#include "runtime/http_address.h"
#include "runtime/http_body_limit.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/worker.h"

static void on_request(void *ctx, struct http_exchange *exchange)
{
    struct worker_data *worker = ctx;
    lua_State *L = worker->current->L;

    lua_rawgeti(L, LUA_REGISTRYINDEX, worker->current->handle_ref);
    http_request_push(L, exchange);
    host_spawn(L, 1);
}

static size_t body_limit(void *ctx, const struct http_exchange *exchange, size_t fallback)
{
    struct worker_data *worker = ctx;
    size_t path_len;
    const char *path = http_exchange_path(exchange, &path_len);

    return http_body_limits_find(worker->current->body_limits, http_exchange_method(exchange), path, path_len, fallback);
}

/* The body of an answer that the listener gives by itself, in the shape of every other error. */
static void on_error_body(void *ctx, struct buffer *body, int status, const char *code, const char *message)
{
    (void)ctx;
    buffer_add_format(
        body, "{\"type\":\"urn:herald:error:%s\",\"title\":\"%s\",\"status\":%d,\"report\":{\"additionalContext\":{}}}",
        code, message, status);
}

struct listen {
    struct daemon *daemon;
    const char *address; /* anchored by the caller's Lua stack */
    unsigned slot;       /* which of a worker's servers this is */
    bool is_unix;        /* on the first worker alone */
    bool with_tls;
    int port;
    struct wait *wait;
    pthread_mutex_t lock;
    char failure[256];
};

static void listen_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);
    struct listen *listen = arg;
    struct http_server_options options = {
        .loop = worker_loop(worker),
        .address = listen->address,
        .reuse_port = !listen->is_unix,
        .tls = listen->with_tls ? listen->daemon->tls : NULL,
        .limits = listen->daemon->limits,
        .body_limit = body_limit,
        .on_request = on_request,
        .on_error = on_error_body,
        .ctx = data,
        .log = listen->daemon->log,
    };
    char failure[256] = "";

    if (listen->is_unix && worker_index(worker) != 0) return;
    pthread_mutex_lock(&listen->lock);
    if (http_server_open(&options, &data->servers[listen->slot], failure, sizeof(failure)) != STATUS_OK) {
        memcpy(listen->failure, failure, sizeof(failure));
    } else {
        listen->port = http_server_port(data->servers[listen->slot]);
    }
    pthread_mutex_unlock(&listen->lock);
}

static int push_listening(lua_State *L, void *result)
{
    struct listen *listen = result;
    int count = 1;

    if (L == NULL) {
        count = 0;
    } else if (listen->failure[0] != '\0') {
        count = push_failure(L, "unavailable", "cannot listen on %s: %s", listen->address, listen->failure);
    } else {
        lua_pushinteger(L, listen->port);
    }
    pthread_mutex_destroy(&listen->lock);
    memory_free(listen);
    return count;
}

static void on_listening(void *arg)
{
    struct listen *listen = arg;

    wait_finish(listen->wait, push_listening, listen);
}

/* The address with a port that no other process has, which the workers then share; false: it cannot be had. */
static bool resolve(lua_State *L, const char **address, char *failure, size_t failure_size)
{
    int port, status = http_address_check_free(*address, &port, failure, failure_size);

    if (status != STATUS_OK) return false;
    if (http_address_path(*address) != NULL) return true;
    lua_pushlstring(L, *address, (size_t)(strrchr(*address, ':') + 1 - *address));
    *address = lua_pushfstring(L, "%s%d", lua_tostring(L, -1), port);
    return true;
}

/* daemon:listen{address=, tls=} -> port | nil, message, code  ("host:port", "[::]:port" or "unix:/path"; waits) */
int daemon_listen(lua_State *L)
{
    static const char *const names[] = {"address", "tls", NULL};
    struct daemon *daemon = check_daemon(L);
    const char *address;
    char failure[256];
    struct listen *listen;
    bool with_tls;

    options_check(L, 2, names);
    address = option_string(L, 2, "address", NULL);
    luaL_argcheck(L, address != NULL, 2, "expected an address");
    with_tls = option_boolean(L, 2, "tls", false);
    if (daemon->listener_count == LISTENERS_MOST) return luaL_error(L, "no more than %d addresses", LISTENERS_MOST);
    if (!resolve(L, &address, failure, sizeof(failure)))
        return push_failure(L, "unavailable", "cannot listen on %s: %s", address, failure);
    listen = memory_zeroed(1, sizeof(*listen));
    listen->wait = wait_new(L, NULL, NULL);
    pthread_mutex_init(&listen->lock, NULL);
    listen->daemon = daemon;
    listen->address = address;
    listen->with_tls = with_tls;
    listen->slot = daemon->listener_count++;
    listen->is_unix = http_address_path(address) != NULL;
    worker_pool_broadcast(daemon->pool, daemon->loop, listen_worker, on_listening, listen);
    return wait_suspend(L, listen->wait);
}

struct http_limits daemon_read_limits(lua_State *L, int index)
{
    struct http_limits limits = HTTP_LIMITS_DEFAULT;

    lua_getfield(L, index, "limits");
    if (lua_istable(L, -1)) {
        limits.header_size = (size_t)option_integer(L, -1, "header_size", (int64_t)limits.header_size, 256, 1 << 20);
        limits.body_size = (size_t)option_integer(L, -1, "body_size", (int64_t)limits.body_size, 1, 1 << 30);
        limits.header_time_ms = option_integer(L, -1, "header_time_ms", limits.header_time_ms, 1, INT32_MAX);
        limits.body_time_ms = option_integer(L, -1, "body_time_ms", limits.body_time_ms, 1, INT32_MAX);
        limits.idle_time_ms = option_integer(L, -1, "idle_time_ms", limits.idle_time_ms, 1, INT32_MAX);
        limits.connections = (unsigned)option_integer(L, -1, "connections", limits.connections, 1, 1 << 20);
    }
    lua_pop(L, 1);
    return limits;
}

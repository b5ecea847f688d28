/* herald.daemon: the worker threads with their listeners and Lua states, and the signals that end or reload them. */
#include <lauxlib.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "bindings/bindings.h"
#include "bindings/daemon.h"
#include "bindings/host.h"
#include "bindings/store.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/tally.h"
#include "runtime/tls_server.h"
#include "runtime/watch.h"
#include "runtime/watchdog.h"
#include "runtime/worker.h"

#define DAEMON "herald.daemon"
#define WATCHED_MOST 256
#define CALM_MS 100
#define GRACE_MS 5000 /* between the deadline of stopping and the end of the process */

struct daemon *check_daemon(lua_State *L)
{
    struct daemon **box = luaL_checkudata(L, 1, DAEMON);

    if (*box == NULL) luaL_error(L, "the daemon is closed");
    return *box;
}

static int open_worker(struct worker *worker, void *arg, void **out)
{
    struct worker_data *data = memory_zeroed(1, sizeof(*data));

    data->daemon = arg;
    data->worker = worker;
    *out = data;
    return STATUS_OK;
}

static void close_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = arg;
    struct state *state;

    (void)worker;
    for (size_t i = 0; i < LISTENERS_MOST; i++) {
        if (data->servers[i] != NULL) http_server_close(data->servers[i], 0, NULL, NULL);
    }
    if (data->prepared != NULL) daemon_close_state(data->prepared);
    if (data->current != NULL) daemon_close_state(data->current);
    if (data->candidate != NULL) daemon_close_state(data->candidate);
    while ((state = data->retired) != NULL) {
        data->retired = state->next;
        daemon_close_state(state);
    }
    memory_free(data);
}

static int open_tls(lua_State *L, int index, struct daemon *daemon, char failure[256])
{
    struct tls_server_options options = {0};
    int status;

    lua_getfield(L, index, "tls");
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return STATUS_OK;
    }
    options.certificate_file = option_string(L, -1, "certificate", NULL);
    options.key_file = option_string(L, -1, "key", NULL);
    options.client_ca_file = option_string(L, -1, "client_ca", NULL);
    status = tls_server_open(&options, &daemon->tls, failure, 256);
    lua_pop(L, 1);
    return status;
}

static void close_daemon(struct daemon *daemon)
{
    worker_pool_close(daemon->pool);
    daemon_stop_alarm(daemon);
    watchdog_stop(daemon->watchdog);
    for (size_t i = 0; i < 3; i++) {
        if (daemon->signals[i] != NULL) loop_signal_stop(daemon->signals[i]);
    }
    watch_close(daemon->watch);
    tls_server_close(daemon->tls);
    loop_poll(daemon->loop);
    daemon_free_events(daemon);
    memory_free(daemon->share);
    tally_free(daemon->tally);
    memory_free(daemon);
}

static int l_close(lua_State *L)
{
    struct daemon **box = luaL_checkudata(L, 1, DAEMON);
    struct daemon *daemon = *box;

    *box = NULL;
    if (daemon != NULL) close_daemon(daemon);
    return 0;
}

static void on_signal(void *arg, int number)
{
    daemon_add_event(arg, number == SIGHUP ? "reload" : "terminate");
}

static int start_signals(struct daemon *daemon)
{
    static const int numbers[] = {SIGHUP, SIGTERM, SIGINT};

    for (size_t i = 0; i < 3; i++) {
        if (loop_signal_start(daemon->loop, numbers[i], on_signal, daemon, &daemon->signals[i]) != STATUS_OK)
            return STATUS_UNAVAILABLE;
    }
    return STATUS_OK;
}

/*
 * daemon.start{store=, clock=, log=, share=, workers=, limits={…}, tls={certificate=, key=, client_ca=}}
 *     -> Daemon | nil, message, code
 * Starts the worker threads. The store, clock and log must outlive the daemon.
 */
static int l_start(lua_State *L)
{
    static const char *const names[] = {"store", "clock", "log", "share", "workers", "limits", "tls", NULL};
    static const struct worker_events events = {open_worker, close_worker};
    struct daemon **box, *daemon;
    char failure[256] = "";
    const char *share;
    unsigned workers;

    options_check(L, 1, names);
    share = option_string(L, 1, "share", ".");
    workers = (unsigned)option_integer(L, 1, "workers", 1, 1, 256);
    box = lua_newuserdatauv(L, sizeof(*box), 1);
    *box = NULL;
    luaL_setmetatable(L, DAEMON);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    daemon = *box = memory_zeroed(1, sizeof(*daemon));
    daemon->last = &daemon->first;
    daemon->loop = host_loop(host_of(L));
    daemon->share = memory_copy_string(share);
    daemon->tally = tally_new();
    lua_getfield(L, 1, "store");
    daemon->store = check_store(L, -1);
    lua_getfield(L, 1, "clock");
    daemon->clock = check_clock(L, -1);
    lua_getfield(L, 1, "log");
    daemon->log = check_log(L, -1);
    lua_pop(L, 3);
    daemon->limits = daemon_read_limits(L, 1);
    if (open_tls(L, 1, daemon, failure) != STATUS_OK) return push_failure(L, "tls", "tls: %s", failure);
    if (start_signals(daemon) != STATUS_OK) return push_failure(L, "unavailable", "cannot watch for signals");
    if (worker_pool_open(workers, &events, daemon, &daemon->pool) != STATUS_OK) {
        return push_failure(L, "unavailable", "cannot start %d workers: threads or file descriptors are missing",
                            (int)workers);
    }
    return 1;
}

/* daemon:reload_certificate() -> true | nil, message, code  (connections that are open go on with the old one) */
static int l_reload_certificate(lua_State *L)
{
    struct daemon *daemon = check_daemon(L);
    char failure[256] = "";

    if (daemon->tls != NULL && tls_server_reload(daemon->tls, failure, sizeof(failure)) != STATUS_OK) {
        return push_failure(L, "tls", "%s", failure);
    }
    lua_pushboolean(L, 1);
    return 1;
}

struct stop {
    struct daemon *daemon;
    int64_t deadline_ms;
    struct wait *wait;
};

static void drain_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);
    struct stop *stop = arg;

    if (data->current != NULL) daemon_call_module(data->current, "retire");
    if (data->candidate != NULL) daemon_call_module(data->candidate, "retire");
    for (size_t i = 0; i < LISTENERS_MOST; i++) {
        if (data->servers[i] == NULL) continue;
        http_server_close(data->servers[i], stop->deadline_ms, NULL, NULL);
        data->servers[i] = NULL;
    }
}

struct idle_check {
    struct stop *stop;
    atomic_uint busy;
};

static void check_idle(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);
    struct idle_check *check = arg;

    if (data->current != NULL) atomic_fetch_add(&check->busy, host_live(data->current->host));
    if (data->candidate != NULL) atomic_fetch_add(&check->busy, host_live(data->candidate->host));
    for (struct state *state = data->retired; state != NULL; state = state->next)
        atomic_fetch_add(&check->busy, host_live(state->host));
}

static void on_checked(void *arg);

static void again(void *arg)
{
    struct idle_check *check = arg;

    atomic_store(&check->busy, 0);
    worker_pool_broadcast(check->stop->daemon->pool, check->stop->daemon->loop, check_idle, on_checked, check);
}

static int push_stopped(lua_State *L, void *result)
{
    memory_free(result);
    if (L != NULL) lua_pushboolean(L, 1);
    return L != NULL ? 1 : 0;
}

static void on_checked(void *arg)
{
    struct idle_check *check = arg;
    struct stop *stop = check->stop;

    if (atomic_load(&check->busy) > 0 && clock_monotonic_ms() < stop->deadline_ms) {
        loop_timer_start(stop->daemon->loop, 20, again, check);
        return;
    }
    memory_free(check);
    wait_finish(stop->wait, push_stopped, stop);
}

static void on_drained(void *arg)
{
    struct stop *stop = arg;
    struct idle_check *check = memory_zeroed(1, sizeof(*check));

    check->stop = stop;
    stop->deadline_ms += clock_monotonic_ms();
    again(check);
}

/*
 * daemon:stop(deadline_ms) -> true
 * Takes no more requests and finishes what is held until the deadline; waits. When a worker does not come back in time,
 * the process ends here: what is not settled is in the outbox.
 */
static int l_stop(lua_State *L)
{
    struct daemon *daemon = check_daemon(L);
    int64_t deadline_ms = luaL_checkinteger(L, 2);
    struct wait *wait = wait_new(L, NULL, NULL);
    struct stop *stop = memory_zeroed(1, sizeof(*stop));

    stop->daemon = daemon;
    stop->deadline_ms = deadline_ms;
    stop->wait = wait;
    if (daemon->watchdog == NULL)
        watchdog_start(deadline_ms + GRACE_MS, daemon->log, "a worker does not end; leaving it", &daemon->watchdog);
    worker_pool_broadcast(daemon->pool, daemon->loop, drain_worker, on_drained, stop);
    return wait_suspend(L, wait);
}

static void on_change(void *arg)
{
    daemon_add_event(arg, "changed");
}

/* daemon:watch(folders) -> true | nil, message, code  (then daemon:next gives "changed"; replaces an earlier watch) */
static int l_watch(lua_State *L)
{
    struct daemon *daemon = check_daemon(L);
    const char *folders[WATCHED_MOST];
    struct watch *watch = NULL;
    size_t count = 0;

    luaL_checktype(L, 2, LUA_TTABLE);
    while (count < WATCHED_MOST && lua_rawgeti(L, 2, (lua_Integer)count + 1) == LUA_TSTRING) {
        folders[count++] = lua_tostring(L, -1); /* kept alive by the table */
        lua_pop(L, 1);
    }
    if (watch_open(daemon->loop, folders, count, CALM_MS, on_change, daemon, &watch) != STATUS_OK) {
        return push_failure(L, "unavailable", "the project's folders cannot be watched");
    }
    watch_close(daemon->watch);
    daemon->watch = watch;
    lua_pushboolean(L, 1);
    return 1;
}

/* daemon:states() -> integer  (Lua states of all workers, those that have not finished yet included) */
static int l_states(lua_State *L)
{
    lua_pushinteger(L, atomic_load(&check_daemon(L)->states));
    return 1;
}

static const luaL_Reg methods[] = {
    {"load", daemon_load},
    {"states", l_states},
    {"tell", daemon_tell},
    {"promote", daemon_promote},
    {"withdraw", daemon_withdraw},
    {"alarm", daemon_set_alarm},
    {"listen", daemon_listen},
    {"next", daemon_next},
    {"answer", daemon_answer},
    {"reload_certificate", l_reload_certificate},
    {"stop", l_stop},
    {"watch", l_watch},
    {NULL, NULL},
};
/* daemon.cores() -> integer  (processors that this process may use) */
static int l_cores(lua_State *L)
{
    cpu_set_t usable;
    int count = sched_getaffinity(0, sizeof(usable), &usable) == 0 ? CPU_COUNT(&usable) : 1;

    lua_pushinteger(L, count > 0 ? count : 1);
    return 1;
}

static const luaL_Reg functions[] = {{"start", l_start}, {"cores", l_cores}, {NULL, NULL}};

int luaopen_herald_daemon(lua_State *L);

int luaopen_herald_daemon(lua_State *L)
{
    handle_register(L, DAEMON, methods, l_close);
    luaL_newlib(L, functions);
    return 1;
}

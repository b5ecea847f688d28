/* Generations: a Lua state for each worker, loaded by all or none, retired when its last coroutine has ended. */
#include <lauxlib.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "bindings/bindings.h"
#include "bindings/daemon.h"
#include "bindings/host.h"
#include "bindings/http_request.h"
#include "bindings/preload.h"
#include "bindings/store.h"
#include "bindings/tally.h"
#include "runtime/http_body_limit.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/store.h"
#include "runtime/worker.h"

void daemon_close_state(struct state *state)
{
    atomic_fetch_sub(&state->worker->daemon->states, 1);
    host_cancel_all(state->host);
    bindings_close_state(state->L);
    store_detach(state->session);
    http_body_limits_free(state->body_limits);
    memory_free(state);
}

static void run_close_state(struct loop_task *task)
{
    struct state *state = (struct state *)((char *)task - offsetof(struct state, close_task));
    struct state **link = &state->worker->retired;

    while (*link != NULL && *link != state)
        link = &(*link)->next;
    if (*link == NULL) return; /* closed with the worker meanwhile */
    *link = state->next;
    daemon_close_state(state);
}

/* The last coroutine ended; closing waits for the next turn, since this is called from inside the state. */
static void on_idle(void *arg)
{
    struct state *state = arg;

    host_on_idle(state->host, NULL, NULL);
    loop_post(worker_loop(state->worker->worker), &state->close_task);
}

void daemon_call_module(struct state *state, const char *name)
{
    lua_rawgeti(state->L, LUA_REGISTRYINDEX, state->module_ref);
    lua_getfield(state->L, -1, name);
    lua_remove(state->L, -2);
    host_spawn(state->L, 0);
}

void daemon_retire_state(struct worker_data *worker, struct state *state)
{
    state->is_retired = true;
    state->close_task.run = run_close_state;
    state->next = worker->retired;
    worker->retired = state;
    daemon_call_module(state, "retire");
    if (host_live(state->host) == 0) {
        on_idle(state);
    } else {
        host_on_idle(state->host, on_idle, state);
    }
}

struct load {
    struct daemon *daemon;
    const char *bundle; /* anchored by the caller's Lua stack */
    size_t bundle_len;
    const char *modules; /* anchored likewise: of each its name and byte code, both behind their length; or NULL */
    size_t modules_len;
    const char *beside; /* what a candidate is told; NULL: it becomes the current one */
    lua_Integer generation;
    lua_Integer workers;
    const char *data;
    struct wait *wait;
    pthread_mutex_t lock;
    char *failure; /* the first one; owned */
};

/* A function of the context on top, which knows its worker. */
static void push_call(struct state *state, lua_CFunction function, const char *name)
{
    lua_pushlightuserdata(state->L, state->worker);
    lua_pushcclosure(state->L, function, 1);
    lua_setfield(state->L, -2, name);
}

static void push_context(struct state *state, const struct load *load)
{
    lua_State *L = state->L;
    struct daemon *daemon = load->daemon;

    lua_createtable(L, 0, 16);
    bindings_push_store(L, state->session);
    lua_setfield(L, -2, "store");
    bindings_push_clock(L, daemon->clock);
    lua_setfield(L, -2, "clock");
    bindings_push_log(L, daemon->log);
    lua_setfield(L, -2, "log");
    bindings_push_tally(L, daemon->tally);
    lua_setfield(L, -2, "tally");
    lua_pushlstring(L, load->bundle, load->bundle_len);
    lua_setfield(L, -2, "bundle");
    lua_pushstring(L, load->data);
    lua_setfield(L, -2, "data");
    lua_pushstring(L, daemon->share);
    lua_setfield(L, -2, "share");
    lua_pushinteger(L, load->generation);
    lua_setfield(L, -2, "generation");
    lua_pushinteger(L, worker_index(state->worker->worker));
    lua_setfield(L, -2, "index");
    lua_pushinteger(L, load->workers);
    lua_setfield(L, -2, "workers");
    lua_pushliteral(L, HERALD_VERSION);
    lua_setfield(L, -2, "version");
    lua_pushstring(L, load->beside);
    lua_setfield(L, -2, "beside");
    push_call(state, daemon_ask, "ask");
    push_call(state, daemon_report, "tell");
    push_call(state, daemon_hand_over, "hand_over");
    push_call(state, daemon_tell_candidate, "tell_candidate");
}

static int traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

/* The module's body_limits, {method=, path=, most=} each, on top of the stack. */
static void read_body_limits(lua_State *L, struct http_body_limits *limits)
{
    lua_Integer count;

    lua_getfield(L, -1, "body_limits");
    luaL_checktype(L, -1, LUA_TTABLE);
    count = luaL_len(L, -1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, -1, i);
        http_body_limits_add(limits, option_string(L, -1, "method", "ANY"), option_string(L, -1, "path", "/"),
                             (size_t)option_integer(L, -1, "most", 0, 0, 1 << 30));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* A text behind its length of four bytes, little-endian; false at the end. */
static bool take_text(const char **at, const char *end, const char **out, size_t *len)
{
    const unsigned char *head = (const unsigned char *)*at;

    if (end - *at < 4) return false;
    *len = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    if ((size_t)(end - *at) - 4 < *len) return false;
    *out = *at + 4;
    *at += 4 + *len;
    return true;
}

/* Puts the modules where require looks first. */
static void preload_modules(lua_State *L, const struct load *load)
{
    const char *at = load->modules, *end = at != NULL ? at + load->modules_len : NULL, *name, *code;
    size_t name_len, code_len;

    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    while (take_text(&at, end, &name, &name_len) && take_text(&at, end, &code, &code_len)) {
        lua_pushlstring(L, name, name_len);
        if (luaL_loadbufferx(L, code, code_len, lua_tostring(L, -1), "b") != LUA_OK) lua_error(L);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
}

/* Runs in protected mode: require "herald.worker".load(context) -> module | nil, message. */
static int load_module(lua_State *L)
{
    struct state *state = lua_touserdata(L, 1);
    const struct load *load = lua_touserdata(L, 2);

    http_request_register(L);
    preload_modules(L, load);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "herald.worker");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "load");
    push_context(state, load);
    lua_call(L, 1, 2);
    if (lua_isnil(L, -2)) return luaL_error(L, "%s", luaL_optstring(L, -1, "the scripts cannot be loaded"));
    lua_pop(L, 1);
    read_body_limits(L, state->body_limits);
    lua_getfield(L, -1, "handle");
    state->handle_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    state->module_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static struct state *new_state(struct worker_data *worker, const struct load *load, char **out_failure)
{
    struct state *state = memory_zeroed(1, sizeof(*state));
    struct daemon *daemon = worker->daemon;

    state->worker = worker;
    state->body_limits = http_body_limits_new();
    if (store_attach(daemon->store, worker_loop(worker->worker), &state->session) != STATUS_OK) {
        *out_failure = memory_copy_string("the store cannot be read");
        http_body_limits_free(state->body_limits);
        memory_free(state);
        return NULL;
    }
    state->L = bindings_new_state(daemon->share);
    if (state->L == NULL) {
        *out_failure = memory_copy_string("out of memory");
        store_detach(state->session);
        http_body_limits_free(state->body_limits);
        memory_free(state);
        return NULL;
    }
    atomic_fetch_add(&daemon->states, 1);
    state->host = host_attach(state->L, worker_loop(worker->worker), daemon->clock, daemon->log);
    lua_pushcfunction(state->L, traceback);
    lua_pushcfunction(state->L, load_module);
    lua_pushlightuserdata(state->L, state);
    lua_pushlightuserdata(state->L, (void *)(uintptr_t)load);
    if (lua_pcall(state->L, 2, 0, 1) != LUA_OK) {
        *out_failure = memory_copy_string(lua_tostring(state->L, -1));
        daemon_close_state(state);
        return NULL;
    }
    lua_settop(state->L, 0);
    return state;
}

static void prepare_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);
    struct load *load = arg;
    char *failure = NULL;

    data->prepared = new_state(data, load, &failure);
    if (data->prepared != NULL) return;
    pthread_mutex_lock(&load->lock);
    if (load->failure == NULL) {
        load->failure = failure;
        failure = NULL;
    }
    pthread_mutex_unlock(&load->lock);
    memory_free(failure);
}

static void switch_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);
    const struct load *load = arg;
    struct state *old = data->current;

    if (load->beside != NULL) {
        data->candidate = data->prepared;
        data->prepared = NULL;
        daemon_call_module(data->candidate, "start");
        return;
    }
    data->current = data->prepared;
    data->prepared = NULL;
    daemon_call_module(data->current, "start");
    if (old != NULL) daemon_retire_state(data, old);
}

static void discard_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);

    (void)arg;
    if (data->prepared != NULL) daemon_close_state(data->prepared);
    data->prepared = NULL;
}

static int push_loaded(lua_State *L, void *result)
{
    struct load *load = result;
    int count = 1;

    if (L == NULL) {
        count = 0;
    } else if (load->failure != NULL) {
        count = push_failure(L, "check-failed", "%s", load->failure);
    } else {
        lua_pushboolean(L, 1);
    }
    pthread_mutex_destroy(&load->lock);
    memory_free(load->failure);
    memory_free(load);
    return count;
}

static void on_loaded(void *arg)
{
    struct load *load = arg;

    wait_finish(load->wait, push_loaded, load);
}

static void on_prepared(void *arg)
{
    struct load *load = arg;
    bool is_good = load->failure == NULL;

    worker_pool_broadcast(load->daemon->pool, load->daemon->loop, is_good ? switch_worker : discard_worker, on_loaded,
                          load);
}

/*
 * daemon:load{bundle=, modules=, generation=, data=, beside=} -> true | nil, message, code  (all workers, or none;
 * waits) With beside it becomes the candidate: the current state stays, and hands over to it.
 */
int daemon_load(lua_State *L)
{
    static const char *const names[] = {"bundle", "modules", "generation", "data", "beside", NULL};
    struct daemon *daemon = check_daemon(L);
    struct load *load;
    size_t bundle_len, modules_len = 0;
    const char *bundle, *modules, *data;
    lua_Integer generation;

    options_check(L, 2, names);
    lua_getfield(L, 2, "bundle");
    bundle = luaL_checklstring(L, -1, &bundle_len);
    modules = lua_getfield(L, 2, "modules") == LUA_TNIL ? NULL : luaL_checklstring(L, -1, &modules_len);
    generation = option_integer(L, 2, "generation", 1, 1, INT64_MAX);
    data = option_string(L, 2, "data", "data");
    load = memory_zeroed(1, sizeof(*load));
    load->wait = wait_new(L, NULL, NULL);
    pthread_mutex_init(&load->lock, NULL);
    load->daemon = daemon;
    load->bundle = bundle;
    load->bundle_len = bundle_len;
    load->modules = modules;
    load->modules_len = modules_len;
    load->generation = generation;
    load->workers = worker_pool_size(daemon->pool);
    load->data = data;
    load->beside = option_string(L, 2, "beside", NULL);
    worker_pool_broadcast(daemon->pool, daemon->loop, prepare_worker, on_prepared, load);
    return wait_suspend(L, load->wait);
}

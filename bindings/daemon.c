/*
 * herald.daemon: workers, listeners, generations of scripts, signals, and the questions that workers ask the main thread.
 *
 * Every worker holds one Lua state that is current, and older ones until their last coroutine has ended. The main
 * thread makes a new generation in two steps, so that a state which cannot be loaded changes nothing: all workers load
 * it; if all could, all switch to it in their next turn.
 */
#include <lauxlib.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/host.h"
#include "bindings/http_request.h"
#include "bindings/preload.h"
#include "bindings/store.h"
#include "runtime/buffer.h"
#include "runtime/clock.h"
#include "runtime/http_server.h"
#include "runtime/log.h"
#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/store.h"
#include "runtime/tls_server.h"
#include "runtime/worker.h"

#define DAEMON "herald.daemon"

/* What the main thread waits for: a signal, or a worker's question. */
struct event {
    struct event *next;
    char *text; /* the question, or the signal's name; owned */
    struct question *question;
};

struct daemon {
    struct loop *loop; /* the main thread's */
    struct clock *clock;
    struct log *log;
    struct store *store;
    char *share;
    struct worker_pool *pool;
    struct tls_server *tls;
    struct http_limits limits;
    struct loop_signal *signals[3];
    struct event *first;
    struct event **last;
    struct wait *waiting; /* the main coroutine in daemon:next */
    bool is_closed;
};

/* One Lua state of one worker. */
struct state {
    lua_State *L;
    struct host *host;
    struct worker_data *worker;
    struct store_session *session;
    int module_ref; /* what herald.worker's load returned */
    int handle_ref;
    bool is_retired;
    struct loop_task close_task;
    struct state *next;
};

struct worker_data {
    struct daemon *daemon;
    struct worker *worker;
    struct state *current;
    struct state *prepared;
    struct state *retired;
    struct http_server *servers[2]; /* TCP, and the unix socket on the first worker */
    unsigned draining;
};

/* A worker's coroutine that waits for the main thread's answer. */
struct question {
    struct loop_task task;
    struct daemon *daemon;
    struct loop *loop; /* the worker's */
    struct wait *wait;
    char *text;
    char *answer;
    size_t answer_len;
};

static struct daemon *check_daemon(lua_State *L)
{
    struct daemon **box = luaL_checkudata(L, 1, DAEMON);

    if (*box == NULL) luaL_error(L, "the daemon is closed");
    return *box;
}

/* --- Events: what the main coroutine gets from daemon:next --- */

static int push_event(lua_State *L, void *result)
{
    struct event *event = result;

    if (L == NULL) return 0;
    lua_pushstring(L, event->text);
    if (event->question != NULL) {
        lua_pushlightuserdata(L, event->question);
    } else {
        lua_pushnil(L);
    }
    memory_free(event->text);
    memory_free(event);
    return 2;
}

static void deliver_event(struct daemon *daemon)
{
    struct wait *wait = daemon->waiting;
    struct event *event = daemon->first;

    if (wait == NULL || event == NULL) return;
    daemon->waiting = NULL;
    daemon->first = event->next;
    if (daemon->first == NULL) daemon->last = &daemon->first;
    wait_finish(wait, push_event, event);
}

static void add_event(struct daemon *daemon, const char *text, struct question *question)
{
    struct event *event = memory_zeroed(1, sizeof(*event));

    event->text = memory_copy_string(text);
    event->question = question;
    *daemon->last = event;
    daemon->last = &event->next;
    deliver_event(daemon);
}

static void on_signal(void *arg, int number)
{
    add_event(arg, number == SIGHUP ? "reload" : "terminate", NULL);
}

static void later_deliver(void *arg)
{
    deliver_event(arg);
}

/* daemon:next() -> text, question | nil  (a signal: "reload" or "terminate"; else what a worker asks; waits) */
static int l_next(lua_State *L)
{
    struct daemon *daemon = check_daemon(L);

    if (daemon->waiting != NULL) return luaL_error(L, "someone waits for the next event already");
    daemon->waiting = wait_new(L, NULL, NULL);
    /* Never before the wait is suspended. */
    if (daemon->first != NULL) loop_timer_start(daemon->loop, 0, later_deliver, daemon);
    return wait_suspend(L, daemon->waiting);
}

/* --- Questions: from a worker's coroutine to the main thread and back --- */

static int push_answer(lua_State *L, void *result)
{
    struct question *question = result;

    if (L != NULL) lua_pushlstring(L, question->answer, question->answer_len);
    memory_free(question->text);
    memory_free(question->answer);
    memory_free(question);
    return L != NULL ? 1 : 0;
}

static void run_answer(struct loop_task *task)
{
    struct question *question = (struct question *)task;

    wait_finish(question->wait, push_answer, question);
}

static void run_question(struct loop_task *task)
{
    struct question *question = (struct question *)task;

    add_event(question->daemon, question->text, question);
}

/* daemon:answer(question, text)  (once for each question) */
static int l_answer(lua_State *L)
{
    struct question *question;
    const char *text;
    size_t len;

    check_daemon(L);
    luaL_checktype(L, 2, LUA_TLIGHTUSERDATA);
    text = luaL_checklstring(L, 3, &len);
    question = lua_touserdata(L, 2);
    question->answer = memory_copy(text, len);
    question->answer_len = len;
    question->task.run = run_answer;
    loop_post(question->loop, &question->task);
    return 0;
}

/* context.ask(text) -> text  (in a worker; waits) */
static int l_ask(lua_State *L)
{
    struct worker_data *worker = lua_touserdata(L, lua_upvalueindex(1));
    const char *text = luaL_checkstring(L, 1);
    struct wait *wait = wait_new(L, NULL, NULL);
    struct question *question = memory_zeroed(1, sizeof(*question));

    question->daemon = worker->daemon;
    question->loop = worker_loop(worker->worker);
    question->wait = wait;
    question->text = memory_copy_string(text);
    question->task.run = run_question;
    loop_post(worker->daemon->loop, &question->task);
    return wait_suspend(L, wait);
}

/* --- States: one generation of scripts in one worker --- */

static void close_state(struct state *state)
{
    host_cancel_all(state->host);
    lua_close(state->L);
    store_detach(state->session);
    memory_free(state);
}

static void run_close_state(struct loop_task *task)
{
    struct state *state = (struct state *)((char *)task - offsetof(struct state, close_task));
    struct state **link = &state->worker->retired;

    while (*link != NULL && *link != state) link = &(*link)->next;
    if (*link == NULL) return; /* closed with the worker meanwhile */
    *link = state->next;
    close_state(state);
}

/* The last coroutine ended; closing waits for the next turn, since this is called from inside the state. */
static void on_idle(void *arg)
{
    struct state *state = arg;

    host_on_idle(state->host, NULL, NULL);
    loop_post(worker_loop(state->worker->worker), &state->close_task);
}

static void call_module(struct state *state, const char *name)
{
    lua_rawgeti(state->L, LUA_REGISTRYINDEX, state->module_ref);
    lua_getfield(state->L, -1, name);
    lua_remove(state->L, -2);
    host_spawn(state->L, 0);
}

static void retire_state(struct worker_data *worker, struct state *state)
{
    state->is_retired = true;
    state->close_task.run = run_close_state;
    state->next = worker->retired;
    worker->retired = state;
    call_module(state, "retire");
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
    lua_Integer generation;
    lua_Integer workers;
    const char *data;
    struct wait *wait;
    pthread_mutex_t lock;
    char *failure; /* the first one; owned */
};

static void push_context(struct state *state, const struct load *load)
{
    lua_State *L = state->L;
    struct daemon *daemon = load->daemon;

    lua_createtable(L, 0, 10);
    bindings_push_store(L, state->session);
    lua_setfield(L, -2, "store");
    bindings_push_clock(L, daemon->clock);
    lua_setfield(L, -2, "clock");
    bindings_push_log(L, daemon->log);
    lua_setfield(L, -2, "log");
    lua_pushlstring(L, load->bundle, load->bundle_len);
    lua_setfield(L, -2, "bundle");
    lua_pushstring(L, load->data);
    lua_setfield(L, -2, "data");
    lua_pushstring(L, daemon->share);
    lua_setfield(L, -2, "share");
    lua_pushinteger(L, load->generation);
    lua_setfield(L, -2, "generation");
    lua_pushinteger(L, load->workers);
    lua_setfield(L, -2, "workers");
    lua_pushliteral(L, HERALD_VERSION);
    lua_setfield(L, -2, "version");
    lua_pushlightuserdata(L, state->worker);
    lua_pushcclosure(L, l_ask, 1);
    lua_setfield(L, -2, "ask");
}

static int traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

/* Runs in protected mode: require "herald.worker".load(context) -> module | nil, message. */
static int load_module(lua_State *L)
{
    struct state *state = lua_touserdata(L, 1);
    const struct load *load = lua_touserdata(L, 2);

    http_request_register(L);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "herald.worker");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "load");
    push_context(state, load);
    lua_call(L, 1, 2);
    if (lua_isnil(L, -2)) return luaL_error(L, "%s", luaL_optstring(L, -1, "the scripts cannot be loaded"));
    lua_pop(L, 1);
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
    if (store_attach(daemon->store, worker_loop(worker->worker), &state->session) != STATUS_OK) {
        *out_failure = memory_copy_string("the store cannot be read");
        memory_free(state);
        return NULL;
    }
    state->L = bindings_new_state(daemon->share);
    if (state->L == NULL) {
        *out_failure = memory_copy_string("out of memory");
        store_detach(state->session);
        memory_free(state);
        return NULL;
    }
    state->host = host_attach(state->L, worker_loop(worker->worker), daemon->clock, daemon->log);
    lua_pushcfunction(state->L, traceback);
    lua_pushcfunction(state->L, load_module);
    lua_pushlightuserdata(state->L, state);
    lua_pushlightuserdata(state->L, (void *)(uintptr_t)load);
    if (lua_pcall(state->L, 2, 0, 1) != LUA_OK) {
        *out_failure = memory_copy_string(lua_tostring(state->L, -1));
        close_state(state);
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
    struct state *old = data->current;

    (void)arg;
    data->current = data->prepared;
    data->prepared = NULL;
    call_module(data->current, "start");
    if (old != NULL) retire_state(data, old);
}

static void discard_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);

    (void)arg;
    if (data->prepared != NULL) close_state(data->prepared);
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

    worker_pool_broadcast(load->daemon->pool, load->daemon->loop, is_good ? switch_worker : discard_worker, on_loaded, load);
}

/* daemon:load{bundle=, generation=, data=} -> true | nil, message, code  (all workers, or none; waits) */
static int l_load(lua_State *L)
{
    static const char *const names[] = {"bundle", "generation", "data", NULL};
    struct daemon *daemon = check_daemon(L);
    struct load *load;
    size_t bundle_len;
    const char *bundle, *data;
    lua_Integer generation;

    options_check(L, 2, names);
    lua_getfield(L, 2, "bundle");
    bundle = luaL_checklstring(L, -1, &bundle_len);
    generation = option_integer(L, 2, "generation", 1, 1, INT64_MAX);
    data = option_string(L, 2, "data", "data");
    load = memory_zeroed(1, sizeof(*load));
    load->wait = wait_new(L, NULL, NULL);
    pthread_mutex_init(&load->lock, NULL);
    load->daemon = daemon;
    load->bundle = bundle;
    load->bundle_len = bundle_len;
    load->generation = generation;
    load->workers = worker_pool_size(daemon->pool);
    load->data = data;
    worker_pool_broadcast(daemon->pool, daemon->loop, prepare_worker, on_prepared, load);
    return wait_suspend(L, load->wait);
}

/* --- Listeners --- */

static void on_request(void *ctx, struct http_exchange *exchange)
{
    struct worker_data *worker = ctx;
    lua_State *L = worker->current->L;

    lua_rawgeti(L, LUA_REGISTRYINDEX, worker->current->handle_ref);
    http_request_push(L, exchange);
    host_spawn(L, 1);
}

/* The body of an answer that the listener gives by itself, in the shape of every other error. */
static void on_error_body(void *ctx, struct buffer *body, int status, const char *code, const char *message)
{
    (void)ctx;
    buffer_add_format(body, "{\"type\":\"urn:herald:error:%s\",\"title\":\"%s\",\"status\":%d,\"report\":{\"additionalContext\":{}}}",
                      code, message, status);
}

struct listen {
    struct daemon *daemon;
    const char *address; /* anchored by the caller's Lua stack */
    unsigned slot;       /* 0: TCP on every worker, 1: the unix socket on the first */
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
        .loop = worker_loop(worker), .address = listen->address, .reuse_port = listen->slot == 0,
        .tls = listen->with_tls ? listen->daemon->tls : NULL, .limits = listen->daemon->limits,
        .on_request = on_request, .on_error = on_error_body, .ctx = data, .log = listen->daemon->log,
    };
    char failure[256] = "";

    if (listen->slot == 1 && worker_index(worker) != 0) return;
    pthread_mutex_lock(&listen->lock);
    if (http_server_open(&options, &data->servers[listen->slot], failure, sizeof(failure)) != STATUS_OK) {
        memcpy(listen->failure, failure, sizeof(failure));
    } else if (listen->slot == 0) {
        listen->port = http_server_port(data->servers[0]);
    }
    pthread_mutex_unlock(&listen->lock);
}

/* A second generation beside the current one: requests are handed over to it, or told to it, until it is promoted or withdrawn. */
#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/daemon.h"
#include "bindings/host.h"
#include "bindings/http_request.h"
#include "runtime/memory.h"
#include "runtime/worker.h"

/* context.hand_over(request) -> boolean  (false: there is no candidate here, and the request stays the caller's) */
int daemon_hand_over(lua_State *L)
{
    struct worker_data *worker = lua_touserdata(L, lua_upvalueindex(1));
    struct state *candidate = worker->candidate;
    struct http_exchange *exchange;

    if (candidate == NULL) {
        lua_pushboolean(L, 0);
        return 1;
    }
    exchange = http_request_take(L, 1);
    lua_rawgeti(candidate->L, LUA_REGISTRYINDEX, candidate->handle_ref);
    http_request_push(candidate->L, exchange);
    host_spawn(candidate->L, 1);
    lua_pushboolean(L, 1);
    return 1;
}

/* Calls tell(text) of the state's module. */
static void tell_state(struct state *state, const char *text, size_t len)
{
    lua_rawgeti(state->L, LUA_REGISTRYINDEX, state->module_ref);
    lua_getfield(state->L, -1, "tell");
    lua_remove(state->L, -2);
    lua_pushlstring(state->L, text, len);
    host_spawn(state->L, 1);
}

/* context.tell_candidate(text) -> boolean  (false: there is no candidate here) */
int daemon_tell_candidate(lua_State *L)
{
    struct worker_data *worker = lua_touserdata(L, lua_upvalueindex(1));
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);

    if (worker->candidate != NULL) tell_state(worker->candidate, text, len);
    lua_pushboolean(L, worker->candidate != NULL);
    return 1;
}

/* What a worker tells the main thread, which answers nothing. */
struct report {
    struct loop_task task;
    struct daemon *daemon;
    char *text;
};

static void run_report(struct loop_task *task)
{
    struct report *report = (struct report *)task;

    daemon_add_report(report->daemon, report->text);
    memory_free(report->text);
    memory_free(report);
}

/* context.tell(text)  (to the main thread: daemon:next gives it) */
int daemon_report(lua_State *L)
{
    struct worker_data *worker = lua_touserdata(L, lua_upvalueindex(1));
    const char *text = luaL_checkstring(L, 1);
    struct report *report = memory_zeroed(1, sizeof(*report));

    report->daemon = worker->daemon;
    report->text = memory_copy_string(text);
    report->task.run = run_report;
    loop_post(worker->daemon->loop, &report->task);
    return 0;
}

/* Something that every worker does with its states. */
struct order {
    struct wait *wait;
    char *text; /* for tell; owned */
};

static int push_done(lua_State *L, void *result)
{
    struct order *order = result;

    memory_free(order->text);
    memory_free(order);
    if (L == NULL) return 0;
    lua_pushboolean(L, 1);
    return 1;
}

static void on_done(void *arg)
{
    struct order *order = arg;

    wait_finish(order->wait, push_done, order);
}

static int give_order(lua_State *L, const char *text, void (*each)(struct worker *worker, void *arg))
{
    struct daemon *daemon = check_daemon(L);
    struct wait *wait = wait_new(L, NULL, NULL);
    struct order *order = memory_zeroed(1, sizeof(*order));

    order->wait = wait;
    order->text = text != NULL ? memory_copy_string(text) : NULL;
    worker_pool_broadcast(daemon->pool, daemon->loop, each, on_done, order);
    return wait_suspend(L, wait);
}

static void tell_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);
    const struct order *order = arg;

    if (data->current != NULL) tell_state(data->current, order->text, strlen(order->text));
}

static void promote_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);
    struct state *old = data->current;

    (void)arg;
    if (data->candidate == NULL) return;
    data->current = data->candidate;
    data->candidate = NULL;
    daemon_call_module(data->current, "promote");
    if (old != NULL) daemon_retire_state(data, old);
}

static void withdraw_worker(struct worker *worker, void *arg)
{
    struct worker_data *data = worker_data(worker);
    struct state *candidate = data->candidate;

    (void)arg;
    data->candidate = NULL;
    if (candidate != NULL) daemon_retire_state(data, candidate);
}

/* daemon:tell(text) -> true  (calls tell(text) of every worker's current module; waits) */
int daemon_tell(lua_State *L)
{
    return give_order(L, luaL_checkstring(L, 2), tell_worker);
}

/* daemon:promote() -> true  (the candidate becomes current in every worker; waits) */
int daemon_promote(lua_State *L)
{
    return give_order(L, NULL, promote_worker);
}

/* daemon:withdraw() -> true  (the candidate gets no more requests and finishes what it has; waits) */
int daemon_withdraw(lua_State *L)
{
    return give_order(L, NULL, withdraw_worker);
}

static void on_alarm(void *arg)
{
    struct daemon *daemon = arg;

    daemon->alarm = NULL;
    daemon_add_report(daemon, daemon->alarm_text);
}

void daemon_stop_alarm(struct daemon *daemon)
{
    if (daemon->alarm != NULL) loop_timer_cancel(daemon->alarm);
    daemon->alarm = NULL;
    memory_free(daemon->alarm_text);
    daemon->alarm_text = NULL;
}

/* daemon:alarm(ms, text)  (daemon:next gives the text then; in place of an earlier alarm) */
int daemon_set_alarm(lua_State *L)
{
    struct daemon *daemon = check_daemon(L);
    int64_t delay_ms = luaL_checkinteger(L, 2);
    const char *text = luaL_checkstring(L, 3);

    luaL_argcheck(L, delay_ms >= 0 && delay_ms <= INT64_C(1) << 40, 2, "out of range");
    daemon_stop_alarm(daemon);
    daemon->alarm_text = memory_copy_string(text);
    daemon->alarm = loop_timer_start(daemon->loop, delay_ms, on_alarm, daemon);
    return 0;
}

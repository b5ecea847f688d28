/*
 * Hosts, coroutines and waits: how a Lua call that waits gives its thread back to the event loop.
 *
 * A coroutine started by host_spawn is anchored in the registry while it lives and kept for the next one when it ends.
 * Its wait, if any, is found through the host's list, so that a cancelled coroutine is never resumed by a late answer.
 */
#include "bindings/host.h"

#include <stdlib.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/budget.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/loop.h"
#include "runtime/memory.h"

#define SPARE_COROUTINES 256

/* A started coroutine; its lua_State is anchored at ref. */
struct task {
    lua_State *co;
    int ref;
    struct task *next;
};

struct host {
    lua_State *main;
    struct loop *loop;
    struct clock *clock;
    struct log *log;
    bool is_attached;     /* the daemon runs the loop; otherwise waits outside coroutines run it */
    struct task *current; /* the coroutine that runs now */
    struct task *spare;
    unsigned spare_count;
    unsigned live;
    struct wait *waits; /* doubly linked */
    void (*idle)(void *arg);
    void *idle_arg;
};

enum wait_state { WAIT_PENDING, WAIT_DONE, WAIT_CANCELLED };

struct wait {
    struct host *host;
    struct task *task; /* NULL: the caller runs the loop itself */
    lua_State *L;
    enum wait_state state;
    int result_count;
    void (*cancel)(void *arg);
    void *arg;
    struct wait *previous, *next;
};

static const char HOST_KEY;

static lua_State *main_state(lua_State *L)
{
    lua_State *main;

    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    main = lua_tothread(L, -1);
    lua_pop(L, 1);
    return main;
}

static int close_host(lua_State *L)
{
    struct host **box = lua_touserdata(L, 1);
    struct host *host = *box;
    struct task *task;

    if (host == NULL) return 0;
    *box = NULL;
    host_cancel_all(host);
    while ((task = host->spare) != NULL) {
        host->spare = task->next;
        memory_free(task);
    }
    if (!host->is_attached) {
        loop_free(host->loop);
        clock_free(host->clock);
    }
    memory_free(host);
    return 0;
}

static struct host *new_host(lua_State *L)
{
    struct host **box = lua_newuserdatauv(L, sizeof(struct host *), 0);

    *box = NULL;
    lua_newtable(L);
    lua_pushcfunction(L, close_host);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    *box = memory_zeroed(1, sizeof(struct host));
    (*box)->main = main_state(L);
    /* A new coroutine starts with a copy of the main state's extra space: no budget. */
    *(void **)lua_getextraspace((*box)->main) = NULL;
    lua_rawsetp(L, LUA_REGISTRYINDEX, &HOST_KEY);
    return *box;
}

static struct host *find_host(lua_State *L)
{
    struct host **box;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &HOST_KEY);
    box = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return box != NULL ? *box : NULL;
}

struct host *host_of(lua_State *L)
{
    struct host *host = find_host(L);

    if (host != NULL) return host;
    host = new_host(L);
    host->clock = clock_new_system();
    if (loop_new(&host->loop) != 0) luaL_error(L, "cannot make an event loop: no file descriptors left");
    return host;
}

struct host *host_attach(lua_State *L, struct loop *loop, struct clock *clock, struct log *log)
{
    struct host *host = new_host(L);

    host->is_attached = true;
    host->loop = loop;
    host->clock = clock;
    host->log = log;
    return host;
}

struct loop *host_loop(struct host *host)
{
    return host->loop;
}

struct clock *host_clock(struct host *host)
{
    return host->clock;
}

struct log *host_log(struct host *host)
{
    return host->log;
}

unsigned host_live(const struct host *host)
{
    return host->live;
}

void host_on_idle(struct host *host, void (*idle)(void *arg), void *arg)
{
    host->idle = idle;
    host->idle_arg = arg;
}

static struct task *take_task(struct host *host)
{
    struct task *task = host->spare;

    if (task != NULL) {
        host->spare = task->next;
        host->spare_count--;
    } else {
        task = memory_zeroed(1, sizeof(*task));
        /* From the main state, so that a count hook of the running coroutine is not inherited. */
        lua_checkstack(host->main, 2);
        task->co = lua_newthread(host->main);
        task->ref = luaL_ref(host->main, LUA_REGISTRYINDEX);
    }
    host->live++;
    return task;
}

static void give_back(struct host *host, struct task *task)
{
    host->live--;
    if (host->spare_count < SPARE_COROUTINES) {
        task->next = host->spare;
        host->spare = task;
        host->spare_count++;
    } else {
        luaL_unref(host->main, LUA_REGISTRYINDEX, task->ref);
        memory_free(task);
    }
    if (host->live == 0 && host->idle != NULL) host->idle(host->idle_arg);
}

static void report_error(struct host *host, lua_State *co)
{
    struct log_field field = {.name = "error"};

    luaL_traceback(co, co, luaL_tolstring(co, -1, NULL), 0);
    field.value = lua_tolstring(co, -1, &field.value_len);
    if (host->log != NULL) {
        log_write(host->log, LOG_LEVEL_ERROR, "a coroutine failed", &field, 1);
    } else {
        lua_writestringerror("herald: a coroutine failed: %s\n", field.value);
    }
}

static void resume(struct host *host, struct task *task, int nargs)
{
    struct task *outer = host->current;
    int result_count = 0, result;

    host->current = task;
    budget_enter(task->co);
    result = lua_resume(task->co, host->main, nargs, &result_count);
    budget_leave(task->co);
    host->current = outer;
    if (result == LUA_YIELD) return;
    if (result != LUA_OK) {
        report_error(host, task->co);
        lua_sethook(task->co, NULL, 0, 0);
    }
    lua_resetthread(task->co);
    lua_settop(task->co, 0);
    give_back(host, task);
}

void host_spawn(lua_State *L, int nargs)
{
    struct host *host = host_of(L);
    struct task *task = take_task(host);

    lua_xmove(L, task->co, nargs + 1);
    resume(host, task, nargs);
}

static void unlink_wait(struct wait *wait)
{
    if (wait->next != NULL) wait->next->previous = wait->previous;
    if (wait->previous != NULL) {
        wait->previous->next = wait->next;
    } else if (wait->host->waits == wait) {
        wait->host->waits = wait->next;
    }
    wait->previous = wait->next = NULL;
}

bool host_can_yield(lua_State *L)
{
    struct host *host = find_host(L);

    return host != NULL && host->current != NULL && host->current->co == L && lua_isyieldable(L);
}

struct wait *wait_new(lua_State *L, void (*cancel)(void *arg), void *arg)
{
    struct host *host = host_of(L);
    bool is_task = host->current != NULL && host->current->co == L;
    struct wait *wait;

    if (!is_task && host->is_attached) luaL_error(L, "cannot wait here: only the engine's own coroutines can");
    if (is_task && !lua_isyieldable(L))
        luaL_error(L, "cannot wait across a C call (a metamethod, an iterator or a sort function)");
    if (!is_task && host->current != NULL) luaL_error(L, "cannot wait inside a coroutine of one's own");
    wait = memory_zeroed(1, sizeof(*wait));
    wait->host = host;
    wait->task = is_task ? host->current : NULL;
    wait->L = L;
    wait->cancel = cancel;
    wait->arg = arg;
    wait->next = host->waits;
    if (wait->next != NULL) wait->next->previous = wait;
    host->waits = wait;
    return wait;
}

void wait_abandon(struct wait *wait)
{
    unlink_wait(wait);
    memory_free(wait);
}

int wait_suspend(lua_State *L, struct wait *wait)
{
    int result_count;

    if (wait->task != NULL) return lua_yield(L, 0);
    loop_hold(wait->host->loop);
    while (wait->state == WAIT_PENDING)
        loop_run_once(wait->host->loop);
    loop_release(wait->host->loop);
    result_count = wait->result_count;
    memory_free(wait);
    return result_count;
}

void wait_finish(struct wait *wait, int (*push)(lua_State *L, void *result), void *result)
{
    struct host *host = wait->host;
    struct task *task = wait->task;

    if (wait->state == WAIT_CANCELLED) {
        if (push != NULL) push(NULL, result);
        memory_free(wait);
        return;
    }
    unlink_wait(wait);
    if (push != NULL) lua_checkstack(wait->L, 20);
    if (!host->is_attached) loop_interrupt(host->loop);
    if (task == NULL) {
        wait->result_count = push != NULL ? push(wait->L, result) : 0;
        wait->state = WAIT_DONE;
        return;
    }
    memory_free(wait);
    resume(host, task, push != NULL ? push(task->co, result) : 0);
}

void host_cancel_all(struct host *host)
{
    struct wait *wait;

    host->idle = NULL;
    while ((wait = host->waits) != NULL) {
        unlink_wait(wait);
        wait->state = WAIT_CANCELLED;
        if (wait->task != NULL) {
            luaL_unref(host->main, LUA_REGISTRYINDEX, wait->task->ref);
            memory_free(wait->task);
            host->live--;
        }
        if (wait->cancel != NULL) wait->cancel(wait->arg);
    }
}

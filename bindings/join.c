/*
 * loop.join: functions that run at once, each as a coroutine of its own, and one coroutine that waits for all of them.
 *
 * The join is a userdata, anchored in the registry while its wait is pending. It begins and ends its branches from the
 * loop alone, where no coroutine runs. Branches share the budget of who waits, which waits as long as one of them lives:
 * when a branch fails, the others are doomed at once and dropped at the loop's next turn, before the waiting one goes on.
 */
#include "bindings/join.h"

#include "bindings/bindings.h"
#include "bindings/host_task.h"
#include "runtime/loop.h"

#define JOIN "herald.join"
#define BRANCHES_MOST 1000
#define VALUES 3 /* of a branch's results: value, message, code */

struct join {
    struct host *host;
    struct wait *wait;        /* NULL: nobody waits */
    struct loop_timer *timer; /* NULL: nothing is to be begun or ended at the next turn */
    int ref;                  /* where it is anchored; its user value is the table of results */
    unsigned count, live;
    bool is_failed;
    struct task *tasks[];
};

/* The table of results on top of L: VALUES for each branch, then what the first that failed raised. */
static void push_results(lua_State *L, const struct join *join)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, join->ref);
    lua_getiuservalue(L, -1, 1);
    lua_remove(L, -2);
}

static void unanchor(lua_State *L, struct join *join)
{
    luaL_unref(L, LUA_REGISTRYINDEX, join->ref);
    join->ref = LUA_NOREF;
}

static int push_joined(lua_State *L, void *result)
{
    struct join *join = result;

    if (L == NULL) return 0;
    lua_pushboolean(L, !join->is_failed);
    push_results(L, join);
    if (join->is_failed) {
        lua_rawgeti(L, -1, (lua_Integer)join->count * VALUES + 1);
        lua_remove(L, -2);
    }
    unanchor(L, join);
    return 2;
}

static void drop_all(struct join *join)
{
    for (unsigned i = 0; i < join->count; i++) {
        if (join->tasks[i] != NULL) host_task_drop(join->host, join->tasks[i]);
    }
}

static void finish(struct join *join)
{
    struct wait *wait = join->wait;

    join->wait = NULL;
    wait_finish(wait, push_joined, join);
}

static void on_end(void *arg)
{
    struct join *join = arg;

    join->timer = NULL;
    drop_all(join);
    finish(join);
}

static void end_later(struct join *join)
{
    if (join->timer == NULL && join->wait != NULL) {
        join->timer = loop_timer_start(host_loop(join->host), 0, on_end, join);
    }
}

/* The timer that fired stands for itself until all have begun, so that on_end comes after it. */
static void on_begin(void *arg)
{
    struct join *join = arg;

    for (unsigned i = 0; i < join->count && !join->is_failed; i++)
        host_task_resume(join->host, join->tasks[i], 0);
    join->timer = NULL;
    if (join->is_failed || join->live == 0) end_later(join);
}

void join_forget(struct task *task)
{
    struct join *join = task->join;

    join->tasks[task->branch] = NULL;
    join->live--;
    task->join = NULL;
}

/* Values of co's stack into slots that the table has already: nothing is allocated, so that nothing can raise. */
static void keep(lua_State *co, struct join *join, int first, int count, lua_Integer slot)
{
    int top = lua_gettop(co);

    lua_checkstack(co, 3);
    push_results(co, join);
    for (int i = 0; i < count && first + i <= top; i++) {
        lua_pushvalue(co, first + i);
        lua_rawseti(co, -2, slot + i);
    }
    lua_pop(co, 1);
}

void join_note_end(struct task *task, bool is_good)
{
    struct join *join = task->join;
    unsigned branch = task->branch;
    bool is_first_failure = !is_good && !join->is_failed && !task->is_doomed;

    join_forget(task);
    if (is_good) keep(task->co, join, 1, VALUES, (lua_Integer)branch * VALUES + 1);
    if (is_first_failure) {
        keep(task->co, join, lua_gettop(task->co), 1, (lua_Integer)join->count * VALUES + 1);
        join->is_failed = true;
        for (unsigned i = 0; i < join->count; i++) {
            if (join->tasks[i] != NULL) join->tasks[i]->is_doomed = true;
        }
    }
    if (join->is_failed || join->live == 0) end_later(join);
}

/* Who waits is gone. */
static void cancel(void *arg)
{
    struct join *join = arg;

    if (join->timer != NULL) loop_timer_cancel(join->timer);
    join->timer = NULL;
    drop_all(join);
    finish(join);
}

/* One that was never waited for, since there was no memory to make it whole; at the state's end, any. */
static int collect(lua_State *L)
{
    struct join *join = luaL_checkudata(L, 1, JOIN);

    drop_all(join);
    if (join->wait == NULL) unanchor(L, join);
    return 0;
}

static struct join *push_new(lua_State *L, unsigned count)
{
    struct join *join = lua_newuserdatauv(L, sizeof(*join) + count * sizeof(join->tasks[0]), 1);

    *join = (struct join){.host = host_of(L), .ref = LUA_NOREF};
    if (luaL_newmetatable(L, JOIN)) {
        lua_pushcfunction(L, collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    lua_createtable(L, (int)(count * VALUES) + 1, 0);
    for (unsigned i = 1; i <= count * VALUES + 1; i++) {
        lua_pushboolean(L, 0);
        lua_rawseti(L, -2, i);
    }
    for (unsigned i = 1; i <= count * VALUES; i++) {
        lua_pushnil(L);
        lua_rawseti(L, -2, i);
    }
    lua_setiuservalue(L, -2, 1);
    lua_pushboolean(L, 0);
    join->ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return join;
}

static void add_branch(lua_State *L, struct join *join, unsigned index)
{
    struct task *task;

    lua_rawgeti(L, 1, (lua_Integer)index + 1);
    task = host_task_branch(L);
    task->join = join;
    task->branch = index;
    join->tasks[index] = task;
    join->count = join->live = index + 1;
}

/*
 * loop.join(functions) -> true, results | false, error  (waits until all have ended, or one has raised: the others are
 * cancelled then. results: of function i the first three at 3i - 2)
 */
int l_loop_join(lua_State *L)
{
    lua_Unsigned count;
    struct join *join;

    luaL_checktype(L, 1, LUA_TTABLE);
    count = lua_rawlen(L, 1);
    luaL_argcheck(L, count >= 1 && count <= BRANCHES_MOST, 1, "expected from 1 to 1000 functions");
    for (unsigned i = 1; i <= count; i++) {
        luaL_argcheck(L, lua_rawgeti(L, 1, i) == LUA_TFUNCTION, 1, "expected functions");
        lua_pop(L, 1);
    }
    lua_settop(L, 1);
    wait_check(L);
    join = push_new(L, (unsigned)count);
    for (unsigned i = 0; i < count; i++)
        add_branch(L, join, i);
    join->wait = wait_new(L, cancel, join);
    lua_pushvalue(L, 2);
    lua_rawseti(L, LUA_REGISTRYINDEX, join->ref);
    join->timer = loop_timer_start(host_loop(join->host), 0, on_begin, join);
    return wait_suspend(L, join->wait);
}

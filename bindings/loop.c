/* herald.loop: sleeping, coroutines of the host, and driving the loop from specs. */
#include "runtime/loop.h"

#include "bindings/bindings.h"
#include "bindings/host.h"
#include "bindings/join.h"

struct sleeper {
    struct loop_timer *timer;
    struct wait *wait;
};

static int push_nothing(lua_State *L, void *result)
{
    (void)L;
    (void)result;
    return 0;
}

static void on_wake(void *arg)
{
    struct sleeper *sleeper = arg;
    struct wait *wait = sleeper->wait;

    wait_finish(wait, push_nothing, NULL);
}

static void cancel_sleep(void *arg)
{
    struct sleeper *sleeper = arg;

    loop_timer_cancel(sleeper->timer);
    on_wake(sleeper);
}

/* loop.sleep(ms)  (waits; real time) */
static int l_sleep(lua_State *L)
{
    int64_t delay_ms = luaL_checkinteger(L, 1);
    struct sleeper *sleeper;
    struct wait *wait;

    luaL_argcheck(L, delay_ms >= 0 && delay_ms <= INT64_C(1) << 40, 1, "out of range");
    sleeper = lua_newuserdatauv(L, sizeof(*sleeper), 0);
    wait = wait_new(L, cancel_sleep, sleeper);
    sleeper->wait = wait;
    sleeper->timer = loop_timer_start(host_loop(host_of(L)), delay_ms, on_wake, sleeper);
    return wait_suspend(L, wait);
}

/* loop.spawn(function, ...)  (runs it as a coroutine until it first waits; errors are logged) */
static int l_spawn(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    host_spawn(L, lua_gettop(L) - 1);
    return 0;
}

/* loop.live() -> integer  (coroutines that have not ended) */
static int l_live(lua_State *L)
{
    lua_pushinteger(L, host_live(host_of(L)));
    return 1;
}

/* loop.run_once() -> boolean  (waits for one event; false when nothing is left to wait for) */
static int l_run_once(lua_State *L)
{
    lua_pushboolean(L, loop_run_once(host_loop(host_of(L))));
    return 1;
}

/* loop.poll()  (handles what is ready) */
static int l_poll(lua_State *L)
{
    loop_poll(host_loop(host_of(L)));
    return 0;
}

/* loop.run_until_idle()  (until every spawned coroutine has ended) */
static int l_run_until_idle(lua_State *L)
{
    struct host *host = host_of(L);

    loop_hold(host_loop(host));
    while (host_live(host) > 0)
        loop_run_once(host_loop(host));
    loop_release(host_loop(host));
    return 0;
}

/*
 * A parked coroutine: parking:wait() yields until some other code calls parking:wake(...), whose arguments it returns.
 * Wakes that come before the wait are kept (one). A wait may have a longest time.
 */
#define PARKING "herald.parking"

struct parking {
    struct wait *wait;
    struct loop_timer *timer; /* of a wait that ends by itself, or NULL */
    bool is_woken;
};

static int push_woken(lua_State *L, void *result)
{
    lua_State *from = result;
    int count;

    if (L == NULL || from == NULL) return 0;
    count = lua_gettop(from) - 1;
    lua_checkstack(L, count);
    for (int i = 2; i <= count + 1; i++)
        lua_pushvalue(from, i);
    lua_xmove(from, L, count);
    return count;
}

/* loop.parking() -> Parking  (a place where one coroutine waits until another wakes it) */
static int l_parking(lua_State *L)
{
    struct parking *parking = lua_newuserdatauv(L, sizeof(*parking), 0);

    parking->wait = NULL;
    parking->timer = NULL;
    parking->is_woken = false;
    luaL_setmetatable(L, PARKING);
    return 1;
}

/* The wait, which is over now, and its timer too. */
static struct wait *take_wait(struct parking *parking)
{
    struct wait *wait = parking->wait;

    if (parking->timer != NULL) loop_timer_cancel(parking->timer);
    parking->timer = NULL;
    parking->wait = NULL;
    return wait;
}

static void cancel_parking(void *arg)
{
    wait_finish(take_wait(arg), push_woken, NULL);
}

static void on_parked_long(void *arg)
{
    struct parking *parking = arg;

    parking->timer = NULL;
    wait_finish(take_wait(parking), push_woken, NULL);
}

/* Parking:wait([ms]) -> ...  (what wake was given; nothing when nobody woke it in that time) */
static int l_parking_wait(lua_State *L)
{
    struct parking *parking = luaL_checkudata(L, 1, PARKING);
    int64_t most_ms = luaL_optinteger(L, 2, -1);

    luaL_argcheck(L, most_ms >= -1 && most_ms <= INT64_C(1) << 40, 2, "out of range");
    if (parking->wait != NULL) return luaL_error(L, "someone waits here already");
    if (parking->is_woken) {
        parking->is_woken = false;
        return 0;
    }
    parking->wait = wait_new(L, cancel_parking, parking);
    if (most_ms >= 0) parking->timer = loop_timer_start(host_loop(host_of(L)), most_ms, on_parked_long, parking);
    return wait_suspend(L, parking->wait);
}

/* Parking:wake(...) -> boolean  (true when someone waited; otherwise the next wait returns at once, with nothing) */
static int l_parking_wake(lua_State *L)
{
    struct parking *parking = luaL_checkudata(L, 1, PARKING);
    struct wait *wait = parking->wait;

    if (wait == NULL) {
        parking->is_woken = true;
        lua_pushboolean(L, 0);
        return 1;
    }
    luaL_checkstack(L, lua_gettop(L) + 2, NULL);
    wait_finish(take_wait(parking), push_woken, L);
    lua_pushboolean(L, 1);
    return 1;
}

static const luaL_Reg parking_methods[] = {{"wait", l_parking_wait}, {"wake", l_parking_wake}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"sleep", l_sleep},       {"spawn", l_spawn}, {"live", l_live},
    {"run_once", l_run_once}, {"poll", l_poll},   {"run_until_idle", l_run_until_idle},
    {"parking", l_parking},   {"join", l_loop_join}, {NULL, NULL},
};

int luaopen_herald_loop(lua_State *L);

int luaopen_herald_loop(lua_State *L)
{
    handle_register(L, PARKING, parking_methods, NULL);
    luaL_newlib(L, functions);
    return 1;
}

/* herald.clock: the system's clock, or one that a spec moves. */
#include "runtime/clock.h"

#include "bindings/bindings.h"
#include "bindings/host.h"

#define CLOCK "herald.clock"

struct clock_box {
    struct clock *clock;
    bool is_owned;
};

struct clock *check_clock(lua_State *L, int index)
{
    struct clock_box *box = luaL_checkudata(L, index, CLOCK);

    luaL_argcheck(L, box->clock != NULL, index, "the clock is closed");
    return box->clock;
}

static struct clock_box *new_box(lua_State *L)
{
    struct clock_box *box = lua_newuserdatauv(L, sizeof(*box), 0);

    box->clock = NULL;
    box->is_owned = true;
    luaL_setmetatable(L, CLOCK);
    return box;
}

/* clock.system() -> Clock */
static int l_system(lua_State *L)
{
    new_box(L)->clock = clock_new_system();
    return 1;
}

/* clock.manual(now_ms) -> Clock */
static int l_manual(lua_State *L)
{
    int64_t now_ms = luaL_checkinteger(L, 1);

    new_box(L)->clock = clock_new_manual(now_ms);
    return 1;
}

/* clock.monotonic() -> integer  (milliseconds, for durations) */
static int l_monotonic(lua_State *L)
{
    lua_pushinteger(L, clock_monotonic_ms());
    return 1;
}

/* Clock:now() -> integer  (milliseconds since the Unix epoch) */
static int l_now(lua_State *L)
{
    lua_pushinteger(L, clock_now_ms(check_clock(L, 1)));
    return 1;
}

static int set(lua_State *L, struct clock *clock, int64_t now_ms)
{
    if (clock_set_ms(clock, now_ms) != 0) return luaL_error(L, "only a manual clock can be moved");
    lua_settop(L, 1);
    return 1;
}

/* Clock:set(now_ms) -> Clock  (a manual one) */
static int l_set(lua_State *L)
{
    return set(L, check_clock(L, 1), luaL_checkinteger(L, 2));
}

/* Clock:advance(ms) -> Clock  (a manual one) */
static int l_advance(lua_State *L)
{
    struct clock *clock = check_clock(L, 1);

    return set(L, clock, clock_now_ms(clock) + luaL_checkinteger(L, 2));
}

static int l_close(lua_State *L)
{
    struct clock_box *box = luaL_checkudata(L, 1, CLOCK);

    if (box->is_owned) clock_free(box->clock);
    box->clock = NULL;
    return 0;
}

static const luaL_Reg methods[] = {{"now", l_now}, {"set", l_set}, {"advance", l_advance}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"system", l_system}, {"manual", l_manual}, {"monotonic", l_monotonic}, {NULL, NULL}};

static void push_borrowed(lua_State *L, struct clock *clock)
{
    struct clock_box *box = new_box(L);

    box->is_owned = false;
    box->clock = clock;
}

int luaopen_herald_clock(lua_State *L);

int luaopen_herald_clock(lua_State *L)
{
    handle_register(L, CLOCK, methods, l_close);
    luaL_newlib(L, functions);
    return 1;
}

void bindings_push_clock(lua_State *L, struct clock *clock)
{
    handle_register(L, CLOCK, methods, l_close);
    push_borrowed(L, clock);
}

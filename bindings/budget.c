/*
 * herald.budget: runs a function with bounds that it cannot escape.
 *
 * A count hook looks at the time and the instructions. Once a bound is passed it raises at every instruction, so that
 * a script's own pcall can delay the end by no more than its nesting. Memory is bounded by the state's allocator.
 */
#include "bindings/budget.h"

#include <string.h>

#include "bindings/bindings.h"
#include "bindings/host.h"
#include "runtime/memory.h"

#define HOOK_STEP 1000

enum budget_excess { EXCESS_NONE, EXCESS_INSTRUCTIONS, EXCESS_CPU, EXCESS_MEMORY };

struct budget {
    struct host *host;
    int64_t instructions_left;
    int64_t cpu_left_ns;
    int64_t entered_ns; /* the slice's CPU time when this budget began to count */
    size_t memory_left;
    enum budget_excess excess;
    struct budget *outer;
    lua_Hook outer_hook;
    int outer_mask, outer_count;
};

/* The allocator in front of the state's own one. */
struct meter {
    lua_Alloc allocate;
    void *arg;
    size_t used;
    size_t limit; /* 0: none */
};

static const char METER_KEY;

static struct budget **budget_slot(lua_State *L)
{
    return lua_getextraspace(L);
}

static void *metered_allocate(void *arg, void *block, size_t old_size, size_t new_size)
{
    struct meter *meter = arg;
    size_t held = block != NULL ? old_size : 0;
    void *result;

    if (new_size > held && meter->limit != 0 && meter->used + (new_size - held) > meter->limit) return NULL;
    result = meter->allocate(meter->arg, block, old_size, new_size);
    if (result != NULL || new_size == 0) meter->used = meter->used - held + new_size;
    return result;
}

/* Put in front of the allocator once a state; lives until the state is closed, whose last frees still need it. */
static struct meter *meter_of(lua_State *L)
{
    struct meter *meter;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &METER_KEY);
    meter = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (meter != NULL) return meter;
    meter = lua_newuserdatauv(L, sizeof(*meter), 0);
    meter->allocate = lua_getallocf(L, &meter->arg);
    meter->used = (size_t)lua_gc(L, LUA_GCCOUNT) * 1024;
    meter->limit = 0;
    lua_rawsetp(L, LUA_REGISTRYINDEX, &METER_KEY);
    return meter;
}

static int restore_allocator(lua_State *L)
{
    struct meter *meter = meter_of(L);

    lua_setallocf(L, meter->allocate, meter->arg);
    return 0;
}

static void install_meter(lua_State *L)
{
    struct meter *meter = meter_of(L);

    if (lua_getallocf(L, NULL) == metered_allocate) return;
    /* The guard is made last, so it is collected first: the meter's own memory is freed by the plain allocator. */
    lua_newuserdatauv(L, 1, 0);
    lua_newtable(L);
    lua_pushcfunction(L, restore_allocator);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    luaL_ref(L, LUA_REGISTRYINDEX);
    lua_setallocf(L, metered_allocate, meter);
}

static const char *excess_text(enum budget_excess excess)
{
    switch (excess) {
    case EXCESS_NONE: return "";
    case EXCESS_INSTRUCTIONS: return "the script ran too many instructions";
    case EXCESS_CPU: return "the script used up its CPU time";
    case EXCESS_MEMORY: return "the script used up its memory";
    }
    return "";
}

static void on_count(lua_State *L, lua_Debug *event);

/* Takes instructions away; raises when a bound is passed, or was before. */
static void spend(lua_State *L, struct budget *budget, int64_t instructions)
{
    if (budget->excess == EXCESS_NONE) {
        budget->instructions_left -= instructions;
        if (budget->instructions_left <= 0) budget->excess = EXCESS_INSTRUCTIONS;
        if (host_slice_ns(budget->host) - budget->entered_ns > budget->cpu_left_ns) budget->excess = EXCESS_CPU;
        if (budget->excess == EXCESS_NONE) return;
        lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
    }
    luaL_error(L, "%s", excess_text(budget->excess));
}

static void on_count(lua_State *L, lua_Debug *event)
{
    struct budget *budget = *budget_slot(L);

    (void)event;
    if (budget != NULL) spend(L, budget, HOOK_STEP);
}

/* The budget that L runs under; the slot says so only while our hook is set. */
static struct budget *budget_of(lua_State *L)
{
    return lua_gethook(L) == on_count ? *budget_slot(L) : NULL;
}

int64_t budget_instructions_left(lua_State *L)
{
    struct budget *budget = budget_of(L);

    if (budget == NULL) return INT64_MAX;
    return budget->instructions_left > 0 ? budget->instructions_left : 0;
}

void budget_charge(lua_State *L, int64_t instructions)
{
    struct budget *budget = budget_of(L);

    if (budget == NULL) return;
    if (instructions < HOOK_STEP && budget->excess == EXCESS_NONE) {
        /* Too little to look at the clock for; the hook does. */
        budget->instructions_left -= instructions;
    } else {
        spend(L, budget, instructions);
    }
}

void budget_enter(lua_State *co)
{
    struct budget *budget = *budget_slot(co);
    struct meter *meter;

    if (budget == NULL) return;
    budget->entered_ns = 0;
    if (budget->memory_left == 0) return;
    meter = meter_of(co);
    meter->limit = meter->used + budget->memory_left;
}

void budget_leave(lua_State *co)
{
    struct budget *budget = *budget_slot(co);
    struct meter *meter;

    if (budget == NULL) return;
    budget->cpu_left_ns -= host_slice_ns(budget->host) - budget->entered_ns;
    if (budget->memory_left == 0) return;
    meter = meter_of(co);
    budget->memory_left = meter->limit > meter->used ? meter->limit - meter->used : 1;
    meter->limit = 0;
}

static int finish(lua_State *L, int status, lua_KContext ctx)
{
    struct budget *budget = *budget_slot(L);
    enum budget_excess excess = budget->excess;

    (void)ctx;
    lua_sethook(L, budget->outer_hook, budget->outer_mask, budget->outer_count);
    if (budget->memory_left != 0) meter_of(L)->limit = 0;
    *budget_slot(L) = budget->outer;
    if (status == LUA_OK || status == LUA_YIELD) {
        lua_pushboolean(L, 1);
        lua_replace(L, 2);
        return lua_gettop(L) - 1;
    }
    if (status == LUA_ERRMEM) excess = EXCESS_MEMORY;
    lua_pushboolean(L, 0);
    if (excess == EXCESS_NONE) {
        lua_pushvalue(L, -2);
        lua_pushliteral(L, "script-error");
    } else {
        lua_pushstring(L, excess_text(excess));
        lua_pushliteral(L, "budget-exceeded");
    }
    return 3;
}

/* Makes a text of what was raised: a value that is none and has none of its own is named by its type and place. */
static int describe(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING) return 1;
    if (lua_type(L, 1) == LUA_TNUMBER || luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
        luaL_tolstring(L, 1, NULL);
        return 1;
    }
    luaL_where(L, 2); /* 0 is this function, 1 is error */
    lua_pushfstring(L, "raised an error that is a %s, not a text", luaL_typename(L, 1));
    lua_concat(L, 2);
    return 1;
}

/*
 * budget.run({instructions=, cpu_ms=, memory=}, f, ...) -> true, results... | false, error,
 * "script-error"|"budget-exceeded" Runs f(...) within the bounds (memory in bytes; what is left out is unbounded). f
 * may wait.
 */
static int l_run(lua_State *L)
{
    static const char *const names[] = {"instructions", "cpu_ms", "memory", NULL};
    int64_t instructions, cpu_ms, memory;
    struct budget *budget;
    int status, nargs;

    options_check(L, 1, names);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    instructions = option_integer(L, 1, "instructions", INT64_MAX, 1, INT64_MAX);
    cpu_ms = option_integer(L, 1, "cpu_ms", INT64_C(1) << 40, 1, INT64_C(1) << 40);
    memory = option_integer(L, 1, "memory", 0, 0, INT64_C(1) << 40);
    nargs = lua_gettop(L) - 2;
    if (memory != 0) install_meter(L);
    budget = lua_newuserdatauv(L, sizeof(*budget), 0);
    lua_replace(L, 1);
    lua_pushcfunction(L, describe);
    lua_insert(L, 2);
    budget->host = host_of(L);
    budget->instructions_left = instructions;
    budget->cpu_left_ns = cpu_ms * 1000000;
    budget->entered_ns = host_slice_ns(budget->host);
    budget->memory_left = (size_t)memory;
    budget->excess = EXCESS_NONE;
    budget->outer = *budget_slot(L);
    budget->outer_hook = lua_gethook(L);
    budget->outer_mask = lua_gethookmask(L);
    budget->outer_count = lua_gethookcount(L);
    *budget_slot(L) = budget;
    if (memory != 0) meter_of(L)->limit = meter_of(L)->used + budget->memory_left;
    lua_sethook(L, on_count, LUA_MASKCOUNT, HOOK_STEP);
    status = lua_pcallk(L, nargs, LUA_MULTRET, 2, 0, finish);
    return finish(L, status, 0);
}

static const luaL_Reg functions[] = {{"run", l_run}, {NULL, NULL}};

int luaopen_herald_budget(lua_State *L);

int luaopen_herald_budget(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}

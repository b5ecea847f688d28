/*
 * herald.budget: runs a function with bounds that it cannot escape.
 *
 * A count hook looks at the time and the instructions, and an alarm of the thread's CPU time ends what spends its time
 * inside of C functions. Once a bound is passed the hook raises at every instruction, so that a script's own pcall,
 * whose nesting is bounded, can delay the end only little. Memory is bounded by the state's allocator: what passes the
 * bound, collecting garbage notwithstanding, is still given, and the hook raises at the next instruction, where the
 * line is known; much more than the bound is never given.
 */
#include "bindings/budget.h"

#include <stdbool.h>

#include "bindings/bindings.h"
#include "bindings/script_place.h"
#include "runtime/clock.h"
#include "runtime/cpu_alarm.h"
#include "runtime/memory.h"

#define HOOK_STEP 1000
#define MOST_PROTECTED 100 /* nested calls of pcall: each outlives the end by one instruction */
#define PLACE_SIZE 256
#define LEAST_PASSING ((size_t)16 << 20) /* bytes: what one step of a script makes as a rule */

enum budget_excess { EXCESS_NONE, EXCESS_INSTRUCTIONS, EXCESS_CPU, EXCESS_MEMORY, EXCESS_WALL, EXCESS_STOPPED };

/* Rings when the CPU time of the coroutine is used up whose budget counts now. One a state. */
struct cpu_watch {
    struct cpu_alarm *alarm; /* NULL: the system has none, the hook alone has to do */
    lua_State *volatile running;
    volatile int64_t within_ns; /* it rings at most so much CPU time from now; 0: it does not */
};

/* What the budget that counts now may hold. */
struct meter_bound {
    size_t limit;     /* 0: none */
    size_t hard;      /* never given */
    lua_State *owner; /* whose budget it is */
};

struct budget {
    struct cpu_watch *watch;
    int64_t instructions_left;
    int64_t cpu_left_ns;
    int64_t started_ns;           /* this slice; monotonic */
    volatile int64_t deadline_ns; /* the thread's CPU time that it may reach in this slice; 0: nobody has asked yet */
    int64_t wall_end_ms;          /* monotonic */
    size_t memory, memory_left;   /* memory: the bound; 0: none */
    struct meter_bound interrupted_bound; /* the meter's, of the budget inside of which this one began to count */
    lua_State *interrupted;               /* whose that budget is */
    char place[PLACE_SIZE];               /* of the script where a bound was passed; empty: not known */
    volatile enum budget_excess excess;   /* also set by the alarm */
    int protected_depth;
    struct budget *outer;
    lua_Hook outer_hook;
    int outer_mask, outer_count;
};

/* The allocator in front of the state's own one. */
struct meter {
    lua_Alloc allocate;
    void *arg;
    size_t used;
    struct meter_bound bound;
    void *refused; /* the block, and its new size, that was asked for last and not given ... */
    size_t refused_size;
    bool is_refused; /* ... if there is one: Lua asks again after it has collected all garbage */
};

static const char METER_KEY, WATCH_KEY, TRACE_KEY;

static struct budget **budget_slot(lua_State *L)
{
    return lua_getextraspace(L);
}

static void exceed(lua_State *L, struct budget *budget, enum budget_excess excess);

/* Whether more bytes are given beyond the limit. */
static bool may_pass(struct meter *meter, void *block, size_t new_size, size_t more)
{
    struct budget *budget = *budget_slot(meter->bound.owner);

    if (meter->used + more > meter->bound.hard) return false;
    if (budget->excess != EXCESS_NONE) return true; /* it ends anyway */
    if (!meter->is_refused || meter->refused != block || meter->refused_size != new_size) {
        meter->is_refused = true;
        meter->refused = block;
        meter->refused_size = new_size;
        return false;
    }
    exceed(meter->bound.owner, budget, EXCESS_MEMORY);
    return true;
}

static void *metered_allocate(void *arg, void *block, size_t old_size, size_t new_size)
{
    struct meter *meter = arg;
    size_t held = block != NULL ? old_size : 0;
    void *result;

    if (new_size > held && meter->bound.limit != 0 && meter->used + (new_size - held) > meter->bound.limit) {
        if (!may_pass(meter, block, new_size, new_size - held)) return NULL;
    }
    if (new_size > held) meter->is_refused = false;
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
    meter->bound = (struct meter_bound){0, 0, NULL};
    meter->is_refused = false;
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
    case EXCESS_WALL: return "the script took too long";
    case EXCESS_STOPPED: return "the script was stopped";
    }
    return "";
}

static const char *excess_name(enum budget_excess excess)
{
    switch (excess) {
    case EXCESS_NONE: return "";
    case EXCESS_INSTRUCTIONS: return "instructions";
    case EXCESS_CPU: return "cpu";
    case EXCESS_MEMORY: return "memory";
    case EXCESS_WALL: return "wall";
    case EXCESS_STOPPED: return "stopped";
    }
    return "";
}

static void on_count(lua_State *L, lua_Debug *event);
static int l_run(lua_State *L);

/* From here on each instruction raises. */
static void exceed(lua_State *L, struct budget *budget, enum budget_excess excess)
{
    budget->excess = excess;
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
}

/*
 * Whether the slice has used up its CPU time. Asking the kernel costs more than most scripts do, so that the deadline
 * of a slice counts from the first time that somebody asks: the hook, or an alarm.
 */
static bool is_over(struct budget *budget)
{
    int64_t now_ns = cpu_alarm_now_ns();

    if (budget->deadline_ns == 0) budget->deadline_ns = now_ns + budget->cpu_left_ns;
    return now_ns >= budget->deadline_ns;
}

/*
 * In a signal handler: lua_sethook is safe there. The alarm may be one that was set for an earlier budget; then it is
 * set for the one that runs now, so that starting and ending a budget seldom costs a system call.
 */
static void on_alarm(void *arg)
{
    struct cpu_watch *watch = arg;
    lua_State *L = watch->running;
    struct budget *budget = L != NULL ? *budget_slot(L) : NULL;

    if (budget != NULL && is_over(budget)) {
        if (lua_gethook(L) == on_count) exceed(L, budget, budget->excess != EXCESS_NONE ? budget->excess : EXCESS_CPU);
        return; /* and rings again soon */
    }
    watch->within_ns = budget != NULL ? budget->cpu_left_ns : 0;
    cpu_alarm_set(watch->alarm, budget != NULL ? budget->deadline_ns : 0);
}

/* Takes instructions away; raises when a bound is passed, or was before. */
static void spend(lua_State *L, struct budget *budget, int64_t instructions)
{
    if (budget->excess == EXCESS_NONE) {
        budget->instructions_left -= instructions;
        if (budget->instructions_left <= 0) exceed(L, budget, EXCESS_INSTRUCTIONS);
        if (is_over(budget)) exceed(L, budget, EXCESS_CPU);
        if (budget->excess == EXCESS_NONE) return;
    }
    if (budget->place[0] == '\0') script_place(L, l_run, budget->place, sizeof(budget->place));
    luaL_error(L, "%s", excess_text(budget->excess));
}

/* Counts the line where its file's table, which budget.trace was given, has it: so nothing is allocated here. */
static void trace_line(lua_State *L, lua_Debug *event)
{
    int top = lua_gettop(L);

    lua_getinfo(L, "S", event);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &TRACE_KEY) == LUA_TTABLE && event->source[0] == '@') {
        lua_pushstring(L, event->source + 1);
        if (lua_rawget(L, -2) == LUA_TTABLE && lua_rawgeti(L, -1, event->currentline) == LUA_TNUMBER) {
            lua_pushinteger(L, lua_tointeger(L, -1) + 1);
            lua_rawseti(L, -3, event->currentline);
        }
    }
    lua_settop(L, top);
}

/* What the hook of a budget listens for: the count, and the lines where they are traced. */
static int hook_mask(lua_State *L)
{
    bool is_traced = lua_rawgetp(L, LUA_REGISTRYINDEX, &TRACE_KEY) == LUA_TTABLE;

    lua_pop(L, 1);
    return is_traced ? LUA_MASKCOUNT | LUA_MASKLINE : LUA_MASKCOUNT;
}

static void on_count(lua_State *L, lua_Debug *event)
{
    struct budget *budget = *budget_slot(L);

    if (event->event == LUA_HOOKLINE) {
        trace_line(L, event);
        return;
    }
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

static int close_watch(lua_State *L)
{
    struct cpu_watch *watch = lua_touserdata(L, 1);

    cpu_alarm_close(watch->alarm);
    watch->alarm = NULL;
    return 0;
}

static struct cpu_watch *watch_of(lua_State *L)
{
    struct cpu_watch *watch;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &WATCH_KEY);
    watch = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (watch != NULL) return watch;
    watch = lua_newuserdatauv(L, sizeof(*watch), 0);
    watch->alarm = NULL;
    watch->running = NULL;
    watch->within_ns = 0;
    lua_newtable(L);
    lua_pushcfunction(L, close_watch);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    cpu_alarm_open(on_alarm, watch, &watch->alarm);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &WATCH_KEY);
    return watch;
}

/* What rings early is put off then. */
static void set_alarm(struct cpu_watch *watch, lua_State *L)
{
    int64_t left_ns = L != NULL ? (*budget_slot(L))->cpu_left_ns : 0;

    watch->running = L;
    if (L == NULL || watch->alarm == NULL || (watch->within_ns != 0 && watch->within_ns <= left_ns)) return;
    watch->within_ns = left_ns;
    cpu_alarm_set(watch->alarm, cpu_alarm_now_ns() + left_ns);
}

/* From here to stop_counting the budget is spent; another one that counts is suspended meanwhile. */
static void start_counting(lua_State *L, struct budget *budget)
{
    struct meter *meter;

    budget->started_ns = clock_monotonic_ns();
    budget->deadline_ns = 0;
    budget->interrupted = budget->watch->running;
    set_alarm(budget->watch, L);
    if (budget->memory_left == 0) return;
    meter = meter_of(L);
    budget->interrupted_bound = meter->bound;
    meter->bound.limit = meter->used + budget->memory_left;
    meter->bound.hard = meter->bound.limit + (budget->memory > LEAST_PASSING ? budget->memory : LEAST_PASSING);
    meter->bound.owner = L;
}

/* A slice whose CPU time nobody asked for was short; what it took of the day is close enough. */
static int64_t used_ns(const struct budget *budget)
{
    if (budget->deadline_ns == 0) return clock_monotonic_ns() - budget->started_ns;
    return cpu_alarm_now_ns() - (budget->deadline_ns - budget->cpu_left_ns);
}

static void stop_counting(lua_State *L, struct budget *budget)
{
    struct meter *meter;

    set_alarm(budget->watch, budget->interrupted);
    if (budget->memory_left == 0) return;
    meter = meter_of(L);
    budget->memory_left = meter->bound.limit > meter->used ? meter->bound.limit - meter->used : 1;
    meter->bound = budget->interrupted_bound;
}

/* It counts on with what is left, later. */
static void pause_counting(lua_State *L, struct budget *budget)
{
    budget->cpu_left_ns -= used_ns(budget);
    if (budget->cpu_left_ns < 1) budget->cpu_left_ns = 1;
    stop_counting(L, budget);
}

void budget_enter(lua_State *co)
{
    struct budget *budget = *budget_slot(co);

    if (budget == NULL) return;
    start_counting(co, budget);
    if (budget->excess == EXCESS_NONE && clock_monotonic_ms() > budget->wall_end_ms) exceed(co, budget, EXCESS_WALL);
}

void budget_leave(lua_State *co)
{
    struct budget *budget = *budget_slot(co);

    if (budget != NULL) pause_counting(co, budget);
}

static int finish(lua_State *L, int status, lua_KContext ctx)
{
    struct budget *budget = *budget_slot(L);
    enum budget_excess excess = budget->excess;

    (void)ctx;
    stop_counting(L, budget);
    lua_sethook(L, budget->outer_hook, budget->outer_mask, budget->outer_count);
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
        return 3;
    }
    if (budget->place[0] != '\0') {
        lua_pushfstring(L, "%s: %s", budget->place, excess_text(excess));
    } else {
        lua_pushstring(L, excess_text(excess));
    }
    lua_pushliteral(L, "budget-exceeded");
    lua_pushstring(L, excess_name(excess));
    return 4;
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
 * budget.run({instructions=, cpu_ms=, memory=, wall_ms=}, f, ...) -> true, results... | false, error, "script-error" |
 * false, error, "budget-exceeded", "instructions"|"cpu"|"memory"|"wall"|"stopped". Runs f(...) within
 * the bounds (memory in bytes; what is left out is unbounded). f may wait; only wall_ms counts that time, and it is
 * looked at when a wait ends. The error of an exceeded bound begins with the script's file and line, where they are
 * known.
 */
static int l_run(lua_State *L)
{
    static const char *const names[] = {"instructions", "cpu_ms", "memory", "wall_ms", NULL};
    int64_t instructions, cpu_ms, memory, wall_ms;
    struct budget *budget;
    int status, nargs;

    options_check(L, 1, names);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    instructions = option_integer(L, 1, "instructions", INT64_MAX, 1, INT64_MAX);
    cpu_ms = option_integer(L, 1, "cpu_ms", INT64_C(1) << 40, 1, INT64_C(1) << 40);
    memory = option_integer(L, 1, "memory", 0, 0, INT64_C(1) << 40);
    wall_ms = option_integer(L, 1, "wall_ms", INT64_C(1) << 40, 1, INT64_C(1) << 40);
    nargs = lua_gettop(L) - 2;
    if (memory != 0) install_meter(L);
    budget = lua_newuserdatauv(L, sizeof(*budget), 0);
    lua_replace(L, 1);
    lua_pushcfunction(L, describe);
    lua_insert(L, 2);
    budget->watch = watch_of(L);
    budget->instructions_left = instructions;
    budget->cpu_left_ns = cpu_ms * 1000000;
    budget->wall_end_ms = clock_monotonic_ms() + wall_ms;
    budget->protected_depth = 0;
    budget->memory = budget->memory_left = (size_t)memory;
    budget->place[0] = '\0';
    budget->excess = EXCESS_NONE;
    budget->outer = *budget_slot(L);
    budget->outer_hook = lua_gethook(L);
    budget->outer_mask = lua_gethookmask(L);
    budget->outer_count = lua_gethookcount(L);
    *budget_slot(L) = budget;
    lua_sethook(L, on_count, hook_mask(L), HOOK_STEP);
    start_counting(L, budget);
    status = lua_pcallk(L, nargs, LUA_MULTRET, 2, 0, finish);
    return finish(L, status, 0);
}

static int finish_protected(lua_State *L, int status, lua_KContext is_counted)
{
    struct budget *budget = is_counted ? *budget_slot(L) : NULL;

    if (budget != NULL) budget->protected_depth--;
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L);
    if (status == LUA_ERRMEM && budget != NULL && budget->memory != 0) {
        exceed(L, budget, EXCESS_MEMORY);
        spend(L, budget, 0);
    }
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
}

/* budget.pcall(f, ...) -> as Lua's own; inside of a budget, raises when too many are nested */
static int l_pcall(lua_State *L)
{
    struct budget *budget = budget_of(L);
    int status;

    luaL_checkany(L, 1);
    if (budget != NULL && budget->protected_depth >= MOST_PROTECTED) return luaL_error(L, "pcall: nested too deeply");
    if (budget != NULL) budget->protected_depth++;
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, budget != NULL, finish_protected);
    return finish_protected(L, status, budget != NULL);
}

/*
 * budget.trace(lines)  (nil ends it). From now on each line that runs inside of a budget is counted where
 * lines[file][line] is a number; the file is named as its chunk is, without "@". For coverage: production never calls
 * it.
 */
static int l_trace(lua_State *L)
{
    luaL_argexpected(L, lua_isnoneornil(L, 1) || lua_istable(L, 1), 1, "table or nil");
    lua_settop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &TRACE_KEY);
    return 0;
}

static int finish_outside(lua_State *L, int status, lua_KContext ctx)
{
    struct budget *budget = (struct budget *)ctx;

    if (budget != NULL) {
        *budget_slot(L) = budget;
        lua_sethook(L, on_count, hook_mask(L), budget->excess == EXCESS_NONE ? HOOK_STEP : 1);
        start_counting(L, budget);
    }
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L);
    return lua_error(L);
}

/* budget.outside(f, ...) -> results...  Runs f as the engine's own: the budget that it is called in neither counts nor
 * ends it */
static int l_outside(lua_State *L)
{
    struct budget *budget = budget_of(L);
    int status;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (budget != NULL) {
        pause_counting(L, budget);
        lua_sethook(L, NULL, 0, 0);
        *budget_slot(L) = NULL;
    }
    status = lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, (lua_KContext)budget, finish_outside);
    return finish_outside(L, status, (lua_KContext)budget);
}

/* budget.stop(): ends the run, whatever the script catches; does nothing outside of one */
static int l_stop(lua_State *L)
{
    struct budget *budget = budget_of(L);

    if (budget == NULL) return 0;
    if (budget->excess == EXCESS_NONE) exceed(L, budget, EXCESS_STOPPED);
    spend(L, budget, 0);
    return 0;
}

/* budget.place() -> string | nil: where the project's script is that runs, such as campaigns/x.lua:14 */
static int l_place(lua_State *L)
{
    char place[PLACE_SIZE];

    script_place(L, l_run, place, sizeof(place));
    if (place[0] == '\0') return 0;
    lua_pushstring(L, place);
    return 1;
}

static const luaL_Reg functions[] = {
    {"run", l_run},     {"pcall", l_pcall}, {"outside", l_outside}, {"stop", l_stop},
    {"place", l_place}, {"trace", l_trace}, {NULL, NULL},
};

int luaopen_herald_budget(lua_State *L);

int luaopen_herald_budget(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}

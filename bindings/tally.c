/* herald.tally: numbers that scripts count, shared by the states of a daemon. */
#include "runtime/tally.h"

#include "bindings/bindings.h"
#include "bindings/tally.h"
#include "bindings/scratch.h"
#include "runtime/buffer.h"

#define TALLY "herald.tally"

struct tally_box {
    struct tally *tally;
    bool is_owned;
};

static struct tally_box *new_box(lua_State *L)
{
    struct tally_box *box = lua_newuserdatauv(L, sizeof(*box), 0);

    *box = (struct tally_box){NULL, true};
    luaL_setmetatable(L, TALLY);
    return box;
}

static struct tally *check_tally(lua_State *L)
{
    struct tally_box *box = luaL_checkudata(L, 1, TALLY);

    luaL_argcheck(L, box->tally != NULL, 1, "the tally is closed");
    return box->tally;
}

/* tally.new() -> Tally */
static int l_new(lua_State *L)
{
    new_box(L)->tally = tally_new();
    return 1;
}

static int note(lua_State *L, enum tally_kind kind)
{
    struct tally *tally = check_tally(L);
    const char *name = luaL_checkstring(L, 2), *labels = luaL_checkstring(L, 3);
    double value = luaL_checknumber(L, 4);

    switch (tally_note(tally, kind, name, labels, value, lua_toboolean(L, 5))) {
    case TALLY_DONE: lua_pushboolean(L, 1); return 1;
    case TALLY_OTHER_KIND: return push_failure(L, "conflict", "%s is of the other kind", name);
    case TALLY_TOO_MANY: return push_failure(L, "too-many-names", "there are %d names already", TALLY_NAMES_MOST);
    case TALLY_MANY_SERIES: break;
    }
    return push_failure(L, "too-many-series", "%s has %d series already", name, TALLY_SERIES_MOST);
}

/* Tally:add(name, labels, value[, forced]) -> true | nil, message, code  (a counter) */
static int l_add(lua_State *L)
{
    return note(L, TALLY_COUNTER);
}

/* Tally:set(name, labels, value[, forced]) -> true | nil, message, code  (a gauge) */
static int l_set(lua_State *L)
{
    return note(L, TALLY_GAUGE);
}

static void write_series(void *arg, enum tally_kind kind, const char *name, const char *labels, double value)
{
    buffer_add_format(arg, "%s %s %.17g %s\n", kind == TALLY_COUNTER ? "counter" : "gauge", name, value, labels);
}

/* Tally:list() -> string  (lines "counter|gauge NAME VALUE LABELS", a name's together) */
static int l_list(lua_State *L)
{
    struct tally *tally = check_tally(L);
    struct buffer *out = scratch_push_new(L);

    tally_each(tally, write_series, out);
    return scratch_push_string(L, out);
}

static int l_close(lua_State *L)
{
    struct tally_box *box = luaL_checkudata(L, 1, TALLY);

    if (box->is_owned) tally_free(box->tally);
    box->tally = NULL;
    return 0;
}

static const luaL_Reg methods[] = {{"add", l_add}, {"set", l_set}, {"list", l_list}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"new", l_new}, {NULL, NULL}};

int luaopen_herald_tally(lua_State *L);

int luaopen_herald_tally(lua_State *L)
{
    handle_register(L, TALLY, methods, l_close);
    luaL_newlib(L, functions);
    return 1;
}

void bindings_push_tally(lua_State *L, struct tally *tally)
{
    struct tally_box *box;

    handle_register(L, TALLY, methods, l_close);
    box = new_box(L);
    box->is_owned = false;
    box->tally = tally;
}

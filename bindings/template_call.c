/* Calls from a template into Lua. Each runs protected, so that no Lua error jumps over the compiler or the renderer. */
#include "bindings/template_call.h"

#include <stdio.h>
#include <string.h>

#include "bindings/bindings.h"
#include "runtime/status.h"
#include "runtime/utf8.h"

#define SLOTS 8

struct fragment_call {
    struct template_lua *lua;
    const char *id;
    size_t id_len;
    const char *text; /* NULL: there is none */
    size_t len;
};

struct helper_call {
    struct template_lua *lua;
    const char *name;
    size_t len;
    const struct template_argument *arguments;
    size_t count;
    struct template_argument *out;
    bool is_there;
};

/* Runs function(call), with the callbacks' tables at their indexes below; false with the error on the stack. */
static bool run(struct template_lua *lua, lua_CFunction function, void *call, int first, int second)
{
    lua_State *L = lua->L;

    if (!lua_checkstack(L, SLOTS)) return false;
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, call);
    lua_pushvalue(L, first);
    lua_pushvalue(L, second);
    return lua_pcall(L, 3, 0, 0) == LUA_OK;
}

/* (call, fragments, kept): what fragments gives is kept as kept["text:ID"] and kept["name:ID"] */
static int l_fragment(lua_State *L)
{
    struct fragment_call *call = lua_touserdata(L, 1);

    lua_pushlstring(L, call->id, call->id_len);
    if (lua_isfunction(L, 2)) {
        lua_pushvalue(L, 2);
        lua_pushvalue(L, 4);
        lua_call(L, 1, 2);
    } else {
        lua_pushvalue(L, 4);
        lua_gettable(L, 2);
        lua_pushnil(L);
    }
    if (lua_isnil(L, 5)) return 0;
    if (lua_type(L, 5) != LUA_TSTRING)
        return luaL_error(L, "fragments: expected a string for '%s', got %s", lua_tostring(L, 4), luaL_typename(L, 5));
    call->text = lua_tolstring(L, 5, &call->len);
    lua_pushfstring(L, "text:%s", lua_tostring(L, 4));
    lua_pushvalue(L, 5);
    lua_rawset(L, 3);
    lua_pushfstring(L, "name:%s", lua_tostring(L, 4));
    lua_pushvalue(L, lua_type(L, 6) == LUA_TSTRING ? 6 : 4);
    lua_rawset(L, 3);
    return 0;
}

bool template_lua_fragment(void *arg, const char *id, size_t id_len, const char **out_text, size_t *out_len)
{
    struct template_lua *lua = arg;
    struct fragment_call call = {.lua = lua, .id = id, .id_len = id_len};

    if (lua_isnil(lua->L, lua->fragments) || lua->has_failed) return false;
    if (!run(lua, l_fragment, &call, lua->fragments, lua->kept)) {
        lua->has_failed = true;
        lua_rawseti(lua->L, lua->kept, 1);
        return false;
    }
    *out_text = call.text;
    *out_len = call.len;
    return call.text != NULL;
}

/* (call, kept, nil) */
static int l_fragment_name(lua_State *L)
{
    struct fragment_call *call = lua_touserdata(L, 1);

    lua_pushlstring(L, call->id, call->id_len);
    lua_pushfstring(L, "name:%s", lua_tostring(L, -1));
    lua_rawget(L, 2);
    call->text = lua_tostring(L, -1);
    return 0;
}

const char *template_lua_fragment_name(void *arg, const char *id, size_t id_len)
{
    struct template_lua *lua = arg;
    struct fragment_call call = {.lua = lua, .id = id, .id_len = id_len};

    if (!run(lua, l_fragment_name, &call, lua->kept, lua->kept)) {
        lua_pop(lua->L, 1);
        return NULL;
    }
    return call.text;
}

static int l_has_helper(lua_State *L)
{
    struct helper_call *call = lua_touserdata(L, 1);

    lua_pushlstring(L, call->name, call->len);
    lua_rawget(L, 2);
    call->is_there = lua_isfunction(L, -1);
    return 0;
}

bool template_lua_has_helper(void *arg, const char *name, size_t len)
{
    struct template_lua *lua = arg;
    struct helper_call call = {.lua = lua, .name = name, .len = len};

    if (lua_isnil(lua->L, lua->helpers)) return false;
    if (!run(lua, l_has_helper, &call, lua->helpers, lua->kept)) lua_pop(lua->L, 1);
    return call.is_there;
}

/* Takes null out of the table on top and those in it; an array that had one says its length as n, since it has holes. */
static void drop_nulls(lua_State *L)
{
    lua_Integer len = (lua_Integer)lua_rawlen(L, -1); /* of a map 0: its keys are strings */
    bool has_holes = false;

    luaL_checkstack(L, 6, "the value is nested too deeply");
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        if (lua_istable(L, -1)) {
            drop_nulls(L);
        } else if (lua_islightuserdata(L, -1)) {
            lua_pushvalue(L, -2);
            lua_pushnil(L);
            lua_rawset(L, -5);
            has_holes = len > 0;
        }
        lua_pop(L, 1);
    }
    if (!has_holes) return;
    lua_pushinteger(L, len);
    lua_setfield(L, -2, "n");
}

/* An array or map as the Lua value that herald.payload makes of it, with nil for null. */
static void push_json(lua_State *L, const struct template_argument *argument)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, "herald.payload");
    lua_getfield(L, -1, "parse");
    lua_pushlstring(L, argument->text, argument->len);
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "value");
    lua_insert(L, -2);
    lua_pushinteger(L, 1);
    lua_call(L, 2, 1);
    drop_nulls(L);
    lua_replace(L, -3);
    lua_pop(L, 1);
}

static void push_argument(lua_State *L, const struct template_argument *argument)
{
    switch (argument->kind) {
    case ARGUMENT_NIL: lua_pushnil(L); return;
    case ARGUMENT_BOOLEAN: lua_pushboolean(L, argument->boolean); return;
    case ARGUMENT_INTEGER: lua_pushinteger(L, argument->integer); return;
    case ARGUMENT_DECIMAL: lua_pushnumber(L, argument->decimal); return;
    case ARGUMENT_STRING: lua_pushlstring(L, argument->text, argument->len); return;
    case ARGUMENT_JSON: push_json(L, argument); return;
    }
}

static void read_result(lua_State *L, struct template_argument *out)
{
    int is_integer;

    if (lua_isnil(L, -1) || (lua_islightuserdata(L, -1) && lua_touserdata(L, -1) == NULL)) return;
    if (lua_isboolean(L, -1)) {
        out->kind = ARGUMENT_BOOLEAN;
        out->boolean = lua_toboolean(L, -1);
    } else if (lua_type(L, -1) == LUA_TNUMBER) {
        out->integer = lua_tointegerx(L, -1, &is_integer);
        out->decimal = lua_tonumber(L, -1);
        out->kind = is_integer ? ARGUMENT_INTEGER : ARGUMENT_DECIMAL;
        if (out->decimal != out->decimal || out->decimal - out->decimal != 0)
            luaL_error(L, "gave a number that is not finite");
    } else if (lua_type(L, -1) == LUA_TSTRING) {
        out->kind = ARGUMENT_STRING;
        out->text = lua_tolstring(L, -1, &out->len);
        if (!utf8_is_valid(out->text, out->len)) luaL_error(L, "gave a text that is not valid UTF-8");
    } else {
        luaL_error(L, "gave a %s; it may give a string, a number, a boolean or nil", luaL_typename(L, -1));
    }
}

/* (call, helpers, kept): the values, and behind them one table of all key=value */
static int l_call_helper(lua_State *L)
{
    struct helper_call *call = lua_touserdata(L, 1);
    int top;

    lua_pushlstring(L, call->name, call->len);
    lua_rawget(L, 2);
    luaL_checkstack(L, (int)call->count + 8, "too many arguments");
    top = lua_gettop(L);
    for (size_t i = 0; i < call->count; i++) {
        const struct template_argument *argument = &call->arguments[i];

        if (argument->name == NULL) {
            push_argument(L, argument);
            continue;
        }
        if (i == 0 || call->arguments[i - 1].name == NULL) lua_newtable(L);
        lua_pushlstring(L, argument->name, argument->name_len);
        push_argument(L, argument);
        lua_rawset(L, -3);
    }
    if (call->count == 0 || call->arguments[call->count - 1].name == NULL) lua_newtable(L);
    lua_call(L, lua_gettop(L) - top, 1);
    read_result(L, call->out);
    lua_rawseti(L, 3, 2); /* the text lives until the next call */
    return 0;
}

int template_lua_call_helper(void *arg, const char *name, size_t len, const struct template_argument *arguments,
                             size_t count, struct template_argument *out, char *message, size_t message_size)
{
    struct template_lua *lua = arg;
    struct helper_call call = {
        .lua = lua, .name = name, .len = len, .arguments = arguments, .count = count, .out = out};
    const char *failure;

    if (run(lua, l_call_helper, &call, lua->helpers, lua->kept)) return STATUS_OK;
    failure = lua_tostring(lua->L, -1);
    if (failure == NULL) {
        snprintf(message, message_size, "raised an error that is a %s, not a text", luaL_typename(lua->L, -1));
    } else if (strstr(failure, "attempt to yield") != NULL) {
        snprintf(message, message_size, "a helper cannot wait, and this one tried to yield");
    } else {
        snprintf(message, message_size, "%s", failure);
    }
    lua_pop(lua->L, 1);
    return STATUS_INVALID;
}

struct log_call {
    const char *text;
    size_t len;
};

static int l_log(lua_State *L)
{
    const struct log_call *call = lua_touserdata(L, 1);

    lua_pushvalue(L, 2);
    lua_pushlstring(L, call->text != NULL ? call->text : "", call->len);
    lua_call(L, 1, 0);
    return 0;
}

void template_lua_log(void *arg, const char *text, size_t len)
{
    struct template_lua *lua = arg;
    struct log_call call = {text, len};

    if (lua_isnil(lua->L, lua->log)) return;
    if (!run(lua, l_log, &call, lua->log, lua->log)) lua_pop(lua->L, 1);
}

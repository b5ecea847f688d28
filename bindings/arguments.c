/* Argument and handle helpers that every binding uses. */
#include <stdarg.h>
#include <string.h>

#include "bindings/bindings.h"

int push_failure(lua_State *L, const char *code, const char *format, ...)
{
    va_list arguments;

    lua_pushnil(L);
    va_start(arguments, format);
    lua_pushvfstring(L, format, arguments);
    va_end(arguments);
    lua_pushstring(L, code);
    return 3;
}

static int option_error(lua_State *L, const char *name, const char *expected)
{
    return luaL_error(L, "option '%s': expected %s, got %s", name, expected, luaL_typename(L, -1));
}

const char *option_string(lua_State *L, int index, const char *name, const char *fallback)
{
    const char *value = fallback;

    lua_getfield(L, index, name);
    if (lua_type(L, -1) == LUA_TSTRING) {
        value = lua_tostring(L, -1);
    } else if (!lua_isnil(L, -1)) {
        option_error(L, name, "a string");
    }
    lua_pop(L, 1);
    return value;
}

int64_t option_integer(lua_State *L, int index, const char *name, int64_t fallback, int64_t least, int64_t most)
{
    int64_t value = fallback;
    int is_integer = 1;

    lua_getfield(L, index, name);
    if (!lua_isnil(L, -1)) {
        value = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &is_integer) : (is_integer = 0);
        if (!is_integer) option_error(L, name, "an integer");
        if (value < least || value > most) {
            luaL_error(L, "option '%s': %I is not between %I and %I", name, (LUAI_UACINT)value, (LUAI_UACINT)least,
                       (LUAI_UACINT)most);
        }
    }
    lua_pop(L, 1);
    return value;
}

bool option_boolean(lua_State *L, int index, const char *name, bool fallback)
{
    bool value = fallback;

    lua_getfield(L, index, name);
    if (lua_isboolean(L, -1)) {
        value = lua_toboolean(L, -1);
    } else if (!lua_isnil(L, -1)) {
        option_error(L, name, "a boolean");
    }
    lua_pop(L, 1);
    return value;
}

static bool is_known(const char *name, const char *const names[])
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(name, names[i]) == 0) return true;
    }
    return false;
}

void options_check(lua_State *L, int index, const char *const names[])
{
    index = lua_absindex(L, index);
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "options: expected names as keys, got a %s", luaL_typename(L, -2));
        if (!is_known(lua_tostring(L, -2), names)) luaL_error(L, "unknown option '%s'", lua_tostring(L, -2));
        lua_pop(L, 1);
    }
}

void handle_register(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction close)
{
    if (luaL_newmetatable(L, name)) {
        lua_newtable(L);
        luaL_setfuncs(L, methods, 0);
        if (close != NULL) {
            lua_pushcfunction(L, close);
            lua_setfield(L, -2, "close");
            lua_pushcfunction(L, close);
            lua_setfield(L, -3, "__gc");
            lua_pushcfunction(L, close);
            lua_setfield(L, -3, "__close");
        }
        lua_setfield(L, -2, "__index");
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
    }
    lua_pop(L, 1);
}

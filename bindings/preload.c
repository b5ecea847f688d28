#include "bindings/preload.h"

#include <lauxlib.h>
#include <lualib.h>

#define BINDINGS(X)                                                                                         \
    X(budget)                                                                                               \
    X(clock) X(crypto) X(daemon) X(files) X(log) X(loop) X(mime) X(pattern) X(payload) X(store) X(template) \
        X(transfer) X(window)

#define DECLARE(name) int luaopen_herald_##name(lua_State *L);
BINDINGS(DECLARE)

#define ENTRY(name) {"herald." #name, luaopen_herald_##name},
static const luaL_Reg modules[] = {BINDINGS(ENTRY){NULL, NULL}};

lua_State *bindings_new_state(const char *share)
{
    lua_State *L = luaL_newstate();

    if (L == NULL) return NULL;
    luaL_openlibs(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    luaL_setfuncs(L, modules, 0);
    lua_pop(L, 1);
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "path");
    lua_pushfstring(L, "%s/scripts/?.lua;%s/?.lua;%s", share, share, lua_tostring(L, -1));
    lua_setfield(L, -3, "path");
    lua_pop(L, 2);
    return L;
}

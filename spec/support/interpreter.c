/*
 * Runs a Lua script as lua5.4 does: interpreter SCRIPT [ARGUMENTS]. For sanitized builds, whose modules the stock
 * interpreter loads only with the sanitizer preloaded, which then reaches every program that a spec starts.
 * With HERALD_GC=stress in the environment the collector never rests: what C forgot to anchor is found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

static int traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

int main(int argc, char **argv)
{
    lua_State *L = luaL_newstate();
    int status;

    if (L == NULL || argc < 2) {
        fprintf(stderr, "usage: %s SCRIPT [ARGUMENTS]\n", argv[0]);
        return 2;
    }
    luaL_openlibs(L);
    if (getenv("HERALD_GC") != NULL && strcmp(getenv("HERALD_GC"), "stress") == 0) lua_gc(L, LUA_GCINC, 1, 1000, 2);
    lua_createtable(L, argc, 2);
    for (int i = 0; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i - 1);
    }
    lua_setglobal(L, "arg");
    lua_pushcfunction(L, traceback);
    status = luaL_loadfile(L, argv[1]);
    for (int i = 2; i < argc && status == LUA_OK; i++) lua_pushstring(L, argv[i]);
    if (status == LUA_OK) status = lua_pcall(L, argc - 2, 0, 1);
    if (status != LUA_OK) fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return status == LUA_OK ? 0 : 1;
}

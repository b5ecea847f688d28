#include "bindings/preload.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>

#include "runtime/pool.h"

#define BINDINGS(X) \
    X(budget)       \
    X(clock)        \
    X(crypto)       \
    X(daemon)       \
    X(files)        \
    X(log) X(loop) X(mime) X(pattern) X(payload) X(process) X(store) X(template) X(transfer) X(trigger_body) X(window)

#define DECLARE(name) int luaopen_herald_##name(lua_State *L);
BINDINGS(DECLARE)

#define ENTRY(name) {"herald." #name, luaopen_herald_##name},
static const luaL_Reg modules[] = {BINDINGS(ENTRY){NULL, NULL}};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WITH_POOL 0 /* the sanitizers are to see every block */
#else
#define WITH_POOL 1
#endif

/* A cycle of the collector begins when this much of what the last one left is there, in per cent. */
#define PAUSE 400

static const char POOL_KEY;

static void *allocate(void *pool, void *block, size_t old_size, size_t new_size)
{
    return pool_resize(pool, block, block != NULL ? old_size : 0, new_size);
}

static int panic(lua_State *L)
{
    fprintf(stderr, "herald: Lua failed outside of any protection: %s\n", lua_tostring(L, -1));
    return 0;
}

static lua_State *new_pooled_state(void)
{
    struct pool *pool = pool_new();
    lua_State *L = pool != NULL ? lua_newstate(allocate, pool) : NULL;

    if (L == NULL) {
        pool_free(pool);
        return NULL;
    }
    lua_atpanic(L, panic);
    lua_pushlightuserdata(L, pool);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &POOL_KEY);
    return L;
}

void bindings_close_state(lua_State *L)
{
    struct pool *pool;

    if (L == NULL) return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &POOL_KEY);
    pool = lua_touserdata(L, -1);
    lua_close(L);
    pool_free(pool);
}

lua_State *bindings_new_state(const char *share)
{
    lua_State *L = WITH_POOL ? new_pooled_state() : luaL_newstate();

    if (L == NULL) return NULL;
    lua_gc(L, LUA_GCINC, PAUSE, 0, 0);
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

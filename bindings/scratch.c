#include "bindings/scratch.h"

#include <lauxlib.h>

#include "runtime/buffer.h"

#define SCRATCH "herald.scratch"

static int free_scratch(lua_State *L)
{
    buffer_free(luaL_checkudata(L, 1, SCRATCH));
    return 0;
}

struct buffer *scratch_push_new(lua_State *L)
{
    struct buffer *scratch = lua_newuserdatauv(L, sizeof(*scratch), 0);

    *scratch = (struct buffer)BUFFER_EMPTY;
    if (luaL_newmetatable(L, SCRATCH)) {
        lua_pushcfunction(L, free_scratch);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return scratch;
}

int scratch_push_string(lua_State *L, struct buffer *scratch)
{
    lua_pushlstring(L, scratch->bytes != NULL ? scratch->bytes : "", scratch->len);
    buffer_free(scratch);
    return 1;
}

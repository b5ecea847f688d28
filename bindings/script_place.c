#include "bindings/script_place.h"

#include <stdbool.h>
#include <stdio.h>

#define MOST_LEVELS 200 /* looked through from the innermost one */

static bool is_script(const lua_Debug *call)
{
    const char *source = call->source;

    return call->currentline > 0 && source[0] == '@' && source[1] != '/' && source[1] != '.';
}

static bool is_call_of(lua_State *L, lua_CFunction function, lua_Debug *call)
{
    bool is_it;

    if (call->currentline > 0) return false; /* Lua's */
    lua_getinfo(L, "f", call);
    is_it = lua_tocfunction(L, -1) == function;
    lua_pop(L, 1);
    return is_it;
}

void script_place(lua_State *L, lua_CFunction boundary, char *out, size_t size)
{
    lua_Debug call;

    out[0] = '\0';
    for (int level = 0; level < MOST_LEVELS && lua_getstack(L, level, &call); level++) {
        lua_getinfo(L, "Sl", &call);
        if (is_call_of(L, boundary, &call)) return;
        if (!is_script(&call)) continue;
        snprintf(out, size, "%s:%d", call.source + 1, call.currentline);
        return;
    }
}

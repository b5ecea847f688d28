/*
 * Metering of untrusted Lua: CPU time, VM instructions and memory of one call.
 * The host tells it when a metered coroutine is left and entered again, so that waiting costs nothing.
 */
#ifndef HERALD_BINDINGS_BUDGET_H
#define HERALD_BINDINGS_BUDGET_H

#include <lua.h>

/* Around every resume of a coroutine; do nothing for one that runs without a budget. */
void budget_enter(lua_State *co);
void budget_leave(lua_State *co);

#endif

/*
 * Metering of untrusted Lua: CPU time, VM instructions and memory of one call.
 * The host tells it when a metered coroutine is left and entered again, so that waiting costs nothing.
 */
#ifndef HERALD_BINDINGS_BUDGET_H
#define HERALD_BINDINGS_BUDGET_H

#include <stdint.h>

#include <lua.h>

/* Around every resume of a coroutine; do nothing for one that runs without a budget. */
void budget_enter(lua_State *co);
void budget_leave(lua_State *co);

/* The budget of from counts what co does, too, from its next resume on. It ends with from's: no code of co runs then. */
void budget_share(lua_State *from, lua_State *co);

/* For a C function whose work the hook does not see: what is left (INT64_MAX without a budget) ... */
int64_t budget_instructions_left(lua_State *L);

/* ... and what it used; raises when that was too much. */
void budget_charge(lua_State *L, int64_t instructions);

#endif

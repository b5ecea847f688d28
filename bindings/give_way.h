/* A coroutine that computes for long lets the loop handle what else is ready. */
#ifndef HERALD_BINDINGS_GIVE_WAY_H
#define HERALD_BINDINGS_GIVE_WAY_H

#include <lua.h>

/*
 * From a count hook, as its last statement: L goes on at the loop's next turn. Does nothing where L cannot yield, as in
 * a metamethod or a function that C calls. The loop's thread.
 */
void give_way(lua_State *L);

#endif

/* loop.join, which loop.c registers. */
#ifndef HERALD_BINDINGS_JOIN_H
#define HERALD_BINDINGS_JOIN_H

#include <lua.h>

int l_loop_join(lua_State *L);

#endif

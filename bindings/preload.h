/* The bindings as modules of a Lua state that the daemon makes. */
#ifndef HERALD_BINDINGS_PRELOAD_H
#define HERALD_BINDINGS_PRELOAD_H

#include <lua.h>

/*
 * Makes a state with the standard libraries, every binding in package.preload, and package.path pointing at
 * share/scripts (share/ holds scripts and channels; rocks and system modules stay reachable). NULL when out of memory.
 */
lua_State *bindings_new_state(const char *share);

/* As lua_close, and what the state was made of. NULL is allowed. */
void bindings_close_state(lua_State *L);

#endif

/* Where a project's script is: the file and line that its code has reached. */
#ifndef HERALD_BINDINGS_SCRIPT_PLACE_H
#define HERALD_BINDINGS_SCRIPT_PLACE_H

#include <stddef.h>

#include <lua.h>

/*
 * Writes "campaigns/x.lua:14", or an empty string where no script runs in L, into size bytes. A project's chunks are
 * named by their path from its folder; those of the engine have a path from the root, or from here ("./").
 * Calls outside of the innermost call of `boundary` are not looked at. L's thread, while L runs.
 */
void script_place(lua_State *L, lua_CFunction boundary, char *out, size_t size);

#endif

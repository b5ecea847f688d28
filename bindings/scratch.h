/*
 * A growing buffer that a raising Lua call cannot leak: it lives in a userdata on the stack.
 */
#ifndef HERALD_BINDINGS_SCRATCH_H
#define HERALD_BINDINGS_SCRATCH_H

#include <lua.h>

struct buffer;

/* Pushes the userdata that owns the returned buffer. */
struct buffer *scratch_push_new(lua_State *L);

/* Pushes the buffer's bytes as a string and frees them; returns 1. */
int scratch_push_string(lua_State *L, struct buffer *scratch);

#endif

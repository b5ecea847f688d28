/* The tally of a daemon as its states get it. */
#ifndef HERALD_BINDINGS_TALLY_H
#define HERALD_BINDINGS_TALLY_H

#include <lua.h>

struct tally;

/* Pushes a herald.tally value that borrows it. */
void bindings_push_tally(lua_State *L, struct tally *tally);

#endif

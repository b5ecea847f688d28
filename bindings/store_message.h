/* The methods of herald.store on the hot path. */
#ifndef HERALD_BINDINGS_STORE_MESSAGE_H
#define HERALD_BINDINGS_STORE_MESSAGE_H

#include <lua.h>

int l_store_accept(lua_State *L);
int l_store_settle(lua_State *L);

#endif

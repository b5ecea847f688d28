/*
 * herald.store for the daemon's own bindings.
 */
#ifndef HERALD_BINDINGS_STORE_H
#define HERALD_BINDINGS_STORE_H

#include <lua.h>

struct store;
struct store_session;
struct wait;

/* Pushes a herald.store value that borrows the session: its close does not detach it. */
void bindings_push_store(lua_State *L, struct store_session *session);

/* The store behind a herald.store value that opened it; raises for anything else and when it is closed. Borrowed. */
struct store *check_store(lua_State *L, int index);

/* The session behind any herald.store value, NULL when it is closed; raises for anything else. */
struct store_session *check_store_session(lua_State *L, int index);

#endif

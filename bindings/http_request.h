/* A listener's request as a Lua value. */
#ifndef HERALD_BINDINGS_HTTP_REQUEST_H
#define HERALD_BINDINGS_HTTP_REQUEST_H

#include <lua.h>

struct http_exchange;

/* Registers the type in this state; once, before the first push. */
void http_request_register(lua_State *L);

/*
 * Pushes a value for the exchange. It is answered by request:respond; one that is collected without an answer is
 * answered 500, so that no client waits for ever.
 */
void http_request_push(lua_State *L, struct http_exchange *exchange);

/* The exchange of the request at index, which is answered elsewhere from now on; raises when it is answered. */
struct http_exchange *http_request_take(lua_State *L, int index);

#endif

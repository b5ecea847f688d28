/* What the two files of herald.transfer share: the client behind the Lua value, and a call that waits. */
#ifndef HERALD_BINDINGS_TRANSFER_CLIENT_H
#define HERALD_BINDINGS_TRANSFER_CLIENT_H

#include <stddef.h>

#include <lua.h>

struct transfer_http;
struct wait;

struct transfer_client {
    struct transfer_http *http; /* NULL: closed */
};

/* The open client at index; raises otherwise. */
struct transfer_client *check_transfer_client(lua_State *L, int index);

/* A call under way. Freed when it is done, which may be after the Lua state was closed. */
struct transfer_waiter {
    struct wait *wait;
    void *call;
};

/* With its wait made; raises where one cannot wait. */
struct transfer_waiter *transfer_waiter_new(lua_State *L, void (*cancel)(void *arg));

/* Options of the table at 2, as option_string: with the bytes' length; without a NUL. */
const char *transfer_option_bytes(lua_State *L, const char *name, size_t *out_len);
const char *transfer_option_text(lua_State *L, const char *name);

#endif

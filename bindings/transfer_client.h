/* What the two files of herald.transfer share: the client behind the Lua value, and a call that waits. */
#ifndef HERALD_BINDINGS_TRANSFER_CLIENT_H
#define HERALD_BINDINGS_TRANSFER_CLIENT_H

#include <stddef.h>

#include <lua.h>

struct smtp_client;
struct transfer_client;
struct wait;

/* What a Client value holds; all NULL when it is closed. */
struct transfer_clients {
    struct transfer_client *http;
    struct smtp_client *smtp;
};

/* Those of the open client at index; raises otherwise. */
struct transfer_clients *check_transfer_clients(lua_State *L, int index);

/* A call under way. Freed when it is done, which may be after the Lua state was closed. */
struct transfer_waiter {
    struct wait *wait;
    void *call;
};

/* With its wait made, which cancels by cancel(waiter); raises where one cannot wait. */
struct transfer_waiter *transfer_waiter_new(lua_State *L, void (*cancel)(void *waiter));

/* Frees the waiter and gives its wait, which is to be finished. */
struct wait *transfer_waiter_end(struct transfer_waiter *waiter);

/* Client:smtp{…}, in the other file. */
int l_transfer_smtp(lua_State *L);

/* Options of the table at 2, as option_string: with the bytes' length; without a NUL. */
const char *transfer_option_bytes(lua_State *L, const char *name, size_t *out_len);
const char *transfer_option_text(lua_State *L, const char *name);

#endif

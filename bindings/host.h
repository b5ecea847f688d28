/*
 * The host behind a Lua state: one event loop and clock, the coroutines it runs, and what the daemon hangs on it.
 * Used by the bindings and by the daemon's worker; everything here belongs to the loop's thread.
 */
#ifndef HERALD_BINDINGS_HOST_H
#define HERALD_BINDINGS_HOST_H

#include <stdbool.h>

#include <lua.h>

struct clock;
struct host;
struct log;
struct loop;

/*
 * Gives L a host on a loop that the caller owns and runs; loop, clock and log are borrowed and must outlive L.
 * Waits inside coroutines started with host_spawn yield; any other wait in this state raises.
 */
struct host *host_attach(lua_State *L, struct loop *loop, struct clock *clock, struct log *log);

/* The host's log, or NULL. */
struct log *host_log(struct host *host);

/*
 * Runs the function and its nargs arguments on top of L's stack as a coroutine of its own, at once, until it ends or
 * waits. Pops them. An error is logged with its traceback.
 */
void host_spawn(lua_State *L, int nargs);

/* Whether L runs as a coroutine of its host and may yield here. */
bool host_can_yield(lua_State *L);

/* Coroutines that have been started and have not ended. */
unsigned host_live(const struct host *host);

/* Called whenever the last live coroutine of the host ended; NULL for none. */
void host_on_idle(struct host *host, void (*idle)(void *arg), void *arg);

/* Cancels every wait and forgets the coroutines: call before lua_close while the loop still runs. */
void host_cancel_all(struct host *host);

/* Pushes a herald.clock or herald.log value that borrows the C object. */
void bindings_push_clock(lua_State *L, struct clock *clock);
void bindings_push_log(lua_State *L, struct log *log);

#endif

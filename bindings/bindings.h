/*
 * What every binding shares: the host behind a Lua state, waits that suspend a coroutine, small argument helpers.
 *
 * A host is one event loop with one clock. In a worker the daemon makes it; under stock lua5.4 or busted it is
 * made at the first need. It is found through the registry and lives as long as the main Lua state.
 */
#ifndef HERALD_BINDINGS_H
#define HERALD_BINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

struct clock;
struct host;
struct log;
struct loop;
struct wait;

/* The state's host; makes a default one (own loop, system clock) when there is none. */
struct host *host_of(lua_State *L);
struct loop *host_loop(struct host *host);

/* The host's clock as C sees it; borrowed. */
struct clock *host_clock(struct host *host);

/*
 * Waiting.
 *
 *     struct wait *wait = wait_new(L, cancel, arg);   (all arguments checked before; may raise)
 *     start the operation, which keeps the wait
 *     return wait_suspend(L, wait);                   (the last statement of the binding)
 *     ... later, on the loop's thread, never before wait_suspend:
 *     wait_finish(wait, push, result);                (push pushes the values that the Lua call returns)
 *
 * Where the coroutine may yield under a running host it yields; elsewhere wait_suspend runs the loop until
 * wait_finish. If the coroutine dies first, cancel(arg) is called once on the loop's thread; wait_finish must still
 * be called later (the result is then dropped: push is called with L NULL so that it can free what result owns).
 * The wait is freed by wait_finish. cancel may be NULL; push, too: then the call returns nothing.
 */
struct wait *wait_new(lua_State *L, void (*cancel)(void *arg), void *arg);
int wait_suspend(lua_State *L, struct wait *wait);
void wait_finish(struct wait *wait, int (*push)(lua_State *L, void *result), void *result);

/* For an operation that could not be started after wait_new: forgets the wait without resuming anything. */
void wait_abandon(struct wait *wait);

/* Pushes nil, message, code and returns 3. */
int push_failure(lua_State *L, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Option tables: each reads t[name] of the table at index; raises `option 'name': expected a string`, and so on. */
const char *option_string(lua_State *L, int index, const char *name,
                          const char *fallback); /* stays valid while the table holds it */
int64_t option_integer(lua_State *L, int index, const char *name, int64_t fallback, int64_t least, int64_t most);
bool option_boolean(lua_State *L, int index, const char *name, bool fallback);

/* Raises for a key of the table at index that is not in names (NULL-terminated). */
void options_check(lua_State *L, int index, const char *const names[]);

/* A handle's metatable: methods, __gc and __close = close, __name = name, __index = methods. */
void handle_register(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction close);

/* The clock behind a herald.clock value at index; raises otherwise. Borrowed. */
struct clock *check_clock(lua_State *L, int index);

/* The log behind a herald.log value at index; raises otherwise. Borrowed. */
struct log *check_log(lua_State *L, int index);

#endif

/*
 * The daemon's inside, shared by bindings/daemon*.c.
 *
 * Every worker holds one Lua state that is current, and older ones until their last coroutine has ended. The main
 * thread makes a new generation in two steps, so that a state which cannot be loaded changes nothing: all workers load
 * it; if all could, all switch to it in their next turn.
 */
#ifndef HERALD_BINDINGS_DAEMON_H
#define HERALD_BINDINGS_DAEMON_H

#include <lua.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "runtime/http_server.h"
#include "runtime/loop.h"

#define LISTENERS_MOST 4

struct clock;
struct event;
struct host;
struct http_body_limits;
struct log;
struct loop_signal;
struct loop_timer;
struct store;
struct store_session;
struct tls_server;
struct wait;
struct watch;
struct watchdog;
struct worker;
struct worker_pool;

struct daemon {
    struct loop *loop; /* the main thread's */
    struct clock *clock;
    struct log *log;
    struct tally *tally; /* what scripts count */
    struct store *store;
    char *share;
    struct worker_pool *pool;
    struct tls_server *tls;
    struct http_limits limits;
    unsigned listener_count;
    struct loop_signal *signals[3];
    struct watch *watch;       /* of the project's folders, or NULL */
    struct watchdog *watchdog; /* from stop to close, or NULL */
    struct event *first;
    struct event **last;
    struct loop_timer *alarm; /* or NULL */
    char *alarm_text;
    struct wait *waiting; /* the main coroutine in daemon:next */
    atomic_uint states;   /* Lua states of all workers: current, prepared and retired */
    bool is_closed;
};

/* One Lua state of one worker. */
struct state {
    lua_State *L;
    struct host *host;
    struct worker_data *worker;
    struct store_session *session;
    int module_ref; /* what herald.worker's load returned */
    int handle_ref;
    struct http_body_limits *body_limits; /* of the endpoints of this generation */
    bool is_retired;
    struct loop_task close_task;
    struct state *next;
};

struct worker_data {
    struct daemon *daemon;
    struct worker *worker;
    struct state *current;
    struct state *candidate; /* takes what the current one hands over to it, or NULL */
    struct state *prepared;
    struct state *retired;
    struct http_server *servers[LISTENERS_MOST]; /* in the order of daemon:listen; NULL: another worker's, or closed */
    unsigned draining;
};

/* The daemon at index 1; raises when it is closed. */
struct daemon *check_daemon(lua_State *L);

/* daemon_event.c: what the main coroutine waits for, and what workers ask it. */
void daemon_add_event(struct daemon *daemon, const char *text);
void daemon_add_report(struct daemon *daemon, const char *text); /* each is heard, however many there are */
void daemon_free_events(struct daemon *daemon);
int daemon_next(lua_State *L);
int daemon_answer(lua_State *L);
int daemon_ask(lua_State *L); /* upvalue 1: the worker's data */

/* daemon_state.c: one generation of scripts in each worker. */
void daemon_close_state(struct state *state);
void daemon_call_module(struct state *state, const char *name);
void daemon_retire_state(struct worker_data *worker, struct state *state);
int daemon_load(lua_State *L);

/* daemon_canary.c: a candidate beside the current state. The first three have the worker's data as upvalue 1. */
int daemon_hand_over(lua_State *L);
int daemon_tell_candidate(lua_State *L);
int daemon_report(lua_State *L);
int daemon_tell(lua_State *L);
int daemon_promote(lua_State *L);
int daemon_withdraw(lua_State *L);
int daemon_set_alarm(lua_State *L);
void daemon_stop_alarm(struct daemon *daemon);

/* daemon_listen.c: the listeners of the workers. */
struct http_limits daemon_read_limits(lua_State *L, int index);
int daemon_listen(lua_State *L);

#endif

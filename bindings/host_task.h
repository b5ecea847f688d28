/* A host's coroutines as host.c and join.c share them; for these two alone, on the loop's thread. */
#ifndef HERALD_BINDINGS_HOST_TASK_H
#define HERALD_BINDINGS_HOST_TASK_H

#include <stdbool.h>

#include <lua.h>

struct host;
struct join;
struct wait;

/* A coroutine of the host; its lua_State is anchored at ref. */
struct task {
    lua_State *co;
    int ref;
    struct wait *wait; /* what it waits for; NULL: it runs, or has not begun */
    struct join *join; /* hears of its end; NULL: nobody does */
    unsigned branch;   /* which of the join's it is */
    bool is_running;
    bool is_doomed; /* is not resumed again; whoever doomed it drops it */
    struct task *next;
};

/* A coroutine that has not begun, with the function on top of L's stack, which it pops; counted by L's budget. Raises. */
struct task *host_task_branch(lua_State *L);

/* Runs it until it ends or waits. Its nargs arguments, or the values that its wait returns, are on top of its stack. */
void host_task_resume(struct host *host, struct task *task, int nargs);

/* Ends one that does not run: cancels its wait, tells no join, and frees it. No code of it runs again. */
void host_task_drop(struct host *host, struct task *task);

/* A branch ended: with its results on its stack, or with what it raised. The task is freed by the caller. */
void join_note_end(struct task *task, bool is_good);

/* A branch is dropped. */
void join_forget(struct task *task);

#endif

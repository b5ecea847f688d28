/*
 * One thread's event loop (libuv), with timers and an inbox that other threads may post to.
 *
 * A loop belongs to the thread that runs it; only loop_post and loop_wake may be called from others.
 * Modules that need libuv itself (sockets) take it from loop_uv and include <uv.h> in their .c file.
 */
#ifndef HERALD_LOOP_H
#define HERALD_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct uv_loop_s;

/* STATUS_UNAVAILABLE when the system gives no more descriptors. Free with loop_free on the same thread. The process no
 * longer ends by SIGPIPE. */
int loop_new(struct loop **out);

/* Every handle must have been closed by its owner; runs the loop until those closes are through. */
void loop_free(struct loop *loop);

/* Runs until loop_stop, or until nothing is left to wait for (the inbox alone does not count). */
void loop_run(struct loop *loop);

/* Waits for something to happen and handles it; false when nothing is left to wait for. */
bool loop_run_once(struct loop *loop);

/* Makes the current loop_run_once return without waiting any more: what was waited for has happened. Loop's thread. */
void loop_interrupt(struct loop *loop);

/* Handles what is ready and returns at once. */
void loop_poll(struct loop *loop);

/* Makes loop_run return after the current turn. Any thread. */
void loop_stop(struct loop *loop);

/* Cached monotonic milliseconds of the current turn. */
int64_t loop_now_ms(const struct loop *loop);

/* As loop_now_ms, read anew: for what begins outside of a turn. Loop's thread. */
int64_t loop_read_ms(struct loop *loop);

/*
 * A task another thread hands to the loop. The poster embeds it in its own struct; the loop does not
 * allocate. run is called on the loop's thread, in the order of posting, and may free the struct.
 */
struct loop_task {
    void (*run)(struct loop_task *task);
    struct loop_task *next;
};

/* Any thread. The task must stay alive until it ran. Tasks still waiting at loop_free are run then. */
void loop_post(struct loop *loop, struct loop_task *task);

/* While held (counted), loop_run_once waits for posts even when no other handle is open. Loop's thread. */
void loop_hold(struct loop *loop);
void loop_release(struct loop *loop);

/* Timers: one-shot; loop's thread only. */
struct loop_timer;
struct loop_timer *loop_timer_start(struct loop *loop, int64_t delay_ms, void (*fire)(void *arg), void *arg);

/* Before it fired: cancels. After it fired the pointer is dead: do not call. */
void loop_timer_cancel(struct loop_timer *timer);

/* Signals: fire(arg, number) on the loop's thread at each one. They do not keep the loop running. STATUS_UNAVAILABLE on
 * failure. */
struct loop_signal;
int loop_signal_start(struct loop *loop, int number, void (*fire)(void *arg, int number), void *arg,
                      struct loop_signal **out);
void loop_signal_stop(struct loop_signal *signal);

struct uv_loop_s *loop_uv(struct loop *loop);

#endif

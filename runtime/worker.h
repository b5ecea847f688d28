/*
 * Worker threads: one event loop each, nothing shared. The owner posts work to them and is told when all have done it.
 */
#ifndef HERALD_WORKER_H
#define HERALD_WORKER_H

#include "runtime/loop.h"

struct worker;
struct worker_pool;

/* Both run on the worker's own thread; opened may leave its state in *data, which closed frees. */
struct worker_events {
    int (*opened)(struct worker *worker, void *arg, void **data); /* 0 or STATUS_*, which stops the start */
    void (*closed)(struct worker *worker, void *data);
};

/* Starts count threads and waits until each has opened. On failure everything is closed again. */
int worker_pool_open(unsigned count, const struct worker_events *events, void *arg, struct worker_pool **out);

/* Ends the loops, closes every worker on its thread, and joins them. */
void worker_pool_close(struct worker_pool *pool);

unsigned worker_pool_size(const struct worker_pool *pool);
struct worker *worker_pool_get(struct worker_pool *pool, unsigned index);

unsigned worker_index(const struct worker *worker);
struct loop *worker_loop(const struct worker *worker);
void *worker_data(const struct worker *worker);

/*
 * Runs each(worker, arg) on every worker's thread, then done(arg) on the loop of the caller, once all have returned.
 * arg must live until done.
 */
void worker_pool_broadcast(struct worker_pool *pool, struct loop *caller,
                           void (*each)(struct worker *worker, void *arg), void (*done)(void *arg), void *arg);

#endif

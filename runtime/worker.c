#include "runtime/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

#include "runtime/memory.h"
#include "runtime/status.h"

struct worker {
    struct worker_pool *pool;
    unsigned index;
    pthread_t thread;
    struct loop *loop;
    void *data;
    int status; /* what opening gave */
};

struct worker_pool {
    struct worker_events events;
    void *arg;
    unsigned size;
    unsigned started;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned opened;
    struct worker workers[];
};

static void report_opened(struct worker *worker, int status)
{
    struct worker_pool *pool = worker->pool;

    pthread_mutex_lock(&pool->lock);
    worker->status = status;
    pool->opened++;
    pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static void *run(void *arg)
{
    struct worker *worker = arg;
    struct worker_pool *pool = worker->pool;
    char name[16];
    int status;

    snprintf(name, sizeof(name), "worker-%u", worker->index);
    pthread_setname_np(pthread_self(), name);
    loop_hold(worker->loop);
    status = pool->events.opened(worker, pool->arg, &worker->data);
    report_opened(worker, status);
    if (status == STATUS_OK) {
        loop_run(worker->loop);
        pool->events.closed(worker, worker->data);
    }
    loop_release(worker->loop);
    loop_free(worker->loop);
    return NULL;
}

static int start_worker(struct worker_pool *pool, unsigned index)
{
    struct worker *worker = &pool->workers[index];
    sigset_t all, before;
    int status, failed;

    worker->pool = pool;
    worker->index = index;
    status = loop_new(&worker->loop);
    if (status != STATUS_OK) return status;
    /* Signals are the main thread's. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&worker->thread, NULL, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        loop_free(worker->loop);
        return STATUS_UNAVAILABLE;
    }
    pool->started++;
    return STATUS_OK;
}

static int await_opened(struct worker_pool *pool)
{
    int status = STATUS_OK;

    pthread_mutex_lock(&pool->lock);
    while (pool->opened < pool->started)
        pthread_cond_wait(&pool->changed, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->started; i++) {
        if (status == STATUS_OK) status = pool->workers[i].status;
    }
    return status;
}

int worker_pool_open(unsigned count, const struct worker_events *events, void *arg, struct worker_pool **out)
{
    struct worker_pool *pool = memory_zeroed(1, sizeof(*pool) + count * sizeof(struct worker));
    int status = STATUS_OK, opened;

    pool->events = *events;
    pool->arg = arg;
    pool->size = count;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    for (unsigned i = 0; i < count && status == STATUS_OK; i++)
        status = start_worker(pool, i);
    opened = await_opened(pool);
    if (status == STATUS_OK) status = opened;
    if (status != STATUS_OK) {
        worker_pool_close(pool);
        return status;
    }
    *out = pool;
    return STATUS_OK;
}

void worker_pool_close(struct worker_pool *pool)
{
    if (pool == NULL) return;
    for (unsigned i = 0; i < pool->started; i++) {
        if (pool->workers[i].status == STATUS_OK) loop_stop(pool->workers[i].loop);
    }
    for (unsigned i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->changed);
    memory_free(pool);
}

unsigned worker_pool_size(const struct worker_pool *pool)
{
    return pool->size;
}

struct worker *worker_pool_get(struct worker_pool *pool, unsigned index)
{
    return &pool->workers[index];
}

unsigned worker_index(const struct worker *worker)
{
    return worker->index;
}

struct loop *worker_loop(const struct worker *worker)
{
    return worker->loop;
}

void *worker_data(const struct worker *worker)
{
    return worker->data;
}

struct broadcast {
    struct loop_task done_task;
    struct loop *caller;
    void (*each)(struct worker *worker, void *arg);
    void (*done)(void *arg);
    void *arg;
    atomic_uint remaining;
};

struct broadcast_part {
    struct loop_task task;
    struct broadcast *broadcast;
    struct worker *worker;
};

static void run_done(struct loop_task *task)
{
    struct broadcast *broadcast = (struct broadcast *)task;
    void (*done)(void *arg) = broadcast->done;
    void *arg = broadcast->arg;

    memory_free(broadcast);
    done(arg);
}

static void run_part(struct loop_task *task)
{
    struct broadcast_part *part = (struct broadcast_part *)task;
    struct broadcast *broadcast = part->broadcast;

    broadcast->each(part->worker, broadcast->arg);
    memory_free(part);
    if (atomic_fetch_sub(&broadcast->remaining, 1) == 1) loop_post(broadcast->caller, &broadcast->done_task);
}

void worker_pool_broadcast(struct worker_pool *pool, struct loop *caller,
                           void (*each)(struct worker *worker, void *arg), void (*done)(void *arg), void *arg)
{
    struct broadcast *broadcast = memory_zeroed(1, sizeof(*broadcast));

    broadcast->done_task.run = run_done;
    broadcast->caller = caller;
    broadcast->each = each;
    broadcast->done = done;
    broadcast->arg = arg;
    atomic_init(&broadcast->remaining, pool->size);
    for (unsigned i = 0; i < pool->size; i++) {
        struct broadcast_part *part = memory_zeroed(1, sizeof(*part));

        part->task.run = run_part;
        part->broadcast = broadcast;
        part->worker = &pool->workers[i];
        loop_post(pool->workers[i].loop, &part->task);
    }
}

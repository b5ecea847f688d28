/* The event loop: a libuv loop, an inbox under a mutex that one async handle announces, and one-shot timers. */
#include "runtime/loop.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <uv.h>

#include "runtime/memory.h"
#include "runtime/status.h"

struct loop {
    uv_loop_t uv;
    uv_async_t inbox_ready;
    pthread_mutex_t inbox_lock;
    struct loop_task *inbox_first;
    struct loop_task **inbox_last;
    unsigned holds;
    _Atomic bool is_stopping;
};

struct loop_timer {
    uv_timer_t uv;
    void (*fire)(void *arg);
    void *arg;
};

static void run_inbox(struct loop *loop)
{
    struct loop_task *task, *next;

    pthread_mutex_lock(&loop->inbox_lock);
    task = loop->inbox_first;
    loop->inbox_first = NULL;
    loop->inbox_last = &loop->inbox_first;
    pthread_mutex_unlock(&loop->inbox_lock);
    for (; task != NULL; task = next) {
        next = task->next;
        task->run(task);
    }
}

static void on_inbox_ready(uv_async_t *handle)
{
    struct loop *loop = handle->data;

    if (loop->is_stopping) uv_stop(&loop->uv);
    run_inbox(loop);
}

/* libuv writes to sockets that the other side may have closed; that is an error to handle, not an end of the process.
 */
static void ignore_broken_pipes(void)
{
    struct sigaction found;

    if (sigaction(SIGPIPE, NULL, &found) == 0 && found.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

int loop_new(struct loop **out)
{
    struct loop *loop = memory_zeroed(1, sizeof(*loop));

    ignore_broken_pipes();
    if (uv_loop_init(&loop->uv) != 0) goto fail;
    if (uv_async_init(&loop->uv, &loop->inbox_ready, on_inbox_ready) != 0) {
        uv_loop_close(&loop->uv);
        goto fail;
    }
    loop->inbox_ready.data = loop;
    uv_unref((uv_handle_t *)&loop->inbox_ready);
    pthread_mutex_init(&loop->inbox_lock, NULL);
    loop->inbox_last = &loop->inbox_first;
    *out = loop;
    return STATUS_OK;

fail:
    memory_free(loop);
    return STATUS_UNAVAILABLE;
}

void loop_free(struct loop *loop)
{
    if (loop == NULL) return;
    run_inbox(loop);
    uv_close((uv_handle_t *)&loop->inbox_ready, NULL);
    /* The first turn may end at once, after loop_interrupt. */
    while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0)
        continue;
    uv_loop_close(&loop->uv);
    pthread_mutex_destroy(&loop->inbox_lock);
    memory_free(loop);
}

void loop_run(struct loop *loop)
{
    if (!loop->is_stopping) uv_run(&loop->uv, UV_RUN_DEFAULT);
    loop->is_stopping = false;
}

bool loop_run_once(struct loop *loop)
{
    return uv_run(&loop->uv, UV_RUN_ONCE) != 0;
}

void loop_interrupt(struct loop *loop)
{
    /* libuv runs timers first, and would then still block for the next event. */
    uv_stop(&loop->uv);
}

void loop_poll(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_NOWAIT);
}

void loop_stop(struct loop *loop)
{
    loop->is_stopping = true;
    uv_async_send(&loop->inbox_ready);
}

int64_t loop_now_ms(const struct loop *loop)
{
    return (int64_t)uv_now(&loop->uv);
}

int64_t loop_read_ms(struct loop *loop)
{
    uv_update_time(&loop->uv);
    return loop_now_ms(loop);
}

void loop_post(struct loop *loop, struct loop_task *task)
{
    task->next = NULL;
    pthread_mutex_lock(&loop->inbox_lock);
    *loop->inbox_last = task;
    loop->inbox_last = &task->next;
    /* Sent under the lock: once the task is taken, its runner may free the loop. */
    uv_async_send(&loop->inbox_ready);
    pthread_mutex_unlock(&loop->inbox_lock);
}

void loop_hold(struct loop *loop)
{
    if (loop->holds++ == 0) uv_ref((uv_handle_t *)&loop->inbox_ready);
}

void loop_release(struct loop *loop)
{
    if (--loop->holds == 0) uv_unref((uv_handle_t *)&loop->inbox_ready);
}

static void free_timer(uv_handle_t *handle)
{
    memory_free(handle->data);
}

static void on_timer(uv_timer_t *handle)
{
    struct loop_timer *timer = handle->data;
    void (*fire)(void *arg) = timer->fire;
    void *arg = timer->arg;

    uv_close((uv_handle_t *)handle, free_timer);
    fire(arg);
}

struct loop_timer *loop_timer_start(struct loop *loop, int64_t delay_ms, void (*fire)(void *arg), void *arg)
{
    struct loop_timer *timer = memory_zeroed(1, sizeof(*timer));

    timer->fire = fire;
    timer->arg = arg;
    uv_timer_init(&loop->uv, &timer->uv);
    timer->uv.data = timer;
    uv_update_time(&loop->uv);
    uv_timer_start(&timer->uv, on_timer, delay_ms > 0 ? (uint64_t)delay_ms : 0, 0);
    return timer;
}

void loop_timer_cancel(struct loop_timer *timer)
{
    uv_close((uv_handle_t *)&timer->uv, free_timer);
}

struct loop_signal {
    uv_signal_t uv;
    void (*fire)(void *arg, int number);
    void *arg;
};

static void on_signal(uv_signal_t *handle, int number)
{
    struct loop_signal *signal = handle->data;

    signal->fire(signal->arg, number);
}

static void free_signal(uv_handle_t *handle)
{
    memory_free(handle->data);
}

int loop_signal_start(struct loop *loop, int number, void (*fire)(void *arg, int number), void *arg,
                      struct loop_signal **out)
{
    struct loop_signal *signal = memory_zeroed(1, sizeof(*signal));

    signal->fire = fire;
    signal->arg = arg;
    uv_signal_init(&loop->uv, &signal->uv);
    signal->uv.data = signal;
    uv_unref((uv_handle_t *)&signal->uv);
    if (uv_signal_start(&signal->uv, on_signal, number) != 0) {
        loop_signal_stop(signal);
        return STATUS_UNAVAILABLE;
    }
    *out = signal;
    return STATUS_OK;
}

void loop_signal_stop(struct loop_signal *signal)
{
    uv_close((uv_handle_t *)&signal->uv, free_signal);
}

struct uv_loop_s *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

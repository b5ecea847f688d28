/* A linked list under a mutex that is held for a few instructions; the taker sleeps on a condition. */
#include "runtime/queue.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "runtime/memory.h"
#include "runtime/status.h"

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct queue_item *first;
    struct queue_item **last;
    size_t weight;
    bool is_closed, is_woken, is_waiting;
};

struct queue *queue_new(void)
{
    struct queue *queue = memory_zeroed(1, sizeof(*queue));
    pthread_condattr_t attributes;

    pthread_mutex_init(&queue->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->filled, &attributes);
    pthread_condattr_destroy(&attributes);
    queue->last = &queue->first;
    return queue;
}

void queue_free(struct queue *queue)
{
    if (queue == NULL) return;
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->lock);
    memory_free(queue);
}

int queue_push(struct queue *queue, struct queue_item *item, size_t limit)
{
    bool is_waiting = false;
    int status = STATUS_OK;

    item->next = NULL;
    pthread_mutex_lock(&queue->lock);
    if (queue->is_closed) {
        status = STATUS_CLOSED;
    } else if (queue->weight >= limit) {
        status = STATUS_LIMIT;
    } else {
        *queue->last = item;
        queue->last = &item->next;
        queue->weight += item->weight;
        is_waiting = queue->is_waiting;
        queue->is_waiting = false;
    }
    pthread_mutex_unlock(&queue->lock);
    if (is_waiting) pthread_cond_signal(&queue->filled);
    return status;
}

static struct timespec deadline_in(int64_t timeout_ms)
{
    struct timespec when;

    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += (time_t)(timeout_ms / 1000);
    when.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (when.tv_nsec >= 1000000000) {
        when.tv_sec++;
        when.tv_nsec -= 1000000000;
    }
    return when;
}

struct queue_item *queue_take(struct queue *queue, int64_t timeout_ms)
{
    struct queue_item *taken;
    struct timespec when = {0, 0};
    bool has_deadline = false;
    int result = 0;

    pthread_mutex_lock(&queue->lock);
    while (queue->first == NULL && !queue->is_closed && !queue->is_woken && result != ETIMEDOUT) {
        queue->is_waiting = true;
        if (timeout_ms < 0) {
            pthread_cond_wait(&queue->filled, &queue->lock);
            continue;
        }
        if (!has_deadline) when = deadline_in(timeout_ms);
        has_deadline = true;
        result = pthread_cond_timedwait(&queue->filled, &queue->lock, &when);
    }
    queue->is_waiting = false;
    queue->is_woken = false;
    taken = queue->first;
    queue->first = NULL;
    queue->last = &queue->first;
    queue->weight = 0;
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

void queue_wake(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->is_woken = true;
    pthread_cond_signal(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->is_closed = true;
    pthread_cond_signal(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

bool queue_is_closed(struct queue *queue)
{
    bool is_closed;

    pthread_mutex_lock(&queue->lock);
    is_closed = queue->is_closed;
    pthread_mutex_unlock(&queue->lock);
    return is_closed;
}

size_t queue_weight(struct queue *queue)
{
    size_t weight;

    pthread_mutex_lock(&queue->lock);
    weight = queue->weight;
    pthread_mutex_unlock(&queue->lock);
    return weight;
}

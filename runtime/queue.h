/*
 * A queue from many threads to one, which takes everything that waits at once. The items are the caller's
 * structs with a queue_item inside; nothing is allocated. Bounded by the weight of the items that wait.
 */
#ifndef HERALD_QUEUE_H
#define HERALD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

struct queue_item {
    struct queue_item *next;
    size_t weight; /* set by the pusher, in a unit of its choice */
};

struct queue *queue_new(void);

/* Nobody may use the queue any more; items that still wait are the caller's problem. */
void queue_free(struct queue *queue);

/* Any thread. STATUS_LIMIT when what waits weighs limit or more already, STATUS_CLOSED after queue_close. */
int queue_push(struct queue *queue, struct queue_item *item, size_t limit);

/*
 * The one taker: waits until there is something, at most timeout_ms (negative: for ever), and takes all of it in the
 * order of pushing. NULL at the timeout, after queue_wake, and when the queue is closed and empty.
 */
struct queue_item *queue_take(struct queue *queue, int64_t timeout_ms);

/* Any thread. Makes a waiting queue_take return. */
void queue_wake(struct queue *queue);

/* Any thread. Refuses what is pushed from now on; what waits can still be taken. */
void queue_close(struct queue *queue);
bool queue_is_closed(struct queue *queue);

/* What the items that wait weigh; any thread. */
size_t queue_weight(struct queue *queue);

#endif

#include <pthread.h>
#include <sched.h>

#include "runtime/queue.h"
#include "runtime/status.h"
#include "spec/runtime/check.h"

#define PUSHERS 4
#define EACH 20000

struct number {
    struct queue_item item;
    unsigned pusher, value;
};

struct pusher {
    struct queue *queue;
    struct number *numbers;
    unsigned index;
    pthread_t thread;
};

static void *push_all(void *arg)
{
    struct pusher *pusher = arg;

    for (unsigned i = 0; i < EACH; i++) {
        pusher->numbers[i] = (struct number){{NULL, 1}, pusher->index, i};
        while (queue_push(pusher->queue, &pusher->numbers[i].item, 1000) == STATUS_LIMIT)
            sched_yield();
    }
    return NULL;
}

/* Everything arrives once, in the order of each pusher. */
static void from_many_threads(void)
{
    static struct number numbers[PUSHERS][EACH];
    struct pusher pushers[PUSHERS];
    unsigned next[PUSHERS] = {0}, total = 0;
    struct queue *queue = queue_new();

    for (unsigned i = 0; i < PUSHERS; i++) {
        pushers[i] = (struct pusher){.queue = queue, .numbers = numbers[i], .index = i};
        CHECK_INT(0, pthread_create(&pushers[i].thread, NULL, push_all, &pushers[i]));
    }
    while (total < PUSHERS * EACH) {
        for (struct queue_item *item = queue_take(queue, -1), *following; item != NULL; item = following) {
            struct number *number = (struct number *)item;

            following = item->next;
            CHECK_INT(next[number->pusher]++, number->value);
            total++;
        }
    }
    for (unsigned i = 0; i < PUSHERS; i++)
        pthread_join(pushers[i].thread, NULL);
    CHECK_INT(0, queue_weight(queue));
    queue_free(queue);
}

int main(void)
{
    struct queue *queue = queue_new();
    struct queue_item light = {NULL, 1}, heavy = {NULL, 10};

    CHECK(queue_take(queue, 1) == NULL);
    CHECK_INT(STATUS_OK, queue_push(queue, &heavy, 5));
    CHECK_INT(STATUS_LIMIT, queue_push(queue, &light, 5));
    CHECK_INT(STATUS_OK, queue_push(queue, &light, 20));
    CHECK_INT(11, queue_weight(queue));
    CHECK(queue_take(queue, 0) == &heavy);
    CHECK(heavy.next == &light && light.next == NULL);
    queue_wake(queue);
    CHECK(queue_take(queue, -1) == NULL);
    CHECK_INT(STATUS_OK, queue_push(queue, &light, 5));
    queue_close(queue);
    CHECK(queue_is_closed(queue));
    CHECK_INT(STATUS_CLOSED, queue_push(queue, &heavy, 50));
    CHECK(queue_take(queue, -1) == &light);
    CHECK(queue_take(queue, -1) == NULL);
    queue_free(queue);
    from_many_threads();
    return 0;
}

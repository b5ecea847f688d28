#include "runtime/store_keeper.h"

#include <pthread.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/queue.h"
#include "runtime/status.h"
#include "runtime/store_backend.h"
#include "runtime/store_session.h"

#define KEEP_EVERY_MS 100
#define MOST_WAITING 64

struct store_keeper {
    const struct store_backend *backend;
    struct store_keeper_side *side;
    struct queue *queue;
    pthread_t thread;
};

static void back_up(struct store_keeper *keeper, struct store_request *request)
{
    struct store_change *change = (struct store_change *)request;
    struct store_failure failure = {""};

    request->status =
        keeper->backend->backup(keeper->side, change->values[0].text.bytes, change->values[1].integer != 0, &failure);
    if (request->status == STATUS_OK) return;
    buffer_add(&change->rows.bytes, failure.text, strlen(failure.text));
    request->failure = change->rows.bytes.bytes;
}

static void *run_keeper(void *arg)
{
    struct store_keeper *keeper = arg;

    while (!queue_is_closed(keeper->queue)) {
        struct queue_item *item = queue_take(keeper->queue, KEEP_EVERY_MS), *next;

        for (; item != NULL; item = next) {
            struct store_request *request = (struct store_request *)item;

            next = item->next;
            item->next = NULL;
            back_up(keeper, request);
            session_complete(request->session, item);
        }
        keeper->backend->keep(keeper->side);
    }
    return NULL;
}

struct store_keeper *store_keeper_start(const struct store_backend *backend, struct store_keeper_side *side)
{
    struct store_keeper *keeper = memory_zeroed(1, sizeof(*keeper));

    keeper->backend = backend;
    keeper->side = side;
    keeper->queue = queue_new();
    if (pthread_create(&keeper->thread, NULL, run_keeper, keeper) == 0) return keeper;
    queue_free(keeper->queue);
    memory_free(keeper);
    return NULL;
}

void store_keeper_stop(struct store_keeper *keeper)
{
    if (keeper == NULL) return;
    queue_close(keeper->queue);
    pthread_join(keeper->thread, NULL);
    keeper->backend->close_keeper(keeper->side);
    queue_free(keeper->queue);
    memory_free(keeper);
}

int store_keeper_submit(struct store_keeper *keeper, struct store_request *request)
{
    request->item.weight = 1;
    return queue_push(keeper->queue, &request->item, MOST_WAITING);
}

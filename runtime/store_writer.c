/* Group commit: the longer a commit takes, the more waits for the next one, so load makes batches larger, not slower.
 */
#include "runtime/store_writer.h"

#include <pthread.h>
#include <stdatomic.h>

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/queue.h"
#include "runtime/status.h"
#include "runtime/store_backend.h"
#include "runtime/store_session.h"

#define MOST_IN_A_BATCH 2048
/* In bytes of requests that wait. An outcome must find room when accepting is refused. */
#define ACCEPT_LIMIT ((size_t)256 << 20)
#define CHANGE_LIMIT ((size_t)1024 << 20)
#define TEND_AFTER_MS 20
#define LOG_EVERY_MS 1000

struct store_writer {
    const struct store_backend *backend;
    struct store_writer_side *side;
    struct log *log;
    struct queue *queue;
    pthread_t thread;
    _Atomic int64_t revision;
    int64_t logged_at_ms;
    unsigned unlogged;
};

static void log_failure(struct store_writer *writer)
{
    int64_t now_ms = clock_monotonic_ms();

    if (writer->log == NULL || now_ms - writer->logged_at_ms < LOG_EVERY_MS) {
        writer->unlogged++;
        return;
    }
    log_message(writer->log, LOG_LEVEL_ERROR, "the store cannot write: %s (%u more like this were not logged)",
                writer->backend->error(writer->side), writer->unlogged);
    writer->logged_at_ms = now_ms;
    writer->unlogged = 0;
}

static void fail_all(struct queue_item *item, int status, const char *failure)
{
    for (; item != NULL; item = item->next) {
        struct store_request *request = (struct store_request *)item;

        request->status = status;
        request->failure = failure;
        request->is_again = false;
    }
}

/* One transaction. 0, or why nothing of it was kept. */
static int write_all(struct store_writer *writer, struct queue_item *batch)
{
    const struct store_backend *backend = writer->backend;
    int status = backend->begin(writer->side);

    for (struct queue_item *item = batch; item != NULL && status == STATUS_OK; item = item->next) {
        struct store_request *request = (struct store_request *)item;

        request->status = STATUS_OK;
        request->failure = NULL;
        request->is_again = false;
        status = backend->apply(writer->side, request);
    }
    if (status == STATUS_OK) status = backend->commit(writer->side);
    if (status == STATUS_OK) return STATUS_OK;
    log_failure(writer);
    backend->rollback(writer->side);
    return status;
}

/* After a constraint stopped one request: each in a transaction of its own, so that only that one fails. */
static void write_each(struct store_writer *writer, struct queue_item *batch)
{
    struct queue_item *next;

    for (struct queue_item *item = batch; item != NULL; item = next) {
        int status;

        next = item->next;
        item->next = NULL;
        status = write_all(writer, item);
        if (status == STATUS_CONFLICT) {
            fail_all(item, status, "the change contradicts what is stored");
        } else if (status != STATUS_OK) {
            fail_all(item, STATUS_UNAVAILABLE, "the database cannot be written; nothing was kept");
        }
        item->next = next;
    }
}

/* Answers the batch, and keeps what must be applied again at the end of *again. */
static void answer(struct queue_item *batch, struct queue_item ***again)
{
    struct queue_item *answered = NULL, **last = &answered, *next;

    for (; batch != NULL; batch = next) {
        struct store_request *request = (struct store_request *)batch;

        next = batch->next;
        batch->next = NULL;
        if (request->is_again) {
            struct store_change *change = (struct store_change *)request;

            change->progress = change->next_progress;
            **again = batch;
            *again = &batch->next;
        } else {
            *last = batch;
            last = &batch->next;
        }
    }
    session_answer_all(answered);
}

static void write_batch(struct store_writer *writer, struct queue_item *batch, struct queue_item ***again)
{
    int status = write_all(writer, batch);

    if (status == STATUS_CONFLICT) {
        write_each(writer, batch);
    } else if (status != STATUS_OK) {
        fail_all(batch, STATUS_UNAVAILABLE, "the database cannot be written; nothing was kept");
    }
    atomic_store(&writer->revision, writer->backend->revision(writer->side));
    answer(batch, again);
}

/* Cuts the first items off the list. */
static struct queue_item *cut_batch(struct queue_item **list)
{
    struct queue_item *first = *list, *last = first;

    for (size_t count = 1; count < MOST_IN_A_BATCH && last->next != NULL; count++)
        last = last->next;
    *list = last->next;
    last->next = NULL;
    return first;
}

static void *run_writer(void *arg)
{
    struct store_writer *writer = arg;
    struct queue_item *again = NULL, **again_last = &again;
    bool has_upkeep = true;

    for (;;) {
        struct queue_item *list = queue_take(writer->queue, again != NULL ? 0 : has_upkeep ? TEND_AFTER_MS : -1);
        bool is_idle = list == NULL && again == NULL;

        if (is_idle && queue_is_closed(writer->queue)) break;
        *again_last = list;
        list = again;
        again = NULL;
        again_last = &again;
        while (list != NULL)
            write_batch(writer, cut_batch(&list), &again_last);
        has_upkeep = writer->backend->tend(writer->side, is_idle);
    }
    return NULL;
}

struct store_writer *store_writer_start(const struct store_backend *backend, struct store_writer_side *side,
                                        struct log *log)
{
    struct store_writer *writer = memory_zeroed(1, sizeof(*writer));

    writer->backend = backend;
    writer->side = side;
    writer->log = log;
    writer->logged_at_ms = clock_monotonic_ms() - LOG_EVERY_MS;
    writer->queue = queue_new();
    writer->revision = backend->revision(side);
    if (pthread_create(&writer->thread, NULL, run_writer, writer) == 0) return writer;
    queue_free(writer->queue);
    memory_free(writer);
    return NULL;
}

void store_writer_stop(struct store_writer *writer)
{
    if (writer == NULL) return;
    queue_close(writer->queue);
    pthread_join(writer->thread, NULL);
    writer->backend->close_writer(writer->side);
    queue_free(writer->queue);
    memory_free(writer);
}

int store_writer_submit(struct store_writer *writer, struct store_request *request)
{
    return queue_push(writer->queue, &request->item, request->operation == STORE_ACCEPT ? ACCEPT_LIMIT : CHANGE_LIMIT);
}

int64_t store_writer_revision(const struct store_writer *writer)
{
    return atomic_load_explicit(&writer->revision, memory_order_acquire);
}

/*
 * Answers go back in chains: one post to the loop brings all that a transaction answered. The inbox is apart from the
 * session, because a task that is posted cannot be called back when the session ends.
 */
#include "runtime/store_session.h"

#include <pthread.h>
#include <stddef.h>

#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/store_backend.h"

struct session_inbox {
    struct loop_task task;
    struct store_session *session; /* NULL: ended while the task was under way */
    struct loop *loop;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct queue_item *first, **last;
    bool is_posted;
};

static void free_inbox(struct session_inbox *inbox)
{
    pthread_cond_destroy(&inbox->filled);
    pthread_mutex_destroy(&inbox->lock);
    memory_free(inbox);
}

static void call_done(struct store_session *session, struct queue_item *item)
{
    struct queue_item *next;

    for (; item != NULL; item = next) {
        struct store_request *request = (struct store_request *)item;

        next = item->next;
        if (--session->pending == 0) loop_release(session->inbox->loop);
        request->done(request, request->arg);
    }
}

static void on_posted(struct loop_task *task)
{
    struct session_inbox *inbox = (struct session_inbox *)task;
    struct queue_item *first;

    if (inbox->session == NULL) {
        free_inbox(inbox);
        return;
    }
    pthread_mutex_lock(&inbox->lock);
    first = inbox->first;
    inbox->first = NULL;
    inbox->last = &inbox->first;
    inbox->is_posted = false;
    pthread_mutex_unlock(&inbox->lock);
    call_done(inbox->session, first);
}

void session_expect(struct store_session *session)
{
    if (session->pending++ == 0) loop_hold(session->inbox->loop);
}

struct store_session *session_new(struct store *store, const struct store_backend *backend,
                                  struct store_reader_side *reader, struct loop *loop)
{
    struct store_session *session = memory_zeroed(1, sizeof(*session));
    struct session_inbox *inbox = memory_zeroed(1, sizeof(*inbox));

    session->store = store;
    session->backend = backend;
    session->reader = reader;
    session->inbox = inbox;
    inbox->task.run = on_posted;
    inbox->session = session;
    inbox->loop = loop;
    inbox->last = &inbox->first;
    pthread_mutex_init(&inbox->lock, NULL);
    pthread_cond_init(&inbox->filled, NULL);
    return session;
}

void session_free(struct store_session *session)
{
    struct session_inbox *inbox = session->inbox;
    struct queue_item *first;
    bool is_posted;

    while (session->pending > 0) {
        pthread_mutex_lock(&inbox->lock);
        while (inbox->first == NULL)
            pthread_cond_wait(&inbox->filled, &inbox->lock);
        first = inbox->first;
        inbox->first = NULL;
        inbox->last = &inbox->first;
        pthread_mutex_unlock(&inbox->lock);
        call_done(session, first);
    }
    pthread_mutex_lock(&inbox->lock);
    is_posted = inbox->is_posted;
    inbox->session = NULL;
    pthread_mutex_unlock(&inbox->lock);
    if (!is_posted) free_inbox(inbox);
    session->backend->close_reader(session->reader);
    store_rows_free(&session->rows);
    memory_free(session);
}

void session_complete(struct store_session *session, struct queue_item *first)
{
    struct session_inbox *inbox = session->inbox;
    struct queue_item *last = first;

    while (last->next != NULL)
        last = last->next;
    pthread_mutex_lock(&inbox->lock);
    *inbox->last = first;
    inbox->last = &last->next;
    if (!inbox->is_posted) {
        inbox->is_posted = true;
        loop_post(inbox->loop, &inbox->task);
    }
    pthread_cond_signal(&inbox->filled);
    pthread_mutex_unlock(&inbox->lock);
}

void session_answer_all(struct queue_item *item)
{
    struct store_session *touched = NULL, *next_session;
    struct queue_item *next;

    for (; item != NULL; item = next) {
        struct store_session *session = ((struct store_request *)item)->session;

        next = item->next;
        item->next = NULL;
        if (session->batch_first == NULL) {
            session->batch_last = &session->batch_first;
            session->batch_next = touched;
            touched = session;
        }
        *session->batch_last = item;
        session->batch_last = &item->next;
    }
    for (; touched != NULL; touched = next_session) {
        struct queue_item *first = touched->batch_first;

        next_session = touched->batch_next;
        touched->batch_first = NULL;
        session_complete(touched, first);
    }
}

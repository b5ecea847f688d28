/*
 * One worker's side of the store: its connection for reading, and the way back for answers to its changes.
 * Belongs to the loop's thread; only session_complete is called by others.
 */
#ifndef HERALD_STORE_SESSION_H
#define HERALD_STORE_SESSION_H

#include "runtime/store_request.h"

struct loop;
struct store;
struct store_backend;
struct store_reader_side;

struct store_session {
    struct store *store;
    const struct store_backend *backend;
    struct store_reader_side *reader;
    struct store_rows rows;
    struct session_inbox *inbox;
    size_t pending; /* changes that are not answered yet */

    /* The writer's thread's alone, between the commit and session_complete. */
    struct queue_item *batch_first, **batch_last;
    struct store_session *batch_next;
};

/* Takes the reader over. */
struct store_session *session_new(struct store *store, const struct store_backend *backend,
                                  struct store_reader_side *reader, struct loop *loop);

/* One more change is pending: the loop waits for its answer. */
void session_expect(struct store_session *session);

/* Waits for the pending changes, calls their done, frees. */
void session_free(struct store_session *session);

/* Another thread: posts a chain of answered requests, linked by item.next, to the session's loop. */
void session_complete(struct store_session *session, struct queue_item *first);

/* The writer's thread: answers a chain of requests of any sessions, linked by item.next. */
void session_answer_all(struct queue_item *first);

#endif

/*
 * The store: everything durable, behind one interface that a database implements (store_backend.h).
 *
 * One thread writes. It takes every change that waits, commits them in one transaction, and only then answers them
 * all: answered means on disk. Each worker has a session with a connection of its own for reading. Answers to changes
 * are posted to the session's loop.
 */
#ifndef HERALD_STORE_H
#define HERALD_STORE_H

#include "runtime/store_message.h"
#include "runtime/store_request.h"

struct clock;
struct log;
struct loop;
struct store;
struct store_session;

struct store_options {
    const char *path;          /* of the database's file; ":memory:" for one that ends with the store */
    const struct clock *clock; /* borrowed */
    struct log *log;           /* borrowed; NULL: nothing is logged */
    bool is_readonly;          /* beside another process that may have it open; every change is refused */
};

/*
 * STATUS_CONFLICT when another process has it open; STATUS_INVALID when the file is no database, is damaged or is of a
 * newer Herald; STATUS_UNAVAILABLE when it cannot be read or written; STATUS_NOT_FOUND when it is only to be read and
 * is not there. failure (of failure_size bytes) then has a sentence.
 */
int store_open(const struct store_options *options, struct store **out, char *failure, size_t failure_size);

/* Writes what waits, ends the threads and closes. Every session must be detached. */
void store_close(struct store *store);

/* A session for the thread that runs this loop. STATUS_UNAVAILABLE: no further connection can be opened. */
int store_attach(struct store *store, struct loop *loop, struct store_session **out);

/* Waits until every change of this session is answered, calls their done, and frees the session. The loop's thread. */
void store_detach(struct store_session *session);

/*
 * Answers a read at once. The rows are the session's, valid until its next read. STATUS_UNAVAILABLE: the database
 * failed. The session's thread.
 */
int store_read(struct store_session *session, enum store_query query, const struct store_value *values, size_t count,
               const struct store_rows **out);

/*
 * Hands a change to the writer. done is called on the session's loop, after the commit, never from within this call,
 * and then owns the request. STATUS_LIMIT when too many wait (code "overloaded"), STATUS_CLOSED, also when it is read
 * only: the request stays the caller's and done is not called. The session's thread.
 */
int store_submit(struct store_session *session, struct store_request *request,
                 void (*done)(struct store_request *request, void *arg), void *arg);

/* Grows with each committed change of campaigns and keys, before its answer; 0 while read only. Any thread; one atomic
 * load. */
int64_t store_revision(const struct store *store);

struct store *store_of(struct store_session *session);
const struct clock *store_clock(const struct store *store);

#endif

/* The store's parts put together: a backend, its writer's and its keeper's thread, and the sessions. */
#include "runtime/store.h"

#include <stdio.h>

#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/store_backend.h"
#include "runtime/store_keeper.h"
#include "runtime/store_session.h"
#include "runtime/store_sqlite.h"
#include "runtime/store_writer.h"

struct store {
    const struct store_backend *backend;
    const struct clock *clock;
    struct store_database *database;
    struct store_writer *writer;
    struct store_keeper *keeper;
};

static int start_writer(struct store *store, struct log *log, struct store_failure *failure)
{
    struct store_writer_side *side;
    int status = store->backend->open_writer(store->database, &side, failure);

    if (status != STATUS_OK) return status;
    store->writer = store_writer_start(store->backend, side, log);
    if (store->writer != NULL) return STATUS_OK;
    store->backend->close_writer(side);
    snprintf(failure->text, sizeof(failure->text),
             "the store's writer cannot be started: the system gives no more threads");
    return STATUS_UNAVAILABLE;
}

static int start_keeper(struct store *store, struct store_failure *failure)
{
    struct store_keeper_side *side;
    int status = store->backend->open_keeper(store->database, &side, failure);

    if (status != STATUS_OK) return status;
    store->keeper = store_keeper_start(store->backend, side);
    if (store->keeper != NULL) return STATUS_OK;
    store->backend->close_keeper(side);
    snprintf(failure->text, sizeof(failure->text),
             "the store's keeper cannot be started: the system gives no more threads");
    return STATUS_UNAVAILABLE;
}

int store_open(const struct store_options *options, struct store **out, char *failure, size_t failure_size)
{
    struct store *store = memory_zeroed(1, sizeof(*store));
    struct store_failure why = {""};
    int status;

    store->backend = store_sqlite_backend();
    store->clock = options->clock;
    status =
        store->backend->open(options->path, options->is_readonly, clock_now_ms(options->clock), &store->database, &why);
    if (status == STATUS_OK && !options->is_readonly) status = start_writer(store, options->log, &why);
    if (status == STATUS_OK && !options->is_readonly) status = start_keeper(store, &why);
    if (status == STATUS_OK) {
        *out = store;
        return STATUS_OK;
    }
    snprintf(failure, failure_size, "%s", why.text);
    store_close(store);
    return status;
}

void store_close(struct store *store)
{
    if (store == NULL) return;
    store_keeper_stop(store->keeper);
    store_writer_stop(store->writer);
    if (store->database != NULL) store->backend->close(store->database);
    memory_free(store);
}

int store_attach(struct store *store, struct loop *loop, struct store_session **out)
{
    struct store_failure failure;
    struct store_reader_side *reader;
    int status = store->backend->open_reader(store->database, &reader, &failure);

    if (status == STATUS_OK) *out = session_new(store, store->backend, reader, loop);
    return status;
}

void store_detach(struct store_session *session)
{
    if (session != NULL) session_free(session);
}

int store_read(struct store_session *session, enum store_query query, const struct store_value *values, size_t count,
               const struct store_rows **out)
{
    int status;

    store_rows_clear(&session->rows);
    status = session->backend->read(session->reader, query, values, count, &session->rows);
    if (status == STATUS_OK) *out = &session->rows;
    return status;
}

int store_submit(struct store_session *session, struct store_request *request,
                 void (*done)(struct store_request *request, void *arg), void *arg)
{
    struct store *store = session->store;
    int status;

    if (store->writer == NULL) return STATUS_CLOSED;
    request->session = session;
    request->done = done;
    request->arg = arg;
    status = request->operation == STORE_BACKUP ? store_keeper_submit(store->keeper, request)
                                                : store_writer_submit(store->writer, request);
    if (status == STATUS_OK) session_expect(session);
    return status;
}

int64_t store_revision(const struct store *store)
{
    return store->writer != NULL ? store_writer_revision(store->writer) : 0;
}

struct store *store_of(struct store_session *session)
{
    return session->store;
}

const struct clock *store_clock(const struct store *store)
{
    return store->clock;
}

/*
 * What a database must do to hold the store: the vtable behind runtime/store.h.
 *
 * database: what is shared, opened once. writer: belongs to the writer's thread. reader: belongs to one session's
 * thread. keeper: belongs to the thread for upkeep. All functions return 0 or a STATUS_*.
 */
#ifndef HERALD_STORE_BACKEND_H
#define HERALD_STORE_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/store_request.h"

#define STORE_FAILURE_SIZE 512

struct store_database;
struct store_writer_side;
struct store_reader_side;
struct store_keeper_side;

/* What went wrong, as a sentence. */
struct store_failure {
    char text[STORE_FAILURE_SIZE];
};

struct store_backend {
    /*
     * Opens, locks out other processes, brings the schema up to date and makes what was held wait again. Read only:
     * opens beside another process and changes nothing; then open_writer and open_keeper are not called.
     * STATUS_NOT_FOUND: there is none.
     */
    int (*open)(const char *path, bool is_readonly, int64_t now_ms, struct store_database **out,
                struct store_failure *failure);
    void (*close)(struct store_database *database);

    int (*open_writer)(struct store_database *database, struct store_writer_side **out, struct store_failure *failure);
    void (*close_writer)(struct store_writer_side *writer);

    int (*begin)(struct store_writer_side *writer);
    /*
     * Sets the request's status, failure and results. Returns STATUS_OK also when the request's own status is another;
     * STATUS_CONFLICT when a constraint stopped it half-way, so that the transaction must be rolled back and its other
     * requests applied again; any other when the database failed.
     */
    int (*apply)(struct store_writer_side *writer, struct store_request *request);
    int (*commit)(struct store_writer_side *writer);
    void (*rollback)(struct store_writer_side *writer);     /* also after a failed begin or commit */
    int64_t (*revision)(struct store_writer_side *writer);  /* of campaigns and keys, as committed */
    const char *(*error)(struct store_writer_side *writer); /* what the database said last, for the log */
    /* Between transactions. True: there is more upkeep to do when nothing else waits. */
    bool (*tend)(struct store_writer_side *writer, bool is_idle);

    int (*open_reader)(struct store_database *database, struct store_reader_side **out, struct store_failure *failure);
    void (*close_reader)(struct store_reader_side *reader);
    int (*read)(struct store_reader_side *reader, enum store_query query, const struct store_value *values,
                size_t count, struct store_rows *rows);

    int (*open_keeper)(struct store_database *database, struct store_keeper_side **out, struct store_failure *failure);
    void (*close_keeper)(struct store_keeper_side *keeper);
    void (*keep)(struct store_keeper_side *keeper); /* now and then, beside the writer */
    int (*backup)(struct store_keeper_side *keeper, const char *path, bool overwrites, struct store_failure *failure);
};

#endif

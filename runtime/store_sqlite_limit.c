/*
 * Exact sliding windows: of one limit no more than `most` are let through within any span of its window.
 *
 * Each that is let through is a row, numbered without a gap. Whether another one may pass hangs on a single row: the
 * one that would be the most-th before it. Times of a limit never go back, so that the numbers are in their order
 * whichever worker's clock was read first; where the clock is set back, the limit waits for it.
 */
#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

#define MOST_LIMITS_IN_A_BATCH 100
/* A request that waited in the queue has an earlier time than its turn: what it must still see is there. */
#define KEPT_BEYOND_MS 60000

struct limit {
    int64_t id, last, at;
};

/* DB_ROW or DB_DONE. */
static int find(struct store_writer_side *writer, const struct store_value *values, struct limit *out)
{
    static const char FIND[] = "SELECT id, last, at FROM limits WHERE sandbox = ? AND key = ? AND window = ?";
    struct db_statement *statement = db_statement(writer->db, FIND);
    int status;

    for (int i = 0; i < 3; i++)
        db_bind_value(statement, i + 1, values[i]);
    status = db_step(statement);
    if (status != DB_ROW) return status;
    *out = (struct limit){db_column_integer(statement, 0), db_column_integer(statement, 1),
                          db_column_integer(statement, 2)};
    db_reset(statement);
    return DB_ROW;
}

static int make(struct store_writer_side *writer, const struct store_value *values, int64_t now, struct limit *out)
{
    static const char MAKE[] =
        "INSERT INTO limits (sandbox, key, window, last, at, expires_at) VALUES (?1, ?2, ?3, 0, ?4, ?4)";
    struct db_statement *statement = db_statement(writer->db, MAKE);
    int status;

    for (int i = 0; i < 3; i++)
        db_bind_value(statement, i + 1, values[i]);
    db_bind_integer(statement, 4, now);
    status = db_run(statement);
    if (status == STATUS_OK) *out = (struct limit){db_last_rowid(writer->db), 0, now};
    return status;
}

/* When the one with this number was let through; *out stays when there is none. */
static int time_of(struct store_writer_side *writer, int64_t limit, int64_t number, int64_t *out)
{
    static const char FIND[] = "SELECT at FROM limit_takes WHERE limit_id = ? AND number = ?";
    struct db_statement *find_take = db_statement(writer->db, FIND);
    int status;

    db_bind_integer(find_take, 1, limit);
    db_bind_integer(find_take, 2, number);
    status = db_step(find_take);
    if (status != DB_ROW) return status;
    *out = db_column_integer(find_take, 0);
    db_reset(find_take);
    return STATUS_OK;
}

static int run(struct store_writer_side *writer, const char *sql, const int64_t *values, int count)
{
    struct db_statement *statement = db_statement(writer->db, sql);

    for (int i = 0; i < count; i++)
        db_bind_integer(statement, i + 1, values[i]);
    return db_run(statement);
}

/* Those before the most newest ones are outside of the window, for this one was let through. */
static int take(struct store_writer_side *writer, const struct limit *limit, int64_t window, int64_t most)
{
    static const char MOVE[] = "UPDATE limits SET last = ?2, at = ?3, expires_at = ?4 WHERE id = ?1";
    static const char ADD[] = "INSERT INTO limit_takes (limit_id, number, at) VALUES (?1, ?2, ?3)";
    static const char DROP[] = "DELETE FROM limit_takes WHERE limit_id = ?1 AND number <= ?2";
    const int64_t values[] = {limit->id, limit->last + 1, limit->at, limit->at + window + KEPT_BEYOND_MS};
    const int64_t outside[] = {limit->id, limit->last + 1 - most};
    int status = run(writer, MOVE, values, 4);

    if (status == STATUS_OK) status = run(writer, ADD, values, 3);
    if (status == STATUS_OK && outside[1] > 0) status = run(writer, DROP, outside, 2);
    return status;
}

static void answer(struct store_change *change, bool is_taken, int64_t retry_after)
{
    store_rows_clear(&change->rows);
    store_rows_add_column(&change->rows, "taken");
    store_rows_add_column(&change->rows, "retry_after_ms");
    store_rows_add_integer(&change->rows, is_taken);
    if (is_taken) {
        store_rows_add_null(&change->rows);
    } else {
        store_rows_add_integer(&change->rows, retry_after);
    }
    store_rows_end_row(&change->rows);
}

int sqlite_limit_take(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;
    int64_t window = values[2].integer, most = values[3].integer, now = values[4].integer, before = INT64_MIN;
    struct limit limit = {0, 0, 0};
    int status = find(writer, values, &limit);

    if (status == DB_DONE) {
        status = sqlite_find_room(writer, values[0].text, now, values[5].integer);
        if (status == STATUS_TOO_LARGE) {
            return sqlite_refuse(&change->request, status, "the sandbox keeps as many keys as it may");
        }
        if (status == STATUS_OK) status = make(writer, values, now, &limit);
    }
    if (status < 0) return status;
    if (limit.at < now) limit.at = now;
    status = time_of(writer, limit.id, limit.last - most + 1, &before);
    if (status != STATUS_OK) return status;
    if (before > limit.at - window) {
        answer(change, false, before + window - now);
        return STATUS_OK;
    }
    answer(change, true, 0);
    return take(writer, &limit, window, most);
}

/* The oldest takes first, and the limit with the last of them. */
static int prune_one(struct store_writer_side *writer, int64_t id, int64_t limit, int64_t *count)
{
    static const char TAKES[] = "DELETE FROM limit_takes WHERE limit_id = ?1 AND number <"
                                " (SELECT min(number) FROM limit_takes WHERE limit_id = ?1) + ?2";
    static const char HEAD[] = "DELETE FROM limits WHERE id = ?1";
    const int64_t values[] = {id, limit};
    int status = run(writer, TAKES, values, 2);

    if (status != STATUS_OK) return status;
    *count = db_changes(writer->db);
    if (*count == limit) return STATUS_OK;
    status = run(writer, HEAD, values, 1);
    if (status == STATUS_OK) ++*count;
    return status;
}

int sqlite_prune_limits(struct store_writer_side *writer, int64_t now, int64_t limit, int64_t *total)
{
    static const char FIND[] = "SELECT id FROM limits WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";
    struct db_statement *find_old = db_statement(writer->db, FIND);
    int64_t old[MOST_LIMITS_IN_A_BATCH], left = limit, count;
    size_t old_count = 0;
    int status;

    db_bind_integer(find_old, 1, now);
    db_bind_integer(find_old, 2, limit < MOST_LIMITS_IN_A_BATCH ? limit : MOST_LIMITS_IN_A_BATCH);
    while ((status = db_step(find_old)) == DB_ROW)
        old[old_count++] = db_column_integer(find_old, 0);
    for (size_t i = 0; i < old_count && left > 0 && status == STATUS_OK; i++) {
        count = 0;
        status = prune_one(writer, old[i], left, &count);
        left -= count;
        *total += count;
    }
    return status;
}

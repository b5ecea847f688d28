/* What scripts keep under keys: values with a condition on what is there, counters, and how many keys there may be. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

#define PRUNED_FOR_ROOM 100

static const struct store_text KV = {"kv", 2}, COUNTER = {"counter", 7};

static const char FIND[] = "SELECT value, expires_at IS NULL OR expires_at > ?4 FROM kept"
                           " WHERE sandbox = ?1 AND kind = ?2 AND key = ?3";

/* What is under a key: the row may be there and past its time. */
struct found {
    struct db_statement *statement; /* on the row; to be reset */
    bool is_row, is_there;
};

static int find(struct store_writer_side *writer, struct store_text sandbox, struct store_text kind,
                struct store_text key, int64_t now, struct found *out)
{
    struct db_statement *statement = db_statement(writer->db, FIND);
    int status;

    db_bind_text(statement, 1, sandbox);
    db_bind_text(statement, 2, kind);
    db_bind_text(statement, 3, key);
    db_bind_integer(statement, 4, now);
    status = db_step(statement);
    if (status < 0) return status;
    out->statement = statement;
    out->is_row = status == DB_ROW;
    out->is_there = out->is_row && db_column_integer(statement, 1) != 0;
    return STATUS_OK;
}

static int count_of(struct store_writer_side *writer, struct store_text sandbox, int64_t *out)
{
    struct db_statement *count = db_statement(writer->db, "SELECT count FROM kept_counts WHERE sandbox = ?");
    int status;

    db_bind_text(count, 1, sandbox);
    status = db_step(count);
    if (status < 0) return status;
    *out = status == DB_ROW ? db_column_integer(count, 0) : 0;
    db_reset(count);
    return STATUS_OK;
}

int sqlite_find_room(struct store_writer_side *writer, struct store_text sandbox, int64_t now, int64_t most_keys)
{
    int64_t count = 0, pruned = 0;
    int status = count_of(writer, sandbox, &count);

    if (status != STATUS_OK || count < most_keys) return status;
    status = sqlite_prune_kept(writer, now, PRUNED_FOR_ROOM, &pruned);
    if (status == STATUS_OK) status = sqlite_prune_limits(writer, now, PRUNED_FOR_ROOM, &pruned);
    if (status == STATUS_OK) status = count_of(writer, sandbox, &count);
    if (status != STATUS_OK) return status;
    return count < most_keys ? STATUS_OK : STATUS_TOO_LARGE;
}

static int refuse_full(struct store_change *change)
{
    return sqlite_refuse(&change->request, STATUS_TOO_LARGE, "the sandbox keeps as many keys as it may");
}

static int put(struct store_writer_side *writer, struct store_text kind, struct store_value value,
               const struct store_change *change)
{
    static const char PUT[] = "INSERT INTO kept (sandbox, kind, key, value, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)"
                              " ON CONFLICT DO UPDATE SET value = ?4, expires_at = ?5";
    struct db_statement *statement = db_statement(writer->db, PUT);

    db_bind_text(statement, 1, change->values[0].text);
    db_bind_text(statement, 2, kind);
    db_bind_text(statement, 3, change->values[1].text);
    db_bind_value(statement, 4, value);
    db_bind_value(statement, 5, change->values[3]);
    return db_run(statement);
}

static bool equals(const struct found *found, struct store_value expected)
{
    struct store_text value;

    if (expected.kind == STORE_NULL || !found->is_there) return expected.kind == STORE_NULL && !found->is_there;
    value = db_column_text(found->statement, 0);
    return value.len == expected.text.len && memcmp(value.bytes, expected.text.bytes, value.len) == 0;
}

static bool is_allowed(const struct store_change *change, const struct found *found)
{
    if (change->request.operation == STORE_KV_ADD) return !found->is_there;
    if (change->request.operation == STORE_KV_REPLACE) return found->is_there;
    if (change->request.operation == STORE_KV_SWAP) return equals(found, change->values[6]);
    return true;
}

static void answer_put(struct store_change *change, bool is_done, const struct found *found)
{
    store_rows_clear(&change->rows);
    store_rows_add_column(&change->rows, "done");
    store_rows_add_column(&change->rows, "value");
    store_rows_add_integer(&change->rows, is_done);
    if (is_done || !found->is_there) {
        store_rows_add_null(&change->rows);
    } else {
        struct store_text value = db_column_text(found->statement, 0);

        store_rows_add_text(&change->rows, value.bytes, value.len);
    }
    store_rows_end_row(&change->rows);
}

int sqlite_kv_put(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;
    struct found found;
    bool is_done;
    int status = find(writer, values[0].text, KV, values[1].text, values[4].integer, &found);

    if (status != STATUS_OK) return status;
    is_done = is_allowed(change, &found);
    answer_put(change, is_done, &found);
    db_reset(found.statement);
    if (!is_done) return STATUS_OK;
    if (!found.is_row) status = sqlite_find_room(writer, values[0].text, values[4].integer, values[5].integer);
    if (status == STATUS_TOO_LARGE) return refuse_full(change);
    return status == STATUS_OK ? put(writer, KV, values[2], change) : status;
}

static void answer_integer(struct store_change *change, const char *name, int64_t integer)
{
    store_rows_clear(&change->rows);
    store_rows_add_column(&change->rows, name);
    store_rows_add_integer(&change->rows, integer);
    store_rows_end_row(&change->rows);
}

int sqlite_forget_kept(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;
    struct db_statement *forget;
    struct found found;
    int status = find(writer, values[0].text, values[1].text, values[2].text, values[3].integer, &found);

    if (status != STATUS_OK) return status;
    db_reset(found.statement);
    answer_integer(change, "is_there", found.is_there);
    forget = db_statement(writer->db, "DELETE FROM kept WHERE sandbox = ? AND kind = ? AND key = ?");
    for (int i = 0; i < 3; i++)
        db_bind_value(forget, i + 1, values[i]);
    return db_run(forget);
}

/* The time of a counter that is there stays. */
static int save_sum(struct store_writer_side *writer, const struct store_change *change, int64_t sum)
{
    static const char SAVE[] = "UPDATE kept SET value = ?3 WHERE sandbox = ?1 AND kind = 'counter' AND key = ?2";
    struct db_statement *save = db_statement(writer->db, SAVE);

    db_bind_text(save, 1, change->values[0].text);
    db_bind_text(save, 2, change->values[1].text);
    db_bind_integer(save, 3, sum);
    return db_run(save);
}

int sqlite_counter_add(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;
    int64_t sum = values[2].integer;
    struct found found;
    bool is_too_large;
    int status = find(writer, values[0].text, COUNTER, values[1].text, values[4].integer, &found);

    if (status != STATUS_OK) return status;
    is_too_large = found.is_there && __builtin_add_overflow(sum, db_column_integer(found.statement, 0), &sum);
    db_reset(found.statement);
    if (is_too_large) return sqlite_refuse(&change->request, STATUS_INVALID, "the counter would leave the integers");
    answer_integer(change, "value", sum);
    if (found.is_there) return save_sum(writer, change, sum);
    if (!found.is_row) status = sqlite_find_room(writer, values[0].text, values[4].integer, values[5].integer);
    if (status == STATUS_TOO_LARGE) return refuse_full(change);
    return status == STATUS_OK ? put(writer, COUNTER, store_integer(sum), change) : status;
}

int sqlite_prune_kept(struct store_writer_side *writer, int64_t now, int64_t limit, int64_t *total)
{
    static const char DELETE[] =
        "DELETE FROM kept WHERE (sandbox, kind, key) IN"
        " (SELECT sandbox, kind, key FROM kept WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
    struct db_statement *delete = db_statement(writer->db, DELETE);
    int status;

    db_bind_integer(delete, 1, now);
    db_bind_integer(delete, 2, limit);
    status = db_run(delete);
    if (status == STATUS_OK) *total += db_changes(writer->db);
    return status;
}

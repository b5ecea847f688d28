/*
 * Retention: a small batch of what is past its time goes in one transaction; the caller asks until nothing goes.
 *
 * Request ids have no index by their time, which would cost every trigger: messages stand in the order of acceptance,
 * so the request ids are walked along with them, from where the last walk ended.
 */
#include "runtime/id.h"
#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

#define MOST_IN_A_BATCH 1000

struct old_message {
    int64_t id;
    enum store_state state;
};

/* Forgets the request id of an execution; an id that was used again since belongs to another execution and stays. */
static int delete_request(struct store_writer_side *writer, struct store_text sandbox, struct store_text request_id,
                          int64_t execution)
{
    static const char DELETE[] = "DELETE FROM request_ids WHERE key = ? AND execution = ?";
    struct db_statement *delete = db_statement(writer->db, DELETE);
    unsigned char key[STORE_REQUEST_KEY_LEN];

    store_request_key(sandbox, request_id, key);
    db_bind_blob(delete, 1, key, sizeof(key));
    db_bind_integer(delete, 2, execution);
    return db_run(delete);
}

/* True when this execution's request id must still be remembered. */
static int is_remembered(struct store_writer_side *writer, struct store_text sandbox, struct store_text request_id,
                         int64_t execution, int64_t now, bool *out)
{
    static const char FIND[] = "SELECT 1 FROM request_ids WHERE key = ? AND execution = ? AND expires_at > ?";
    struct db_statement *find = db_statement(writer->db, FIND);
    unsigned char key[STORE_REQUEST_KEY_LEN];
    int status;

    store_request_key(sandbox, request_id, key);
    db_bind_blob(find, 1, key, sizeof(key));
    db_bind_integer(find, 2, execution);
    db_bind_integer(find, 3, now);
    status = db_step(find);
    *out = status == DB_ROW;
    db_reset(find);
    return status < 0 ? status : STATUS_OK;
}

static int save_place(struct store_writer_side *writer, int64_t id)
{
    static const char SAVE[] = "UPDATE meta SET value = ? WHERE name = 'requests_pruned'";
    struct db_statement *save = db_statement(writer->db, SAVE);

    db_bind_integer(save, 1, id);
    return db_run(save);
}

static int prune_requests(struct store_writer_side *writer, int64_t now, int64_t limit, int64_t *total)
{
    static const char NEXT[] =
        "SELECT m.id, m.request_id, r.sandbox FROM messages m LEFT JOIN routes r ON r.id = m.route"
        " WHERE m.id > (SELECT value FROM meta WHERE name = 'requests_pruned') ORDER BY m.id LIMIT ?";
    struct db_statement *next = db_statement(writer->db, NEXT);
    int64_t place = 0;
    bool is_kept = false;
    int status;

    db_bind_integer(next, 1, limit);
    while ((status = db_step(next)) == DB_ROW) {
        struct store_text request_id = db_column_text(next, 1), sandbox = db_column_text(next, 2);
        int64_t id = db_column_integer(next, 0);

        if (request_id.bytes != NULL) {
            status = is_remembered(writer, sandbox, request_id, id, now, &is_kept);
            if (status == STATUS_OK && !is_kept) status = delete_request(writer, sandbox, request_id, id);
            if (status == STATUS_OK && !is_kept) *total += db_changes(writer->db);
        }
        if (status < 0 || is_kept) break;
        place = id;
    }
    db_reset(next);
    if (status >= 0 && place != 0) status = save_place(writer, place);
    return status < 0 ? status : STATUS_OK;
}

static int delete_message(struct store_writer_side *writer, const struct old_message *message)
{
    static const char *const DELETES[] = {"DELETE FROM events WHERE message = ?", "DELETE FROM messages WHERE id = ?"};
    int status = STATUS_OK;

    for (size_t i = 0; i < 2 && status == STATUS_OK; i++) {
        struct db_statement *delete = db_statement(writer->db, DELETES[i]);

        db_bind_integer(delete, 1, message->id);
        status = db_run(delete);
    }
    sqlite_count_state(writer, message->state, -1);
    return status;
}

/* Finished messages that were accepted before; the oldest first. */
static int prune_messages(struct store_writer_side *writer, int64_t before, int64_t limit, int64_t *total)
{
    static const char FIND[] =
        "SELECT m.id, m.state, m.request_id, r.sandbox FROM messages m LEFT JOIN routes r ON r.id = m.route"
        " WHERE m.id < ?1 AND m.state >= 2 AND m.at < ?2 ORDER BY m.id LIMIT ?3";
    struct db_statement *find = db_statement(writer->db, FIND);
    struct old_message old[MOST_IN_A_BATCH];
    size_t count = 0;
    int status;

    db_bind_integer(find, 1, id_least_at(before));
    db_bind_integer(find, 2, before);
    db_bind_integer(find, 3, limit);
    while ((status = db_step(find)) == DB_ROW) {
        struct store_text request_id = db_column_text(find, 2);

        old[count] = (struct old_message){db_column_integer(find, 0), (enum store_state)db_column_integer(find, 1)};
        if (request_id.bytes != NULL)
            status = delete_request(writer, db_column_text(find, 3), request_id, old[count].id);
        if (status < 0) break;
        count++;
    }
    db_reset(find);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = delete_message(writer, &old[i]);
    *total += (int64_t)count;
    return status;
}

static int prune_once_keys(struct store_writer_side *writer, int64_t now, int64_t limit, int64_t *total)
{
    static const char DELETE[] =
        "DELETE FROM once_keys WHERE (sandbox, key) IN"
        " (SELECT sandbox, key FROM once_keys WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
    struct db_statement *delete = db_statement(writer->db, DELETE);
    int status;

    db_bind_integer(delete, 1, now);
    db_bind_integer(delete, 2, limit);
    status = db_run(delete);
    if (status == STATUS_OK) *total += db_changes(writer->db);
    return status;
}

int sqlite_prune(struct store_writer_side *writer, struct store_change *change)
{
    int64_t before = change->values[0].integer, limit = change->values[1].integer, now = change->values[2].integer,
            total = 0;
    int status;

    if (limit > MOST_IN_A_BATCH) limit = MOST_IN_A_BATCH;
    status = prune_requests(writer, now, limit, &total);
    if (status == STATUS_OK) status = prune_messages(writer, before, limit, &total);
    if (status == STATUS_OK) status = prune_once_keys(writer, now, limit, &total);
    if (status == STATUS_OK) status = sqlite_prune_kept(writer, now, limit, &total);
    if (status == STATUS_OK) status = sqlite_prune_limits(writer, now, limit, &total);
    store_rows_clear(&change->rows);
    store_rows_add_column(&change->rows, "count");
    store_rows_add_integer(&change->rows, total);
    store_rows_end_row(&change->rows);
    return status;
}

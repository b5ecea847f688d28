/* The small records: profiles, keys, audit rows, events, counts, and what happens once. */
#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

#define MOST_METRIC_LEN 64

static int run(struct store_writer_side *writer, const char *sql, const struct store_change *change)
{
    struct db_statement *statement = db_statement(writer->db, sql);

    for (size_t i = 0; i < change->value_count; i++)
        db_bind_value(statement, (int)i + 1, change->values[i]);
    return db_run(statement);
}

static void answer(struct store_change *change, const char *name, int64_t value)
{
    store_rows_clear(&change->rows);
    store_rows_add_column(&change->rows, name);
    store_rows_add_integer(&change->rows, value);
    store_rows_end_row(&change->rows);
}

int sqlite_append_audit(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;

    return sqlite_add_audit(writer, values[0].integer, values[1].text, values[2].text, values[3].text, values[4].text);
}

int sqlite_append_event(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;

    return sqlite_add_event(writer, values[0].integer, values[1].integer, values[2].text, values[3].text);
}

int sqlite_save_profile(struct store_writer_side *writer, struct store_change *change)
{
    static const char SAVE[] =
        "INSERT INTO profiles (namespace, user_id, attributes, created_at, modified_at)"
        " VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT DO UPDATE SET attributes = ?3, modified_at = ?4";

    return run(writer, SAVE, change);
}

int sqlite_once(struct store_writer_side *writer, struct store_change *change)
{
    static const char ADD[] = "INSERT INTO once_keys (sandbox, key, expires_at, owner) VALUES (?1, ?2, ?3, ?5)"
                              " ON CONFLICT DO UPDATE SET expires_at = ?3, owner = ?5"
                              " WHERE expires_at <= ?4 OR owner = ?5";
    int status = run(writer, ADD, change);

    if (status == STATUS_OK) answer(change, "is_first", db_changes(writer->db) > 0);
    return status;
}

int sqlite_keep_once(struct store_writer_side *writer, struct store_change *change)
{
    return run(writer, "UPDATE once_keys SET owner = NULL WHERE owner = ?", change);
}

int sqlite_forget_once(struct store_writer_side *writer, struct store_change *change)
{
    return run(writer, "DELETE FROM once_keys WHERE owner = ?", change);
}

int sqlite_save_key(struct store_writer_side *writer, struct store_change *change)
{
    static const char FIND[] = "SELECT 1 FROM keys WHERE name = ? AND revoked_at IS NULL";
    static const char ADD[] =
        "INSERT INTO keys (hash, name, scopes, created_at, created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?)";
    struct db_statement *find = db_statement(writer->db, FIND);
    int status;

    db_bind_value(find, 1, change->values[1]);
    status = db_step(find);
    if (status == DB_ROW) {
        db_reset(find);
        return sqlite_refuse(&change->request, STATUS_CONFLICT, "there is a key with this name already");
    }
    if (status == DB_DONE) status = run(writer, ADD, change);
    writer->next_revision++;
    return status;
}

int sqlite_revoke_key(struct store_writer_side *writer, struct store_change *change)
{
    static const char REVOKE[] =
        "UPDATE keys SET revoked_at = ?2, revoked_by = ?3 WHERE name = ?1 AND revoked_at IS NULL";
    int status = run(writer, REVOKE, change);
    int64_t count;

    if (status != STATUS_OK) return status;
    count = db_changes(writer->db);
    if (count == 0) return sqlite_refuse(&change->request, STATUS_NOT_FOUND, "there is no key with this name");
    writer->next_revision++;
    answer(change, "count", count);
    return STATUS_OK;
}

int sqlite_add_count(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;
    char metric[MOST_METRIC_LEN + 1];
    size_t len = values[1].text.len < MOST_METRIC_LEN ? values[1].text.len : MOST_METRIC_LEN;
    int64_t campaign;
    int status = sqlite_find_campaign(writer, values[0].text, &campaign);

    if (status == STATUS_NOT_FOUND) return sqlite_refuse(&change->request, status, "there is no such campaign");
    if (status != STATUS_OK) return status;
    for (size_t i = 0; i < len; i++)
        metric[i] = values[1].text.bytes[i];
    metric[len] = '\0';
    sqlite_count(writer, campaign, values[2].integer, metric, (struct store_text){NULL, 0}, values[3].integer);
    return STATUS_OK;
}

/* The journal: what scripts saw and decided, by message, and the calls that were refused. Both are kept for a time, and
 * refusals also up to a number. */
#include "runtime/id.h"
#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

#define MOST_REFUSALS 100000

int sqlite_add_journal(struct store_writer_side *writer, int64_t message, int64_t generation, struct store_text record)
{
    static const char ADD[] = "INSERT INTO journal (message, generation, record) VALUES (?, ?, ?)";
    struct db_statement *add = db_statement(writer->db, ADD);

    db_bind_integer(add, 1, message);
    db_bind_integer(add, 2, generation);
    db_bind_text(add, 3, record);
    return db_run(add);
}

int sqlite_note_refusal(struct store_writer_side *writer, struct store_change *change)
{
    static const char ADD[] =
        "INSERT INTO refusals (id, at, campaign, user_id, namespace, request_id, by, code, reason,"
        " place, left_out) VALUES (?11, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    struct db_statement *add = db_statement(writer->db, ADD);

    for (size_t i = 0; i < change->value_count; i++)
        db_bind_value(add, (int)i + 1, change->values[i]);
    db_bind_integer(add, 11, id_next(&writer->ids, change->values[0].integer, 1));
    return db_run(add);
}

static int delete_before(struct store_writer_side *writer, const char *sql, int64_t id, int64_t limit, int64_t *total)
{
    struct db_statement *delete = db_statement(writer->db, sql);
    int status;

    db_bind_integer(delete, 1, id);
    db_bind_integer(delete, 2, limit);
    status = db_run(delete);
    if (status == STATUS_OK) *total += db_changes(writer->db);
    return status;
}

/* The id of the newest refusal that is one too many; 0 when there is none. */
static int64_t find_surplus(struct store_writer_side *writer)
{
    static const char FIND[] = "SELECT id FROM refusals ORDER BY id DESC LIMIT 1 OFFSET ?";
    struct db_statement *find = db_statement(writer->db, FIND);
    int64_t id = 0;

    db_bind_integer(find, 1, MOST_REFUSALS);
    if (db_step(find) == DB_ROW) id = db_column_integer(find, 0);
    db_reset(find);
    return id;
}

int sqlite_prune_journal(struct store_writer_side *writer, int64_t before, int64_t limit, int64_t *total)
{
    static const char RECORDS[] = "DELETE FROM journal WHERE message IN"
                                  " (SELECT message FROM journal WHERE message < ?1 ORDER BY message LIMIT ?2)";
    static const char REFUSALS[] =
        "DELETE FROM refusals WHERE id IN (SELECT id FROM refusals WHERE id < ?1 ORDER BY id LIMIT ?2)";
    int64_t first = id_least_at(before), surplus = find_surplus(writer);
    int status = delete_before(writer, RECORDS, first, limit, total);

    if (status != STATUS_OK) return status;
    return delete_before(writer, REFUSALS, surplus >= first ? surplus + 1 : first, limit, total);
}

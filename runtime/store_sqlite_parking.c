/*
 * Campaigns that exceed their budget: each time is noted, a version that does it too often is parked, and a trial by
 * one trigger at a time decides whether it stays so.
 */
#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

static int run(struct store_writer_side *writer, const char *sql, const struct store_value *values, size_t count)
{
    struct db_statement *statement = db_statement(writer->db, sql);

    for (size_t i = 0; i < count; i++)
        db_bind_value(statement, (int)i + 1, values[i]);
    return db_run(statement);
}

static void answer(struct store_change *change, const char *name, int64_t value)
{
    store_rows_clear(&change->rows);
    store_rows_add_column(&change->rows, name);
    store_rows_add_integer(&change->rows, value);
    store_rows_end_row(&change->rows);
}

static int count_excesses(struct store_writer_side *writer, const struct store_value *of, int64_t *out_count)
{
    static const char COUNT[] = "SELECT count(*) FROM excesses WHERE campaign = ?1 AND version = ?2";
    struct db_statement *count = db_statement(writer->db, COUNT);
    int status;

    db_bind_value(count, 1, of[0]);
    db_bind_value(count, 2, of[1]);
    status = db_step(count);
    if (status != DB_ROW) return status == DB_DONE ? STATUS_UNAVAILABLE : status;
    *out_count = db_column_integer(count, 0);
    db_reset(count);
    return STATUS_OK;
}

/* One that is parked already failed its trial, or is the last of those that began before. */
static int extend(struct store_writer_side *writer, const struct store_value *values, bool *out_was_parked)
{
    static const char EXTEND[] = "UPDATE parkings SET until = ?3 + ?7, trial_until = NULL, reason = ?4"
                                 " WHERE campaign = ?1 AND version = ?2";
    int status = run(writer, EXTEND, values, 7);

    *out_was_parked = status == STATUS_OK && db_changes(writer->db) > 0;
    return status;
}

static int park(struct store_writer_side *writer, const struct store_value *values)
{
    static const char PARK[] = "INSERT INTO parkings (campaign, version, since, until, reason)"
                               " VALUES (?1, ?2, ?3, ?3 + ?7, ?4)";
    static const char FORGET[] = "DELETE FROM excesses WHERE campaign = ?1";
    int status = run(writer, PARK, values, 7);

    if (status == STATUS_OK) status = run(writer, FORGET, values, 1);
    if (status != STATUS_OK) return status;
    return sqlite_add_audit(writer, values[2].integer, store_string("herald").text, store_string("park").text,
                            values[0].text, values[7].text);
}

int sqlite_note_excess(struct store_writer_side *writer, struct store_change *change)
{
    static const char ADD[] = "INSERT INTO excesses (campaign, version, at) VALUES (?1, ?2, ?3)";
    static const char FORGET[] = "DELETE FROM excesses WHERE campaign = ?1 AND at <= ?2";
    const struct store_value *values = change->values;
    struct store_value old[] = {values[0], store_integer(values[2].integer - values[5].integer)};
    bool was_parked = false, is_parked = false;
    int64_t count = 0;
    int status = extend(writer, values, &was_parked);

    if (status == STATUS_OK && !was_parked) {
        status = run(writer, FORGET, old, 2);
        if (status == STATUS_OK) status = run(writer, ADD, values, 3);
        if (status == STATUS_OK) status = count_excesses(writer, values, &count);
        is_parked = status == STATUS_OK && count >= values[4].integer;
        if (is_parked) status = park(writer, values);
    }
    if (status != STATUS_OK) return status;
    if (was_parked || is_parked) writer->next_revision++;
    answer(change, "is_parked", was_parked || is_parked);
    return STATUS_OK;
}

int sqlite_try_parked(struct store_writer_side *writer, struct store_change *change)
{
    static const char TRY[] = "UPDATE parkings SET trial_until = ?4 WHERE campaign = ?1 AND version = ?2"
                              " AND until <= ?3 AND (trial_until IS NULL OR trial_until <= ?3)";
    int status = run(writer, TRY, change->values, 4);

    if (status != STATUS_OK) return status;
    if (db_changes(writer->db) > 0) writer->next_revision++;
    answer(change, "is_granted", db_changes(writer->db) > 0);
    return STATUS_OK;
}

int sqlite_forget_excesses(struct store_writer_side *writer, struct store_text campaign, int64_t *out_parked)
{
    struct store_value value = store_bytes(campaign.bytes, campaign.len);
    int status = run(writer, "DELETE FROM excesses WHERE campaign = ?1", &value, 1);

    if (status == STATUS_OK) status = run(writer, "DELETE FROM parkings WHERE campaign = ?1", &value, 1);
    *out_parked = status == STATUS_OK ? db_changes(writer->db) : 0;
    return status;
}

int sqlite_unpark(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;
    int64_t parked = 0;
    int status = sqlite_forget_excesses(writer, values[0].text, &parked);

    if (status != STATUS_OK) return status;
    answer(change, "count", parked);
    if (parked == 0) return STATUS_OK;
    writer->next_revision++;
    return sqlite_add_audit(writer, values[2].integer, values[1].text, store_string("unpark").text, values[0].text,
                            values[3].text);
}

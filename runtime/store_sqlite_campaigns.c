/* Campaigns and their versions: saved, changed by compare-and-set with their audit row, deleted while drafts. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_queries.h"
#include "runtime/store_sqlite_writer.h"

static void answer_integers(struct store_rows *rows, const char *const names[], const int64_t *values, size_t count)
{
    store_rows_clear(rows);
    for (size_t i = 0; i < count; i++)
        store_rows_add_column(rows, names[i]);
    for (size_t i = 0; i < count; i++)
        store_rows_add_integer(rows, values[i]);
    store_rows_end_row(rows);
}

struct saving {
    int64_t campaign, number;
    bool is_campaign_new, is_version_new;
};

static int make_campaign(struct store_writer_side *writer, const struct store_value *values, struct saving *saving)
{
    static const char ADD[] =
        "INSERT INTO campaigns (id, status, origin, created_at, created_by, modified_at, modified_by, revision)"
        " VALUES (?1, 'draft', ?2, ?3, ?4, ?3, ?4, ?5)";
    struct db_statement *add;
    int status = sqlite_find_campaign(writer, values[0].text, &saving->campaign);

    if (status != STATUS_NOT_FOUND) return status;
    add = db_statement(writer->db, ADD);
    db_bind_value(add, 1, values[0]);
    db_bind_value(add, 2, values[4]);
    db_bind_value(add, 3, values[6]);
    db_bind_value(add, 4, values[5]);
    db_bind_integer(add, 5, ++writer->next_revision);
    status = db_run(add);
    saving->campaign = db_last_rowid(writer->db);
    saving->is_campaign_new = true;
    return status;
}

static int make_version(struct store_writer_side *writer, const struct store_value *values, struct saving *saving)
{
    static const char FIND[] = "SELECT number FROM versions WHERE campaign = ? AND hash = ?";
    static const char ADD[] =
        "INSERT INTO versions (campaign, number, hash, definition, bundle, created_at, created_by)"
        " SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM versions WHERE campaign = ?1";
    struct db_statement *statement;
    int status;

    for (int attempt = 0; attempt < 2; attempt++) {
        statement = db_statement(writer->db, FIND);
        db_bind_integer(statement, 1, saving->campaign);
        db_bind_value(statement, 2, values[1]);
        status = db_step(statement);
        if (status == DB_ROW) {
            saving->number = db_column_integer(statement, 0);
            db_reset(statement);
            return STATUS_OK;
        }
        if (status != DB_DONE) return status;
        saving->is_version_new = true;
        statement = db_statement(writer->db, ADD);
        db_bind_integer(statement, 1, saving->campaign);
        db_bind_value(statement, 2, values[1]);
        db_bind_value(statement, 3, values[2]);
        db_bind_value(statement, 4, values[3]);
        db_bind_value(statement, 5, values[6]);
        db_bind_value(statement, 6, values[5]);
        status = db_run(statement);
        if (status != STATUS_OK) return status;
    }
    return STATUS_UNAVAILABLE;
}

/* The draft becomes this version, or none when it is the live one; nothing happens when it is so already. */
static int set_draft(struct store_writer_side *writer, const struct store_value *values, int64_t campaign)
{
    static const char SET[] = "UPDATE campaigns SET draft = CASE live WHEN ?2 THEN NULL ELSE ?2 END, modified_at = ?3,"
                              " modified_by = ?4, origin = ?5, revision = ?6 WHERE number = ?1"
                              " AND draft IS NOT CASE live WHEN ?2 THEN NULL ELSE ?2 END";
    struct db_statement *set = db_statement(writer->db, SET);
    int status;

    db_bind_integer(set, 1, campaign);
    db_bind_value(set, 2, values[1]);
    db_bind_value(set, 3, values[6]);
    db_bind_value(set, 4, values[5]);
    db_bind_value(set, 5, values[4]);
    db_bind_integer(set, 6, writer->next_revision + 1);
    status = db_run(set);
    if (status == STATUS_OK && db_changes(writer->db) > 0) writer->next_revision++;
    return status;
}

int sqlite_save_version(struct store_writer_side *writer, struct store_change *change)
{
    static const char *const NAMES[] = {"number", "created", "campaign_created"};
    const struct store_value *values = change->values;
    struct saving saving = {0, 0, false, false};
    struct buffer detail = BUFFER_EMPTY;
    int status = make_campaign(writer, values, &saving);

    if (status == STATUS_OK) status = make_version(writer, values, &saving);
    if (status == STATUS_OK) status = set_draft(writer, values, saving.campaign);
    if (status == STATUS_OK && saving.is_version_new) {
        buffer_add_format(&detail, "{\"version\":\"%.*s\"}", (int)values[1].text.len, values[1].text.bytes);
        status = sqlite_add_audit(writer, values[6].integer, values[5].text, store_string("save").text, values[0].text,
                                  (struct store_text){detail.bytes, detail.len});
        buffer_free(&detail);
    }
    answer_integers(&change->rows, NAMES, (int64_t[]){saving.number, saving.is_version_new, saving.is_campaign_new}, 3);
    return status;
}

/* True when the comma-separated list has the word. */
static bool has_word(struct store_text list, struct store_text word)
{
    const char *at = list.bytes, *end = list.bytes + list.len;

    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t len = (size_t)((comma != NULL ? comma : end) - at);

        if (len == word.len && memcmp(at, word.bytes, len) == 0) return true;
        at += len + 1;
    }
    return false;
}

/* STATUS_OK when the campaign's status is in the list; else refuses the request (refused is set). */
static int compare_status(struct store_writer_side *writer, struct store_change *change, struct store_text from,
                          bool *is_refused)
{
    static const char FIND[] = "SELECT status FROM campaigns WHERE sandbox = 'prod' AND id = ?";
    struct db_statement *find = db_statement(writer->db, FIND);
    bool is_listed;
    int status;

    db_bind_value(find, 1, change->values[0]);
    status = db_step(find);
    if (status < 0) return status;
    *is_refused = true;
    if (status == DB_DONE) return sqlite_refuse(&change->request, STATUS_NOT_FOUND, "there is no such campaign");
    is_listed = has_word(from, db_column_text(find, 0));
    db_reset(find);
    if (!is_listed)
        return sqlite_refuse(&change->request, STATUS_CONFLICT, "the campaign's status does not allow this");
    *is_refused = false;
    return STATUS_OK;
}

/* The version that becomes live must exist, and keeps the time of its activation. */
static int activate_version(struct store_writer_side *writer, struct store_change *change, bool *is_refused)
{
    static const char ACTIVATE[] = "UPDATE versions SET activated_at = coalesce(activated_at, ?3) WHERE hash = ?2"
                                   " AND campaign = (SELECT number FROM campaigns WHERE sandbox = 'prod' AND id = ?1)";
    struct db_statement *activate = db_statement(writer->db, ACTIVATE);
    int status;

    db_bind_value(activate, 1, change->values[0]);
    db_bind_value(activate, 2, change->values[3]);
    db_bind_value(activate, 3, change->values[7]);
    status = db_run(activate);
    if (status != STATUS_OK || db_changes(writer->db) > 0) return status;
    *is_refused = true;
    return sqlite_refuse(&change->request, STATUS_NOT_FOUND, "there is no such version of this campaign");
}

static int write_campaign(struct store_writer_side *writer, struct store_change *change)
{
    static const char SET[] =
        "UPDATE campaigns SET status = coalesce(?2, status), live = coalesce(?3, live),"
        " draft = CASE WHEN ?5 THEN NULL ELSE coalesce(?4, draft) END, modified_by = ?6, modified_at = ?7,"
        " revision = ?8 WHERE sandbox = 'prod' AND id = ?1 RETURNING " SQLITE_CAMPAIGN_COLUMNS;
    const struct store_value *values = change->values;
    struct db_statement *set = db_statement(writer->db, SET);

    db_bind_value(set, 1, values[0]);
    for (int i = 2; i <= 7; i++)
        db_bind_value(set, i, values[i]);
    db_bind_integer(set, 8, ++writer->next_revision);
    store_rows_clear(&change->rows);
    return db_read_rows(set, &change->rows);
}

int sqlite_change_campaign(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;
    bool is_refused = false, is_activation = values[3].kind == STORE_TEXT;
    int64_t parked;
    int status = compare_status(writer, change, values[1].text, &is_refused);

    if (status == STATUS_OK && !is_refused && is_activation) status = activate_version(writer, change, &is_refused);
    if (status == STATUS_OK && !is_refused && is_activation)
        status = sqlite_forget_excesses(writer, values[0].text, &parked);
    if (status != STATUS_OK || is_refused) return status;
    status = write_campaign(writer, change);
    if (status != STATUS_OK) return status;
    return sqlite_add_audit(writer, values[7].integer, values[6].text, values[8].text, values[0].text, values[9].text);
}

int sqlite_delete_campaign(struct store_writer_side *writer, struct store_change *change)
{
    static const char *const DELETES[] = {
        "DELETE FROM versions WHERE campaign = (SELECT number FROM campaigns WHERE sandbox = 'prod' AND id = ?1)",
        "DELETE FROM counters WHERE campaign = (SELECT number FROM campaigns WHERE sandbox = 'prod' AND id = ?1)",
        "DELETE FROM campaigns WHERE sandbox = 'prod' AND id = ?1",
    };
    const struct store_value *values = change->values;
    bool is_refused = false;
    int status = compare_status(writer, change, store_string("draft").text, &is_refused);

    if (status != STATUS_OK || is_refused) return status;
    for (size_t i = 0; i < sizeof(DELETES) / sizeof(DELETES[0]) && status == STATUS_OK; i++) {
        struct db_statement *delete = db_statement(writer->db, DELETES[i]);

        db_bind_value(delete, 1, values[0]);
        status = db_run(delete);
    }
    sqlite_forget_campaigns(writer);
    writer->next_revision++;
    if (status != STATUS_OK) return status;
    return sqlite_add_audit(writer, values[2].integer, values[1].text, store_string("delete").text, values[0].text,
                            (struct store_text){NULL, 0});
}

/* The outbox: claiming what is due, and an operator's retries and cancellations. */
#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_queries.h"
#include "runtime/store_sqlite_writer.h"

#define SLICE 1000

int sqlite_claim(struct store_writer_side *writer, struct store_change *change)
{
    static const char DUE[] = "SELECT " SQLITE_MESSAGE_COLUMNS(
        "'held'") " FROM messages m INDEXED BY outbox " SQLITE_MESSAGE_JOINS
                  "WHERE m.state < 2 AND m.state = 0 AND m.due_at <= ? ORDER BY m.due_at LIMIT ?";
    static const char HOLD[] = "UPDATE messages SET state = 1 WHERE id = ?";
    struct db_statement *due = db_statement(writer->db, DUE), *hold;
    int status;

    store_rows_clear(&change->rows);
    db_bind_value(due, 1, change->values[0]);
    db_bind_value(due, 2, change->values[1]);
    status = db_read_rows(due, &change->rows);
    for (size_t row = 0; row < change->rows.count && status == STATUS_OK; row++) {
        hold = db_statement(writer->db, HOLD);
        db_bind_integer(hold, 1, store_rows_value(&change->rows, row, 0).integer);
        status = db_run(hold);
    }
    sqlite_count_state(writer, STORE_WAITING, -(int64_t)change->rows.count);
    sqlite_count_state(writer, STORE_HELD, (int64_t)change->rows.count);
    return status;
}

/* What an operation does to one waiting message. */
typedef int waiting_function(struct store_writer_side *writer, const struct store_change *change, int64_t id,
                             int64_t campaign);

static int retry_one(struct store_writer_side *writer, const struct store_change *change, int64_t id, int64_t campaign)
{
    static const char RETRY[] = "UPDATE messages SET due_at = min(due_at, ?2) WHERE id = ?1";
    struct db_statement *retry = db_statement(writer->db, RETRY);

    (void)campaign;
    db_bind_integer(retry, 1, id);
    db_bind_value(retry, 2, change->values[0]);
    return db_run(retry);
}

static int cancel_one(struct store_writer_side *writer, const struct store_change *change, int64_t id, int64_t campaign)
{
    static const char CANCEL[] = "UPDATE messages SET state = 7, settled_at = ?2, reason = ?3 WHERE id = ?1";
    struct db_statement *cancel = db_statement(writer->db, CANCEL);
    const struct store_value *at = &change->values[0], *by = &change->values[1], *reason = &change->values[2];
    struct buffer detail = BUFFER_EMPTY;
    int status;

    db_bind_integer(cancel, 1, id);
    db_bind_value(cancel, 2, *at);
    db_bind_value(cancel, 3, *reason);
    status = db_run(cancel);
    if (status != STATUS_OK) return status;
    sqlite_count(writer, campaign, at->integer, "cancelled", (struct store_text){NULL, 0}, 1);
    sqlite_count_state(writer, STORE_WAITING, -1);
    sqlite_count_state(writer, STORE_CANCELLED, 1);
    buffer_add_format(&detail, "%.*s, by %.*s", (int)reason->text.len, reason->text.bytes, (int)by->text.len,
                      by->text.bytes);
    status = sqlite_add_event(writer, id, at->integer, store_string("cancelled").text,
                              (struct store_text){detail.bytes, detail.len});
    buffer_free(&detail);
    return status;
}

static int answer_count(struct store_change *change, int64_t total)
{
    store_rows_clear(&change->rows);
    store_rows_add_column(&change->rows, "count");
    store_rows_add_integer(&change->rows, total);
    store_rows_end_row(&change->rows);
    return STATUS_OK;
}

/* Each of the ids that waits; others are passed over. */
static int apply_to_ids(struct store_writer_side *writer, struct store_change *change, size_t first,
                        waiting_function *apply)
{
    static const char FIND[] = "SELECT state, route FROM messages WHERE id = ?";
    int64_t total = 0, campaign = 0;
    int status = STATUS_OK;

    for (size_t i = first; i < change->value_count && status == STATUS_OK; i++) {
        struct db_statement *find = db_statement(writer->db, FIND);
        int64_t id = change->values[i].integer, route;
        bool is_waiting;

        db_bind_integer(find, 1, id);
        status = db_step(find);
        if (status != DB_ROW) continue;
        is_waiting = db_column_integer(find, 0) == STORE_WAITING;
        route = db_column_integer(find, 1);
        db_reset(find);
        status = is_waiting ? sqlite_find_route_campaign(writer, route, &campaign) : STATUS_OK;
        if (is_waiting && status == STATUS_OK) status = apply(writer, change, id, campaign);
        if (is_waiting) total++;
    }
    return status < 0 ? status : answer_count(change, total);
}

struct waiting {
    int64_t id, due_at, route;
};

/* The waiting messages after the change's progress, in the order in which they are due; at most SLICE. */
static int read_slice(struct store_writer_side *writer, const struct store_change *change, struct waiting *slice,
                      size_t *out_count)
{
    static const char NEXT[] =
        "SELECT m.id, m.due_at, m.route FROM messages m INDEXED BY outbox"
        " WHERE m.state < 2 AND m.state = 0 AND (m.due_at, m.id) > (?, ?) ORDER BY m.due_at, m.id LIMIT ?";
    struct db_statement *next = db_statement(writer->db, NEXT);
    size_t count = 0;
    int status;

    db_bind_integer(next, 1, change->progress.time);
    db_bind_integer(next, 2, change->progress.id);
    db_bind_integer(next, 3, SLICE);
    while ((status = db_step(next)) == DB_ROW) {
        slice[count++] =
            (struct waiting){db_column_integer(next, 0), db_column_integer(next, 1), db_column_integer(next, 2)};
    }
    *out_count = count;
    return status;
}

/* A slice of the campaign's waiting messages in one transaction; the change comes again until there is none left. */
static int apply_to_campaign(struct store_writer_side *writer, struct store_change *change, struct store_text id,
                             waiting_function *apply)
{
    struct waiting slice[SLICE];
    int64_t wanted, campaign;
    size_t count = 0;
    int status = sqlite_find_campaign(writer, id, &wanted);

    if (status == STATUS_NOT_FOUND) return sqlite_refuse(&change->request, status, "there is no such campaign");
    if (status == STATUS_OK) status = read_slice(writer, change, slice, &count);
    change->next_progress = change->progress;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        change->next_progress.time = slice[i].due_at;
        change->next_progress.id = slice[i].id;
        status = sqlite_find_route_campaign(writer, slice[i].route, &campaign);
        if (status != STATUS_OK || campaign != wanted) continue;
        change->next_progress.total++;
        status = apply(writer, change, slice[i].id, campaign);
    }
    if (status != STATUS_OK) return status;
    change->request.is_again = count == SLICE;
    return answer_count(change, change->next_progress.total);
}

int sqlite_retry_now(struct store_writer_side *writer, struct store_change *change)
{
    if (change->values[1].kind == STORE_NULL) return apply_to_ids(writer, change, 2, retry_one);
    return apply_to_campaign(writer, change, change->values[1].text, retry_one);
}

int sqlite_cancel(struct store_writer_side *writer, struct store_change *change)
{
    if (change->values[3].kind == STORE_NULL) return apply_to_ids(writer, change, 4, cancel_one);
    return apply_to_campaign(writer, change, change->values[3].text, cancel_one);
}

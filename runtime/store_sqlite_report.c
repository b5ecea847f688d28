/* What other systems tell of a message that was sent: delivered, bounced, opened, and so on. Each report counts once.
 */
#include <string.h>

#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

enum { MESSAGE, NOW, AT, KIND, DETAIL, SOURCE, REASON, CODE };

/* What a kind of report means: what it counts as, and the state that the message gets, if any. */
struct kind {
    const char *name, *metric;
    bool has_state;
    enum store_state state;
};

static const struct kind kinds[] = {
    {"delivered", "delivered", true, STORE_DELIVERED},
    {"bounced", "bounced", true, STORE_BOUNCED},
    {"opened", "opens", false, STORE_SENT},
    {"clicked", "clicks", false, STORE_SENT},
    {"unsubscribed", "unsubscribes", false, STORE_SENT},
    {"complained", "complaints", false, STORE_SENT},
};

static bool is_text(struct store_text text, const char *wanted)
{
    return text.len == strlen(wanted) && memcmp(text.bytes, wanted, text.len) == 0;
}

static const struct kind *find_kind(struct store_text name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (is_text(name, kinds[i].name)) return &kinds[i];
    }
    return NULL;
}

static bool has_left(enum store_state state)
{
    return state == STORE_SENT || state == STORE_DELIVERED || state == STORE_BOUNCED || state == STORE_FAILED;
}

static int find_message(struct store_writer_side *writer, int64_t id, enum store_state *out_state, int64_t *out_route)
{
    struct db_statement *find = db_statement(writer->db, "SELECT state, route FROM messages WHERE id = ?");
    int status;

    db_bind_integer(find, 1, id);
    status = db_step(find);
    if (status != DB_ROW) return status == DB_DONE ? STATUS_NOT_FOUND : status;
    *out_state = (enum store_state)db_column_integer(find, 0);
    *out_route = db_column_integer(find, 1);
    db_reset(find);
    return STATUS_OK;
}

/* The event's id is of the present, for ids grow; its time may lie back. */
static int add_event(struct store_writer_side *writer, const struct store_value *values, bool *out_is_new)
{
    static const char ADD[] = "INSERT INTO events (message, id, at, kind, detail, source) VALUES (?, ?, ?, ?, ?, ?)"
                              " ON CONFLICT (message, source) WHERE source IS NOT NULL DO NOTHING";
    struct db_statement *add = db_statement(writer->db, ADD);
    int status;

    db_bind_value(add, 1, values[MESSAGE]);
    db_bind_integer(add, 2, id_next(&writer->ids, values[NOW].integer, 1));
    for (int i = AT; i <= SOURCE; i++)
        db_bind_value(add, i + 1, values[i]);
    status = db_run(add);
    *out_is_new = status == STATUS_OK && db_changes(writer->db) > 0;
    return status;
}

static int change_state(struct store_writer_side *writer, const struct store_value *values, enum store_state from,
                        enum store_state to)
{
    static const char CHANGE[] =
        "UPDATE messages SET state = ?2, settled_at = ?3, reason = ?4, code = coalesce(?5, code)"
        " WHERE id = ?1";
    struct db_statement *change = db_statement(writer->db, CHANGE);
    int status;

    db_bind_value(change, 1, values[MESSAGE]);
    db_bind_integer(change, 2, to);
    db_bind_value(change, 3, values[AT]);
    db_bind_value(change, 4, values[REASON]);
    db_bind_value(change, 5, values[CODE]);
    status = db_run(change);
    if (status != STATUS_OK) return status;
    sqlite_count_state(writer, from, -1);
    sqlite_count_state(writer, to, 1);
    return STATUS_OK;
}

static int count(struct store_writer_side *writer, const struct store_value *values, const struct kind *kind,
                 int64_t route)
{
    struct store_text part = {NULL, 0};
    int64_t campaign;
    int status = sqlite_find_route_campaign(writer, route, &campaign);

    if (status != STATUS_OK) return STATUS_UNAVAILABLE;
    if (kind->has_state && kind->state == STORE_BOUNCED) {
        bool is_soft = values[REASON].kind == STORE_TEXT && is_text(values[REASON].text, "soft");

        part = store_string(is_soft ? "soft" : "hard").text;
    }
    sqlite_count(writer, campaign, values[AT].integer, kind->metric, part, 1);
    return STATUS_OK;
}

static void answer(struct store_change *change, bool is_new, bool is_changed)
{
    store_rows_clear(&change->rows);
    store_rows_add_column(&change->rows, "is_new");
    store_rows_add_column(&change->rows, "is_changed");
    store_rows_add_integer(&change->rows, is_new);
    store_rows_add_integer(&change->rows, is_changed);
    store_rows_end_row(&change->rows);
}

/* A state that the message cannot get any more stands in its history, and counts for nothing. */
int sqlite_report(struct store_writer_side *writer, struct store_change *change)
{
    const struct store_value *values = change->values;
    const struct kind *kind = find_kind(values[KIND].text);
    enum store_state from;
    bool is_new, is_changed;
    int64_t route;
    int status;

    if (kind == NULL)
        return sqlite_refuse(&change->request, STATUS_INVALID, "there is no such kind of event to report");
    status = find_message(writer, values[MESSAGE].integer, &from, &route);
    if (status == STATUS_NOT_FOUND) return sqlite_refuse(&change->request, status, "there is no such message");
    if (status != STATUS_OK) return status;
    if (!has_left(from)) return sqlite_refuse(&change->request, STATUS_CONFLICT, "the message has not been sent");
    status = add_event(writer, values, &is_new);
    is_changed = is_new && kind->has_state && sqlite_may_become(from, kind->state);
    if (status == STATUS_OK && is_changed) status = change_state(writer, values, from, kind->state);
    if (status == STATUS_OK && is_new && (is_changed || !kind->has_state)) status = count(writer, values, kind, route);
    if (status == STATUS_OK) answer(change, is_new, is_changed);
    return status;
}

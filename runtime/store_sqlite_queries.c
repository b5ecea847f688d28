#include "runtime/store_sqlite_queries.h"

#include "runtime/status.h"
#include "runtime/store_message.h"
#include "runtime/store_sqlite_db.h"

#define MESSAGES_FROM "SELECT " SQLITE_MESSAGE_COLUMNS(SQLITE_STATE_NAME("m.state")) " FROM messages m "
#define VERSION_COLUMNS                                                                 \
    "c.id AS campaign, v.hash AS hash, v.number AS number, v.created_at AS created_at," \
    " v.created_by AS created_by, v.activated_at AS activated_at"
#define VERSIONS_FROM \
    " FROM campaigns c JOIN versions v ON v.campaign = c.number WHERE c.sandbox = 'prod' AND c.id = ?1 "
#define KEY_COLUMNS "hash, name, scopes, created_at, created_by, expires_at, revoked_at, revoked_by"

/* The queries that are one statement whose parameters are the values. */
static const char *plain_sql(enum store_query query)
{
    switch (query) {
    case STORE_READ_CAMPAIGN:
        return "SELECT " SQLITE_CAMPAIGN_COLUMNS " FROM campaigns WHERE sandbox = 'prod' AND id = ?1";
    case STORE_READ_CAMPAIGNS:
        return "SELECT " SQLITE_CAMPAIGN_COLUMNS " FROM campaigns WHERE sandbox = 'prod'"
               " AND (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR revision > ?2) ORDER BY id";
    case STORE_READ_VERSION:
        return "SELECT " VERSION_COLUMNS ", v.definition AS definition, v.bundle AS bundle" VERSIONS_FROM
               "AND v.hash = ?2";
    case STORE_READ_VERSIONS: return "SELECT " VERSION_COLUMNS VERSIONS_FROM "ORDER BY v.number";
    case STORE_READ_MESSAGE: return MESSAGES_FROM SQLITE_MESSAGE_JOINS "WHERE m.id = ?1";
    case STORE_READ_EVENTS:
        return "SELECT message, id, at, kind, detail FROM ("
               "SELECT id AS message, id, at, CASE state WHEN 9 THEN 'skipped' ELSE 'queued' END AS kind,"
               " CASE state WHEN 9 THEN reason END AS detail FROM messages WHERE id = ?1"
               " UNION ALL SELECT id, id + 1, sent_at, 'sent', CASE state WHEN 2 THEN answer END FROM messages WHERE "
               "id = ?1"
               " AND sent_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events WHERE message = ?1 AND kind = 'sent')"
               " UNION ALL SELECT message, id, at, kind, detail FROM events WHERE message = ?1) ORDER BY at, id";
    case STORE_READ_PROFILE:
        return "SELECT namespace, user_id, attributes, created_at, modified_at FROM profiles"
               " WHERE sandbox = 'prod' AND namespace = ?1 AND user_id = ?2";
    case STORE_READ_KEYS: return "SELECT " KEY_COLUMNS " FROM keys ORDER BY created_at, name";
    case STORE_READ_KEY: return "SELECT " KEY_COLUMNS " FROM keys WHERE hash = ?1";
    case STORE_READ_COUNTERS:
        return "SELECT minute * 60000 / ?4 * ?4 AS at, metric, sum(value) AS value FROM counters WHERE campaign ="
               " (SELECT number FROM campaigns WHERE sandbox = 'prod' AND id = ?1)"
               " AND minute >= ?2 / 60000 AND minute < (?3 + 59999) / 60000 GROUP BY 1, 2 ORDER BY 1, 2";
    case STORE_READ_PARKINGS:
        return "SELECT campaign, version, since, until, trial_until, reason FROM parkings ORDER BY campaign, version";
    case STORE_READ_NEXT_DUE:
        return "SELECT due_at FROM messages WHERE state < 2 AND state = 0 ORDER BY due_at LIMIT 1";
    case STORE_READ_STATS: return "SELECT metric AS state, value FROM counters WHERE campaign = 0 AND minute = 0";
    case STORE_READ_KEPT:
        return "SELECT value, expires_at FROM kept WHERE sandbox = ?1 AND kind = ?2 AND key = ?3"
               " AND (expires_at IS NULL OR expires_at > ?4)";
    case STORE_READ_KEPT_KEYS:
        return "SELECT key, value, expires_at FROM kept WHERE sandbox = ?1 AND kind = ?2"
               " AND key >= max(?3, coalesce(?4, ?3)) AND key < ?3 || char(1114111) AND (?4 IS NULL OR key > ?4)"
               " AND (expires_at IS NULL OR expires_at > ?6) ORDER BY key LIMIT ?5";
    case STORE_READ_LIMIT:
        return "SELECT t.at + l.window AS free_at FROM limits l"
               " JOIN limit_takes t ON t.limit_id = l.id AND t.number = l.last - ?4 + 1"
               " WHERE l.sandbox = ?1 AND l.key = ?2 AND l.window = ?3 AND t.at + l.window > max(?5, l.at)";
    case STORE_READ_AUDIT:
    case STORE_READ_REQUEST:
    case STORE_READ_EXECUTION:
    case STORE_READ_OUTBOX:
    case STORE_READ_RECENT:
    case STORE_READ_MESSAGES_OF: break;
    }
    return NULL;
}

static int run(struct db *db, const char *sql, const struct store_value *values, size_t count, struct store_rows *rows)
{
    struct db_statement *statement = db_statement(db, sql);

    for (size_t i = 0; i < count; i++)
        db_bind_value(statement, (int)i + 1, values[i]);
    return db_read_rows(statement, rows);
}

static int read_audit(struct db *db, const struct store_value *values, struct store_rows *rows)
{
    static const char ALL[] = "SELECT id, at, by, action, campaign, detail FROM audit WHERE ?1 IS NULL AND id < ?2"
                              " ORDER BY id DESC LIMIT ?3";
    static const char OF_ONE[] =
        "SELECT id, at, by, action, campaign, detail FROM audit WHERE campaign = ?1 AND id < ?2"
        " ORDER BY id DESC LIMIT ?3";
    struct store_value bound[] = {values[0], values[1].kind == STORE_NULL ? store_integer(INT64_MAX) : values[1],
                                  values[2]};

    return run(db, values[0].kind == STORE_NULL ? ALL : OF_ONE, bound, 3, rows);
}

static int read_request(struct db *db, const struct store_value *values, struct store_rows *rows)
{
    static const char FIND[] = "SELECT execution, at, body_hash FROM request_ids WHERE key = ?1 AND expires_at > ?2";
    struct db_statement *find = db_statement(db, FIND);
    unsigned char key[STORE_REQUEST_KEY_LEN];

    store_request_key(values[0].text, values[1].text, key);
    db_bind_blob(find, 1, key, sizeof(key));
    db_bind_integer(find, 2, values[2].integer);
    return db_read_rows(find, rows);
}

static int read_execution(struct db *db, const struct store_value *values, struct store_rows *rows)
{
    static const char FIND[] = "SELECT m.request_id AS request_id, " SQLITE_MESSAGE_COLUMNS(SQLITE_STATE_NAME(
        "m.state")) " FROM messages m " SQLITE_MESSAGE_JOINS
                    "WHERE m.id >= ?1 AND m.id < ?1 + (SELECT size FROM messages WHERE id = ?1) ORDER BY m.id";

    return run(db, FIND, values, 1, rows);
}

/* Adds unfinished messages of one state, in the order in which they are due, after a place in that order. */
static int read_unfinished(struct db *db, enum store_state state, struct store_value campaign, int64_t after_due,
                           int64_t after_id, int64_t limit, struct store_rows *rows)
{
    static const char FIND[] = MESSAGES_FROM "INDEXED BY outbox " SQLITE_MESSAGE_JOINS
                                             "WHERE m.state < 2 AND m.state = ?1 AND (?2 IS NULL OR c.id = ?2)"
                                             " AND (m.due_at, m.id) > (?3, ?4) ORDER BY m.due_at, m.id LIMIT ?5";
    struct store_value bound[] = {store_integer(state), campaign, store_integer(after_due), store_integer(after_id),
                                  store_integer(limit)};

    return run(db, FIND, bound, 5, rows);
}

/* The held ones, then the waiting ones; each from where the last page ended. */
static int read_outbox_of(struct db *db, bool has_held, bool has_waiting, const struct store_value *values,
                          struct store_rows *rows)
{
    static const char PLACE[] = "SELECT state, due_at FROM messages WHERE id = ?";
    int64_t due = INT64_MIN, id = 0, limit = values[3].integer;
    bool is_after_held = true;
    int status = STATUS_OK;

    if (values[2].kind == STORE_INTEGER) {
        struct db_statement *place = db_statement(db, PLACE);

        db_bind_value(place, 1, values[2]);
        status = db_step(place);
        if (status == DB_ROW) {
            is_after_held = db_column_integer(place, 0) == STORE_HELD;
            due = db_column_integer(place, 1);
            id = values[2].integer;
            db_reset(place);
        }
    }
    if (status >= 0 && has_held && (is_after_held || !has_waiting)) {
        status = read_unfinished(db, STORE_HELD, values[1], due, id, limit, rows);
        if (is_after_held && has_waiting) due = INT64_MIN;
    }
    if (status >= 0 && has_waiting && (int64_t)rows->count < limit) {
        status = read_unfinished(db, STORE_WAITING, values[1], due, id, limit - (int64_t)rows->count, rows);
    }
    return status < 0 ? status : STATUS_OK;
}

/* The unfinished ones as they are due, the finished ones by id, the newest first. */
static int read_outbox(struct db *db, const struct store_value *values, struct store_rows *rows)
{
    static const char FINISHED[] = MESSAGES_FROM SQLITE_MESSAGE_JOINS
        "WHERE m.state = ?1 AND (?2 IS NULL OR c.id = ?2) AND m.id < ?3 ORDER BY m.id DESC LIMIT ?4";
    struct store_value bound[] = {values[0], values[1], values[2], values[3]};
    enum store_state state;

    if (values[0].kind == STORE_NULL) return read_outbox_of(db, true, true, values, rows);
    if (store_state_parse(values[0].text.bytes, values[0].text.len, &state) != STATUS_OK) return STATUS_INVALID;
    if (state <= STORE_HELD) return read_outbox_of(db, state == STORE_HELD, state == STORE_WAITING, values, rows);
    bound[0] = store_integer(state);
    if (values[2].kind == STORE_NULL) bound[2] = store_integer(INT64_MAX);
    return run(db, FINISHED, bound, 4, rows);
}

static int read_recent(struct db *db, const struct store_value *values, struct store_rows *rows)
{
    static const char BEHIND[] =
        MESSAGES_FROM SQLITE_MESSAGE_JOINS "WHERE (?1 IS NULL OR c.id = ?1) AND m.id > ?2 ORDER BY m.id LIMIT ?3";
    static const char NEWEST[] =
        "SELECT * FROM (" MESSAGES_FROM SQLITE_MESSAGE_JOINS
        "WHERE ?2 IS NULL AND (?1 IS NULL OR c.id = ?1) ORDER BY m.id DESC LIMIT ?3) ORDER BY id";

    return run(db, values[1].kind == STORE_NULL ? NEWEST : BEHIND, values, 3, rows);
}

static int read_messages_of(struct db *db, const struct store_value *values, struct store_rows *rows)
{
    static const char FIND[] = MESSAGES_FROM SQLITE_MESSAGE_JOINS
        "WHERE m.user_id = ?1 AND (?2 IS NULL OR c.id = ?2) ORDER BY m.id DESC LIMIT ?3";

    return run(db, FIND, values, 3, rows);
}

int sqlite_read(struct db *db, enum store_query query, const struct store_value *values, size_t count,
                struct store_rows *rows)
{
    int status = STATUS_INVALID;

    switch (query) {
    case STORE_READ_AUDIT: status = read_audit(db, values, rows); break;
    case STORE_READ_REQUEST: status = read_request(db, values, rows); break;
    case STORE_READ_EXECUTION: status = read_execution(db, values, rows); break;
    case STORE_READ_OUTBOX: status = read_outbox(db, values, rows); break;
    case STORE_READ_RECENT: status = read_recent(db, values, rows); break;
    case STORE_READ_MESSAGES_OF: status = read_messages_of(db, values, rows); break;
    case STORE_READ_CAMPAIGN:
    case STORE_READ_CAMPAIGNS:
    case STORE_READ_VERSION:
    case STORE_READ_VERSIONS:
    case STORE_READ_MESSAGE:
    case STORE_READ_EVENTS:
    case STORE_READ_PROFILE:
    case STORE_READ_KEYS:
    case STORE_READ_KEY:
    case STORE_READ_COUNTERS:
    case STORE_READ_PARKINGS:
    case STORE_READ_NEXT_DUE:
    case STORE_READ_STATS:
    case STORE_READ_KEPT:
    case STORE_READ_KEPT_KEYS:
    case STORE_READ_LIMIT: status = run(db, plain_sql(query), values, count, rows); break;
    }
    return status;
}

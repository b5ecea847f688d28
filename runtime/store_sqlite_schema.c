/*
 * Migrations, in order: the n-th brings schema n - 1 to n. A released one never changes.
 *
 *     campaigns 1 ── n versions        what is sent
 *     routes                           what the messages of one version, caller and channel have in common
 *     messages n ── 1 routes           one row for each recipient; an execution is its first message and those after it
 *     request_ids                      idempotency, by a hash of sandbox and request id
 *     events, counters                 what happened, by message and summed up
 *     once_keys, kept, limits          what scripts keep: done once, values and counters, sliding windows
 *     limit_takes n ── 1 limits        one row for each that a window let through
 *     excesses, parkings               budgets that were exceeded, and the campaign versions that rest for it
 */
#include "runtime/store_sqlite_schema.h"

#include <inttypes.h>
#include <stdio.h>

#include "runtime/status.h"
#include "runtime/store_sqlite_db.h"

#define APPLICATION_ID 1212501316 /* "HERD" */

static const char *const migrations[] = {
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "INSERT INTO meta VALUES ('revision', 1), ('requests_pruned', 0);"

    "CREATE TABLE campaigns (number INTEGER PRIMARY KEY, sandbox TEXT NOT NULL DEFAULT 'prod', id TEXT NOT NULL,"
    " status TEXT NOT NULL, live TEXT, draft TEXT, origin TEXT NOT NULL, created_at INTEGER NOT NULL,"
    " created_by TEXT NOT NULL, modified_at INTEGER NOT NULL, modified_by TEXT NOT NULL, revision INTEGER NOT NULL,"
    " UNIQUE (sandbox, id));"

    "CREATE TABLE versions (id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, number INTEGER NOT NULL,"
    " hash TEXT NOT NULL, definition TEXT NOT NULL, bundle TEXT, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,"
    " activated_at INTEGER, UNIQUE (campaign, hash));"

    "CREATE TABLE routes (id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, version INTEGER NOT NULL,"
    " sandbox TEXT NOT NULL, namespace TEXT NOT NULL, type TEXT NOT NULL, channel TEXT NOT NULL, surface TEXT NOT NULL,"
    " created_by TEXT NOT NULL, UNIQUE (campaign, version, namespace, type, channel, surface, sandbox, created_by));"

    /* position: in the execution. request_id and size (of the execution) are in its first message alone. */
    "CREATE TABLE messages (id INTEGER PRIMARY KEY, route INTEGER NOT NULL, state INTEGER NOT NULL,"
    " position INTEGER NOT NULL, at INTEGER NOT NULL, due_at INTEGER NOT NULL, expires_at INTEGER,"
    " attempts INTEGER NOT NULL, settled_at INTEGER, sent_at INTEGER, size INTEGER, user_id TEXT NOT NULL,"
    " request_id TEXT, reason TEXT, provider TEXT, provider_id TEXT, code TEXT, answer TEXT, payload TEXT NOT NULL);"
    /* The outbox: the states below 2 are waiting and held. */
    "CREATE INDEX outbox ON messages (state, due_at) WHERE state < 2;"

    "CREATE TABLE request_ids (key BLOB PRIMARY KEY, execution INTEGER NOT NULL, at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL, body_hash BLOB NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE profiles (sandbox TEXT NOT NULL DEFAULT 'prod', namespace TEXT NOT NULL, user_id TEXT NOT NULL,"
    " attributes TEXT NOT NULL DEFAULT '{}', created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,"
    " PRIMARY KEY (sandbox, namespace, user_id)) WITHOUT ROWID;"

    "CREATE TABLE once_keys (key TEXT PRIMARY KEY, sandbox TEXT NOT NULL DEFAULT 'prod',"
    " expires_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX once_keys_expiry ON once_keys (expires_at);"

    "CREATE TABLE events (message INTEGER NOT NULL, id INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,"
    " detail TEXT, PRIMARY KEY (message, id)) WITHOUT ROWID;"

    /* Campaign 0, minute 0: how many messages are in each state. */
    "CREATE TABLE counters (campaign INTEGER NOT NULL, minute INTEGER NOT NULL, metric TEXT NOT NULL,"
    " value INTEGER NOT NULL, PRIMARY KEY (campaign, minute, metric)) WITHOUT ROWID;"

    "CREATE TABLE keys (hash TEXT PRIMARY KEY, sandbox TEXT NOT NULL DEFAULT 'prod', name TEXT NOT NULL,"
    " scopes TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, expires_at INTEGER,"
    " revoked_at INTEGER, revoked_by TEXT) WITHOUT ROWID;"

    "CREATE TABLE audit (id INTEGER PRIMARY KEY, sandbox TEXT NOT NULL DEFAULT 'prod', at INTEGER NOT NULL,"
    " by TEXT NOT NULL, action TEXT NOT NULL, campaign TEXT, detail TEXT);"
    "CREATE INDEX audit_campaign ON audit (campaign, id);",

    /* owner: the call that took the key and is not accepted yet; NULL once it is. */
    "ALTER TABLE once_keys ADD COLUMN owner TEXT;"
    "CREATE INDEX once_keys_pending ON once_keys (owner) WHERE owner IS NOT NULL;",

    /* once_keys: a sandbox has keys of its own. */
    "ALTER TABLE once_keys RENAME TO old_once_keys;"
    "DROP INDEX once_keys_expiry;"
    "DROP INDEX once_keys_pending;"
    "CREATE TABLE once_keys (sandbox TEXT NOT NULL, key TEXT NOT NULL, expires_at INTEGER NOT NULL, owner TEXT,"
    " PRIMARY KEY (sandbox, key)) WITHOUT ROWID;"
    "INSERT INTO once_keys SELECT sandbox, key, expires_at, owner FROM old_once_keys;"
    "DROP TABLE old_once_keys;"
    "CREATE INDEX once_keys_expiry ON once_keys (expires_at);"
    "CREATE INDEX once_keys_pending ON once_keys (owner) WHERE owner IS NOT NULL;"

    /* kind: 'kv', whose value is JSON text, or 'counter', whose value is an integer. */
    "CREATE TABLE kept (sandbox TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, value NOT NULL,"
    " expires_at INTEGER, PRIMARY KEY (sandbox, kind, key)) WITHOUT ROWID;"
    "CREATE INDEX kept_expiry ON kept (expires_at) WHERE expires_at IS NOT NULL;"

    /* The takes of a limit have the numbers up to last, without a gap; at: when the last one was. */
    "CREATE TABLE limits (id INTEGER PRIMARY KEY, sandbox TEXT NOT NULL, key TEXT NOT NULL, window INTEGER NOT NULL,"
    " last INTEGER NOT NULL, at INTEGER NOT NULL, expires_at INTEGER NOT NULL, UNIQUE (sandbox, key, window));"
    "CREATE INDEX limits_expiry ON limits (expires_at);"
    "CREATE TABLE limit_takes (limit_id INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (limit_id, number)) WITHOUT ROWID;"

    /* How many rows of kept and limits a sandbox has. */
    "CREATE TABLE kept_counts (sandbox TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TRIGGER kept_added AFTER INSERT ON kept BEGIN"
    " INSERT INTO kept_counts VALUES (new.sandbox, 1) ON CONFLICT DO UPDATE SET count = count + 1; END;"
    "CREATE TRIGGER kept_deleted AFTER DELETE ON kept BEGIN"
    " UPDATE kept_counts SET count = count - 1 WHERE sandbox = old.sandbox; END;"
    "CREATE TRIGGER limits_added AFTER INSERT ON limits BEGIN"
    " INSERT INTO kept_counts VALUES (new.sandbox, 1) ON CONFLICT DO UPDATE SET count = count + 1; END;"
    "CREATE TRIGGER limits_deleted AFTER DELETE ON limits BEGIN"
    " UPDATE kept_counts SET count = count - 1 WHERE sandbox = old.sandbox; END;",
    /* until: then one trigger is let through, and has until trial_until to show that the campaign keeps its budget. */
    "CREATE TABLE excesses (id INTEGER PRIMARY KEY, sandbox TEXT NOT NULL DEFAULT 'prod', campaign TEXT NOT NULL,"
    " version TEXT NOT NULL, at INTEGER NOT NULL);"
    "CREATE INDEX excesses_campaign ON excesses (campaign, version, at);"
    "CREATE TABLE parkings (sandbox TEXT NOT NULL DEFAULT 'prod', campaign TEXT NOT NULL, version TEXT NOT NULL,"
    " since INTEGER NOT NULL, until INTEGER NOT NULL, trial_until INTEGER, reason TEXT NOT NULL,"
    " PRIMARY KEY (campaign, version)) WITHOUT ROWID;",
};

#define MIGRATION_COUNT ((int)(sizeof(migrations) / sizeof(migrations[0])))

int store_sqlite_schema_version(void)
{
    return MIGRATION_COUNT;
}

static int refuse(struct db *db, const char *path, char *failure, size_t size)
{
    if (db_is_damaged(db)) {
        snprintf(failure, size, "%s is damaged, or no database (%s): restore it from a backup", path, db_error(db));
        return STATUS_INVALID;
    }
    snprintf(failure, size, "%s cannot be used: %s", path, db_error(db));
    return STATUS_UNAVAILABLE;
}

static int run_migration(struct db *db, int number)
{
    char sql[64];
    int status = db_exec(db, "BEGIN IMMEDIATE");

    if (status == STATUS_OK) status = db_exec(db, migrations[number - 1]);
    snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", number);
    if (status == STATUS_OK) status = db_exec(db, sql);
    snprintf(sql, sizeof(sql), "PRAGMA application_id = %d", APPLICATION_ID);
    if (status == STATUS_OK) status = db_exec(db, sql);
    if (status == STATUS_OK) status = db_exec(db, "COMMIT");
    if (db_is_in_transaction(db)) db_exec(db, "ROLLBACK");
    return status;
}

int store_sqlite_migrate(struct db *db, const char *path, char *failure, size_t size)
{
    int64_t tables = db_integer(db, "SELECT count(*) FROM sqlite_schema", -1);
    int64_t version = db_integer(db, "PRAGMA user_version", -1);
    int64_t application = db_integer(db, "PRAGMA application_id", -1);

    if (tables < 0 || version < 0) return refuse(db, path, failure, size);
    if (tables > 0 && application != APPLICATION_ID) {
        snprintf(failure, size, "%s is another program's database, not Herald's: choose another data folder", path);
        return STATUS_INVALID;
    }
    if (version > MIGRATION_COUNT) {
        snprintf(failure, size,
                 "%s was written by a newer Herald (schema %" PRId64 "; Herald %s knows up to %d): "
                 "start the newer Herald, or restore a backup from before the upgrade",
                 path, version, HERALD_VERSION, MIGRATION_COUNT);
        return STATUS_INVALID;
    }
    for (int number = (int)version + 1; number <= MIGRATION_COUNT; number++) {
        if (run_migration(db, number) != STATUS_OK) return refuse(db, path, failure, size);
    }
    return STATUS_OK;
}

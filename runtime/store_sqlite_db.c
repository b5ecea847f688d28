#include "runtime/store_sqlite_db.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/status.h"

#define STATEMENT_SLOTS 256 /* a power of two, well above the count of the store's statements */
#define BUSY_TIMEOUT_MS 10000

struct db_statement {
    struct db *db;
    sqlite3_stmt *stmt;
};

struct db {
    sqlite3 *handle;
    int last_error; /* extended code */
    void (*on_commit)(void *arg, int frames);
    void *on_commit_arg;
    struct {
        const char *sql;
        struct db_statement statement;
    } statements[STATEMENT_SLOTS];
};

static int status_of(struct db *db, int code)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return STATUS_OK;
    db->last_error = sqlite3_extended_errcode(db->handle);
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return STATUS_CONFLICT;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return STATUS_INVALID;
    default: return STATUS_UNAVAILABLE;
    }
}

int db_open(const char *path, bool is_readonly, struct db **out, char *failure, size_t size)
{
    struct db *db = memory_zeroed(1, sizeof(*db));
    int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(path, &db->handle, flags, NULL);

    if (code != SQLITE_OK) {
        snprintf(failure, size, "cannot open %s: %s", path,
                 db->handle != NULL ? sqlite3_errmsg(db->handle) : "no memory");
        db_close(db);
        return STATUS_UNAVAILABLE;
    }
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
    if (is_readonly) db_exec(db, "PRAGMA query_only = 1");
    *out = db;
    return STATUS_OK;
}

void db_close(struct db *db)
{
    if (db == NULL) return;
    for (size_t i = 0; i < STATEMENT_SLOTS; i++)
        sqlite3_finalize(db->statements[i].statement.stmt);
    sqlite3_close(db->handle);
    memory_free(db);
}

int db_exec(struct db *db, const char *sql)
{
    return status_of(db, sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

int64_t db_integer(struct db *db, const char *sql, int64_t fallback)
{
    sqlite3_stmt *stmt = NULL;
    int64_t value = fallback;

    status_of(db, sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL));
    if (stmt != NULL) {
        int code = sqlite3_step(stmt);

        if (code == SQLITE_ROW && sqlite3_column_type(stmt, 0) == SQLITE_INTEGER) value = sqlite3_column_int64(stmt, 0);
        status_of(db, code);
    }
    sqlite3_finalize(stmt);
    return value;
}

const char *db_error(struct db *db)
{
    return db->last_error != 0 ? sqlite3_errstr(db->last_error) : "no error";
}

bool db_is_damaged(struct db *db)
{
    return (db->last_error & 0xff) == SQLITE_CORRUPT || (db->last_error & 0xff) == SQLITE_NOTADB;
}

bool db_is_in_transaction(struct db *db)
{
    return sqlite3_get_autocommit(db->handle) == 0;
}

int64_t db_last_rowid(struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(struct db *db)
{
    return sqlite3_changes(db->handle);
}

struct db_statement *db_statement(struct db *db, const char *sql)
{
    size_t i = ((uintptr_t)sql >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 56;

    while (db->statements[i].sql != sql && db->statements[i].sql != NULL)
        i = (i + 1) % STATEMENT_SLOTS;
    if (db->statements[i].sql == NULL) {
        struct db_statement statement = {db, NULL};

        if (status_of(db, sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement.stmt, NULL)) !=
            0) {
            return NULL;
        }
        db->statements[i].sql = sql;
        db->statements[i].statement = statement;
    }
    return &db->statements[i].statement;
}

void db_bind_null(struct db_statement *statement, int index)
{
    if (statement != NULL) sqlite3_bind_null(statement->stmt, index);
}

void db_bind_integer(struct db_statement *statement, int index, int64_t value)
{
    if (statement != NULL) sqlite3_bind_int64(statement->stmt, index, value);
}

void db_bind_text(struct db_statement *statement, int index, struct store_text text)
{
    if (statement == NULL) return;
    if (text.bytes == NULL) {
        sqlite3_bind_null(statement->stmt, index);
    } else {
        sqlite3_bind_text64(statement->stmt, index, text.bytes, text.len, SQLITE_STATIC, SQLITE_UTF8);
    }
}

void db_bind_blob(struct db_statement *statement, int index, const void *bytes, size_t len)
{
    if (statement != NULL) sqlite3_bind_blob64(statement->stmt, index, bytes, len, SQLITE_STATIC);
}

void db_bind_value(struct db_statement *statement, int index, struct store_value value)
{
    switch (value.kind) {
    case STORE_NULL: db_bind_null(statement, index); break;
    case STORE_INTEGER: db_bind_integer(statement, index, value.integer); break;
    case STORE_TEXT: db_bind_text(statement, index, value.text); break;
    }
}

int db_step(struct db_statement *statement)
{
    int code, status;

    if (statement == NULL) return STATUS_UNAVAILABLE;
    code = sqlite3_step(statement->stmt);
    if (code == SQLITE_ROW) return DB_ROW;
    status = status_of(statement->db, code);
    sqlite3_reset(statement->stmt);
    return status;
}

void db_reset(struct db_statement *statement)
{
    if (statement != NULL) sqlite3_reset(statement->stmt);
}

int db_run(struct db_statement *statement)
{
    int status = db_step(statement);

    if (status == DB_ROW) {
        db_reset(statement);
        return STATUS_OK;
    }
    return status;
}

int64_t db_column_integer(struct db_statement *statement, int column)
{
    return sqlite3_column_int64(statement->stmt, column);
}

struct store_text db_column_text(struct db_statement *statement, int column)
{
    const char *bytes = (const char *)sqlite3_column_text(statement->stmt, column);

    return (struct store_text){bytes, bytes != NULL ? (size_t)sqlite3_column_bytes(statement->stmt, column) : 0};
}

static void add_cell(sqlite3_stmt *stmt, int column, struct store_rows *rows)
{
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_NULL: store_rows_add_null(rows); break;
    case SQLITE_INTEGER: store_rows_add_integer(rows, sqlite3_column_int64(stmt, column)); break;
    case SQLITE_BLOB: {
        const void *bytes = sqlite3_column_blob(stmt, column);

        store_rows_add_text(rows, bytes, (size_t)sqlite3_column_bytes(stmt, column));
        break;
    }
    default: {
        const char *bytes = (const char *)sqlite3_column_text(stmt, column);

        store_rows_add_text(rows, bytes, (size_t)sqlite3_column_bytes(stmt, column));
        break;
    }
    }
}

int db_read_rows(struct db_statement *statement, struct store_rows *rows)
{
    int status, columns;

    if (statement == NULL) return STATUS_UNAVAILABLE;
    columns = sqlite3_column_count(statement->stmt);
    for (int column = 0; column < columns && rows->count == 0; column++) {
        if ((size_t)column == rows->column_count)
            store_rows_add_column(rows, sqlite3_column_name(statement->stmt, column));
    }
    while ((status = db_step(statement)) == DB_ROW) {
        for (int column = 0; column < columns; column++)
            add_cell(statement->stmt, column, rows);
        store_rows_end_row(rows);
    }
    return status;
}

int db_checkpoint(struct db *db, int64_t *left)
{
    int frames = 0, moved = 0;
    int status = status_of(db, sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &frames, &moved));

    if (status == STATUS_OK && left != NULL) *left = frames - moved;
    return status;
}

static int on_commit(void *arg, sqlite3 *handle, const char *name, int frames)
{
    struct db *db = arg;

    (void)handle;
    (void)name;
    db->on_commit(db->on_commit_arg, frames);
    return SQLITE_OK;
}

void db_on_commit(struct db *db, void (*call)(void *arg, int frames), void *arg)
{
    db->on_commit = call;
    db->on_commit_arg = arg;
    sqlite3_wal_hook(db->handle, on_commit, db);
}

int db_copy_to(struct db *db, const char *path, char *failure, size_t size)
{
    sqlite3 *copy = NULL;
    sqlite3_backup *backup = NULL;
    int code = sqlite3_open_v2(path, &copy, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

    if (code == SQLITE_OK) code = sqlite3_exec(copy, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        backup = sqlite3_backup_init(copy, "main", db->handle, "main");
        code = backup != NULL ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(copy);
        if (backup != NULL) sqlite3_backup_finish(backup);
    }
    if (code != SQLITE_DONE) {
        snprintf(failure, size, "cannot write %s: %s", path, copy != NULL ? sqlite3_errmsg(copy) : "no memory");
    }
    sqlite3_close(copy);
    return code == SQLITE_DONE ? STATUS_OK : STATUS_UNAVAILABLE;
}

/*
 * SQLite as the store uses it: a connection with its prepared statements. The one door to the library.
 * A connection belongs to one thread at a time.
 */
#ifndef HERALD_STORE_SQLITE_DB_H
#define HERALD_STORE_SQLITE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/store_request.h"

struct db;
struct db_statement;

/* A step's answer beside the negative STATUS_*. */
#define DB_DONE 0
#define DB_ROW 1

/* STATUS_UNAVAILABLE: failure (of size bytes) says why. path may be a file: URI. */
int db_open(const char *path, bool is_readonly, struct db **out, char *failure, size_t size);
void db_close(struct db *db);

/* Runs statements without results: 0, STATUS_CONFLICT for a broken constraint, STATUS_INVALID when the file is no
 * database or is damaged, STATUS_UNAVAILABLE for all else. */
int db_exec(struct db *db, const char *sql);

/* The first column of the first row; fallback when there is none or it fails. */
int64_t db_integer(struct db *db, const char *sql, int64_t fallback);

/* What failed last. */
const char *db_error(struct db *db);
bool db_is_in_transaction(struct db *db);
int64_t db_last_rowid(struct db *db);
int64_t db_changes(struct db *db);

/* True when the last error says that the file is damaged or no database. */
bool db_is_damaged(struct db *db);

/*
 * The connection's own statement of this text, prepared at the first call; sql must be a string that lives as long as
 * the program, because its address is the key. NULL when it cannot be prepared: the db_* functions below take that and
 * report it as STATUS_UNAVAILABLE. Ready for binding from 1 on.
 */
struct db_statement *db_statement(struct db *db, const char *sql);

/* Bound texts and bytes must live until the statement is reset. */
void db_bind_null(struct db_statement *statement, int index);
void db_bind_integer(struct db_statement *statement, int index, int64_t value);
void db_bind_text(struct db_statement *statement, int index, struct store_text text); /* absent: null */
void db_bind_blob(struct db_statement *statement, int index, const void *bytes, size_t len);
void db_bind_value(struct db_statement *statement, int index, struct store_value value);

/* DB_ROW, DB_DONE (the statement is then reset), or a STATUS_* as of db_exec (reset too). */
int db_step(struct db_statement *statement);

/* Ends a statement before its last row. */
void db_reset(struct db_statement *statement);

/* For a statement without rows: steps and resets. 0 or a STATUS_*. */
int db_run(struct db_statement *statement);

/* Columns of the present row, from 0 on. Texts live until the next step or reset. */
int64_t db_column_integer(struct db_statement *statement, int column);
struct store_text db_column_text(struct db_statement *statement, int column);

/* Adds all rows of a bound statement to rows, which are empty or have the same columns. */
int db_read_rows(struct db_statement *statement, struct store_rows *rows);

/* Moves what it can of the log into the file without making anyone wait; *left gets the frames that are left. */
int db_checkpoint(struct db *db, int64_t *left);

/* Calls at each commit of this connection with the frames in the log. */
void db_on_commit(struct db *db, void (*call)(void *arg, int frames), void *arg);

/* A consistent copy of the database into a new file. */
int db_copy_to(struct db *db, const char *path, char *failure, size_t size);

#endif

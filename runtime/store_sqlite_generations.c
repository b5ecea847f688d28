/*
 * Generations: which set of files was in force from when on. A bundle is a set of files, named by the hash of their
 * paths and hashes; a file's content is kept once, whatever bundles have it.
 */
#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

#define FIRST_FILE 10 /* of the values; three for each: path, hash, content or null */

/* Runs a statement with these values; DB_ROW is read into *out from its first column. */
static int step(struct store_writer_side *writer, const char *sql, const struct store_value *values, size_t count,
                int64_t *out)
{
    struct db_statement *statement = db_statement(writer->db, sql);
    int status;

    for (size_t i = 0; i < count; i++)
        db_bind_value(statement, (int)i + 1, values[i]);
    status = db_step(statement);
    if (status != DB_ROW) return status;
    if (out != NULL) *out = db_column_integer(statement, 0);
    db_reset(statement);
    return DB_ROW;
}

static int add_content(struct store_writer_side *writer, const struct store_value *file)
{
    static const char ADD[] = "INSERT INTO files (hash, content) VALUES (?, ?) ON CONFLICT DO NOTHING";
    struct db_statement *add = db_statement(writer->db, ADD);

    db_bind_value(add, 1, file[1]);
    db_bind_blob(add, 2, file[2].text.bytes, file[2].text.len);
    return db_run(add);
}

/* STATUS_CONFLICT: a file came without its content, which is not here either. */
static int add_file(struct store_writer_side *writer, int64_t bundle, const struct store_value *file)
{
    static const char ADD[] =
        "INSERT INTO bundle_files (bundle, path, file) SELECT ?1, ?2, id FROM files WHERE hash = ?3";
    const struct store_value values[] = {store_integer(bundle), file[0], file[1]};
    int status = file[2].kind == STORE_TEXT ? add_content(writer, file) : STATUS_OK;

    if (status == STATUS_OK) status = step(writer, ADD, values, 3, NULL);
    return status == DB_DONE && db_changes(writer->db) == 0 ? STATUS_CONFLICT : status;
}

/* Finds the bundle or makes it of the files. STATUS_CONFLICT: it is not here, and nor are all of its files. */
static int make_bundle(struct store_writer_side *writer, const struct store_change *change, int64_t *out)
{
    static const char FIND[] = "SELECT id FROM bundles WHERE hash = ?";
    static const char ADD[] = "INSERT INTO bundles (hash) VALUES (?)";
    int status = step(writer, FIND, &change->values[1], 1, out);

    if (status != DB_DONE) return status == DB_ROW ? STATUS_OK : status;
    if (change->value_count == FIRST_FILE) return STATUS_CONFLICT;
    status = step(writer, ADD, &change->values[1], 1, NULL);
    *out = db_last_rowid(writer->db);
    for (size_t i = FIRST_FILE; i + 2 < change->value_count && status == STATUS_OK; i += 3)
        status = add_file(writer, *out, &change->values[i]);
    return status;
}

static int add_generation(struct store_writer_side *writer, const struct store_change *change, int64_t bundle)
{
    static const char ADD[] = "INSERT INTO generations (number, bundle, folder, at, by, action, campaigns, state, note)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    struct store_value values[9];

    for (size_t i = 0; i < 9; i++)
        values[i] = change->values[i];
    values[1] = store_integer(bundle);
    return step(writer, ADD, values, 9, NULL);
}

/* Keeps the newest ones, the one in force, and the one that a rollback would go to. */
static int forget_old(struct store_writer_side *writer, int64_t keep)
{
    static const char *const DELETES[] = {
        "DELETE FROM generations WHERE number <= (SELECT number FROM generations ORDER BY number DESC LIMIT 1 OFFSET "
        "?1)"
        " AND number <> (SELECT max(number) FROM generations WHERE state = 'loaded')"
        " AND number <> coalesce((SELECT max(g.number) FROM generations g WHERE g.state = 'loaded' AND g.bundle <>"
        "  (SELECT bundle FROM generations WHERE state = 'loaded' ORDER BY number DESC LIMIT 1)), 0)",
        "DELETE FROM bundle_files WHERE bundle NOT IN (SELECT bundle FROM generations)",
        "DELETE FROM bundles WHERE id NOT IN (SELECT bundle FROM generations)",
        "DELETE FROM files WHERE id NOT IN (SELECT file FROM bundle_files)",
    };
    const struct store_value kept = store_integer(keep);
    int status = step(writer, DELETES[0], &kept, 1, NULL);

    if (status != STATUS_OK || db_changes(writer->db) == 0) return status;
    for (size_t i = 1; i < sizeof(DELETES) / sizeof(DELETES[0]) && status == STATUS_OK; i++)
        status = step(writer, DELETES[i], NULL, 0, NULL);
    return status;
}

int sqlite_save_generation(struct store_writer_side *writer, struct store_change *change)
{
    int64_t bundle = 0;
    int status = make_bundle(writer, change, &bundle);

    if (status == STATUS_OK) status = add_generation(writer, change, bundle);
    if (status == STATUS_OK) status = forget_old(writer, change->values[9].integer);
    return status;
}

int sqlite_note_generation(struct store_writer_side *writer, struct store_change *change)
{
    static const char NOTE[] = "UPDATE generations SET state = coalesce(?2, state), note = coalesce(?3, note),"
                               " folder = coalesce(?4, folder) WHERE number = ?1";
    int status = step(writer, NOTE, change->values, 4, NULL);

    if (status != STATUS_OK || db_changes(writer->db) > 0) return status;
    return sqlite_refuse(&change->request, STATUS_NOT_FOUND, "there is no such generation");
}

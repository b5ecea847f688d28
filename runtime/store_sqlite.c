/*
 * SQLite as a backend: a file in WAL mode, synchronous FULL, so that a commit is on disk when it returns.
 *
 * The log is moved into the file by the keeper, beside the writer. Only when the log has grown long does the writer
 * move the rest itself, between two transactions: then nothing of the log is in use and it starts again from its head.
 */
#include "runtime/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/buffer.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/store_backend.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_db.h"
#include "runtime/store_sqlite_queries.h"
#include "runtime/store_sqlite_schema.h"
#include "runtime/store_sqlite_writer.h"

/* Frames of 4 KiB. */
#define KEEP_FROM_FRAMES 2000    /* the keeper checkpoints from here on */
#define RESTART_FROM_FRAMES 8000 /* the writer finishes a checkpoint that the keeper has nearly done */
#define WRITER_LEFT_FRAMES 1000  /* nearly: this is left */
#define CHECKED_IN_WHOLE_BYTES (4 << 20)

struct store_database {
    char *path; /* as the user gave it */
    char *name; /* as SQLite gets it */
    bool is_memory;
    int lock_fd;
    struct db *db;        /* becomes the writer's; for memory another one that keeps the content */
    _Atomic int frames;   /* in the log after the last commit */
    _Atomic int64_t left; /* of them not moved by the last checkpoint */
};

struct store_reader_side {
    struct db *db;
};

struct store_keeper_side {
    struct store_database *database;
    struct db *db;
    int kept_frames; /* in the log at the last checkpoint */
};

static void make_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder;

    if (slash == NULL || slash == path) return;
    folder = memory_copy(path, (size_t)(slash - path));
    mkdir(folder, 0750);
    memory_free(folder);
}

/* One process at a time: the lock ends with the process, whatever ends it. */
static int take_lock(struct store_database *database, struct store_failure *failure)
{
    struct buffer name = BUFFER_EMPTY;
    char holder[32] = "";
    int status = STATUS_OK;

    buffer_add_format(&name, "%s.lock", database->path);
    database->lock_fd = open(name.bytes, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (database->lock_fd < 0) {
        snprintf(failure->text, sizeof(failure->text), "cannot open %s: %s", name.bytes, strerror(errno));
        status = STATUS_UNAVAILABLE;
    } else if (flock(database->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        if (read(database->lock_fd, holder, sizeof(holder) - 1) < 0) holder[0] = '\0';
        snprintf(failure->text, sizeof(failure->text),
                 "%s is in use by another herald (process %d): stop that one first, or use"
                 " another data folder",
                 database->path, atoi(holder));
        close(database->lock_fd);
        database->lock_fd = -1;
        status = STATUS_CONFLICT;
    } else {
        int len = snprintf(holder, sizeof(holder), "%d\n", (int)getpid());

        if (ftruncate(database->lock_fd, 0) != 0 || pwrite(database->lock_fd, holder, (size_t)len, 0) < 0) {
            snprintf(failure->text, sizeof(failure->text), "cannot write %s: %s", name.bytes, strerror(errno));
            status = STATUS_UNAVAILABLE;
        }
    }
    buffer_free(&name);
    return status;
}

static int refuse(struct store_database *database, struct db *db, struct store_failure *failure)
{
    if (db_is_damaged(db)) {
        snprintf(failure->text, sizeof(failure->text), "%s is damaged, or no database (%s): restore it from a backup",
                 database->path, db_error(db));
        return STATUS_INVALID;
    }
    snprintf(failure->text, sizeof(failure->text), "%s cannot be used: %s", database->path, db_error(db));
    return STATUS_UNAVAILABLE;
}

static int open_connection(struct store_database *database, bool is_readonly, struct db **out,
                           struct store_failure *failure)
{
    return db_open(database->name, is_readonly, out, failure->text, sizeof(failure->text));
}

static int set_up(struct store_database *database, struct db *db, struct store_failure *failure)
{
    struct stat file;
    int status;

    if (!database->is_memory) {
        status = db_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    } else {
        status = db_exec(db, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
    }
    if (status == STATUS_OK) {
        status = db_exec(db, "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY");
    }
    if (status != STATUS_OK) return refuse(database, db, failure);
    status = store_sqlite_migrate(db, database->path, failure->text, sizeof(failure->text));
    if (status != STATUS_OK) return status;
    if (stat(database->path, &file) == 0 && file.st_size <= CHECKED_IN_WHOLE_BYTES &&
        db_integer(db, "SELECT quick_check <> 'ok' FROM pragma_quick_check LIMIT 1", 1) != 0) {
        snprintf(failure->text, sizeof(failure->text), "%s is damaged: restore it from a backup", database->path);
        return STATUS_INVALID;
    }
    /* What a process held when it ended, nobody delivers: it waits again. What a call took that was never accepted, is
     * free. */
    status =
        db_exec(db, "BEGIN IMMEDIATE;"
                    "INSERT INTO counters SELECT 0, 0, 'waiting', count(*) FROM messages WHERE state < 2 AND state = 1"
                    " ON CONFLICT DO UPDATE SET value = value + excluded.value;"
                    "UPDATE counters SET value = 0 WHERE campaign = 0 AND minute = 0 AND metric = 'held';"
                    "UPDATE messages SET state = 0 WHERE state < 2 AND state = 1;"
                    "DELETE FROM once_keys WHERE owner IS NOT NULL;"
                    "COMMIT");
    return status != STATUS_OK ? refuse(database, db, failure) : STATUS_OK;
}

static void database_close(struct store_database *database)
{
    if (database == NULL) return;
    db_close(database->db);
    if (database->lock_fd >= 0) close(database->lock_fd);
    memory_free(database->path);
    memory_free(database->name);
    memory_free(database);
}

static int database_open(const char *path, int64_t now_ms, struct store_database **out, struct store_failure *failure)
{
    struct store_database *database = memory_zeroed(1, sizeof(*database));
    struct buffer name = BUFFER_EMPTY;
    size_t name_len;
    int status = STATUS_OK;

    (void)now_ms;
    database->is_memory = strcmp(path, ":memory:") == 0;
    database->path = memory_copy_string(path);
    database->lock_fd = -1;
    if (database->is_memory) {
        /* Shared among this store's connections; the address tells it from other stores of the process. */
        buffer_add_format(&name, "file:/herald-%" PRIxPTR "?vfs=memdb", (uintptr_t)database);
        database->name = buffer_take(&name, &name_len);
    } else {
        database->name = memory_copy_string(path);
        make_folder(path);
        status = take_lock(database, failure);
    }
    if (status == STATUS_OK) status = open_connection(database, false, &database->db, failure);
    if (status == STATUS_OK) status = set_up(database, database->db, failure);
    if (status != STATUS_OK) {
        database_close(database);
        return status;
    }
    *out = database;
    return STATUS_OK;
}

static void on_commit(void *arg, int frames)
{
    struct store_database *database = arg;

    atomic_store_explicit(&database->frames, frames, memory_order_relaxed);
}

static int open_writer(struct store_database *database, struct store_writer_side **out, struct store_failure *failure)
{
    struct db *db = database->db;
    int64_t revision = db_integer(db, "SELECT value FROM meta WHERE name = 'revision'", -1);
    int64_t last_id = db_integer(db, "SELECT coalesce(max(id), 0) FROM messages", -1);

    if (revision < 0 || last_id < 0) return refuse(database, db, failure);
    if (database->is_memory) {
        int status = open_connection(database, false, &db, failure);

        if (status != STATUS_OK) return status;
        db_exec(db, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY");
    } else {
        database->db = NULL;
        db_on_commit(db, on_commit, database);
    }
    *out = sqlite_writer_new(db, revision, last_id);
    (*out)->database = database;
    return STATUS_OK;
}

static int64_t writer_revision(struct store_writer_side *writer)
{
    return writer->revision;
}

static const char *writer_error(struct store_writer_side *writer)
{
    return db_error(writer->db);
}

static int apply_change(struct store_writer_side *writer, struct store_change *change)
{
    switch (change->request.operation) {
    case STORE_SAVE_VERSION: return sqlite_save_version(writer, change);
    case STORE_CHANGE_CAMPAIGN: return sqlite_change_campaign(writer, change);
    case STORE_DELETE_CAMPAIGN: return sqlite_delete_campaign(writer, change);
    case STORE_APPEND_AUDIT: return sqlite_append_audit(writer, change);
    case STORE_CLAIM: return sqlite_claim(writer, change);
    case STORE_RETRY_NOW: return sqlite_retry_now(writer, change);
    case STORE_CANCEL: return sqlite_cancel(writer, change);
    case STORE_ADD_EVENT: return sqlite_append_event(writer, change);
    case STORE_SAVE_PROFILE: return sqlite_save_profile(writer, change);
    case STORE_ONCE: return sqlite_once(writer, change);
    case STORE_KEEP_ONCE: return sqlite_keep_once(writer, change);
    case STORE_FORGET_ONCE: return sqlite_forget_once(writer, change);
    case STORE_KV_SET:
    case STORE_KV_ADD:
    case STORE_KV_REPLACE:
    case STORE_KV_SWAP: return sqlite_kv_put(writer, change);
    case STORE_FORGET_KEPT: return sqlite_forget_kept(writer, change);
    case STORE_COUNTER_ADD: return sqlite_counter_add(writer, change);
    case STORE_LIMIT_TAKE: return sqlite_limit_take(writer, change);
    case STORE_SAVE_KEY: return sqlite_save_key(writer, change);
    case STORE_REVOKE_KEY: return sqlite_revoke_key(writer, change);
    case STORE_COUNT: return sqlite_add_count(writer, change);
    case STORE_NOTE_EXCESS: return sqlite_note_excess(writer, change);
    case STORE_TRY_PARKED: return sqlite_try_parked(writer, change);
    case STORE_UNPARK: return sqlite_unpark(writer, change);
    case STORE_PRUNE: return sqlite_prune(writer, change);
    case STORE_BACKUP:
    case STORE_ACCEPT:
    case STORE_SETTLE: break;
    }
    return STATUS_INVALID;
}

static int writer_apply(struct store_writer_side *writer, struct store_request *request)
{
    if (request->operation == STORE_ACCEPT) return sqlite_accept(writer, (struct store_accept *)request);
    if (request->operation == STORE_SETTLE) return sqlite_settle(writer, (struct store_settle *)request);
    return apply_change(writer, (struct store_change *)request);
}

static bool writer_tend(struct store_writer_side *writer, bool is_idle)
{
    struct store_database *database = writer->database;
    int frames = atomic_load_explicit(&database->frames, memory_order_relaxed);
    int64_t left = 0;

    (void)is_idle;
    if (frames < RESTART_FROM_FRAMES) return false;
    if (frames - atomic_load(&database->left) > WRITER_LEFT_FRAMES) return false;
    if (db_checkpoint(writer->db, &left) == STATUS_OK && left == 0) atomic_store(&database->frames, 0);
    return false;
}

static int open_reader(struct store_database *database, struct store_reader_side **out, struct store_failure *failure)
{
    struct db *db;
    int status = open_connection(database, true, &db, failure);

    if (status != STATUS_OK) return status;
    db_exec(db, "PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY");
    *out = memory_zeroed(1, sizeof(**out));
    (*out)->db = db;
    return STATUS_OK;
}

static void close_reader(struct store_reader_side *reader)
{
    db_close(reader->db);
    memory_free(reader);
}

static int reader_read(struct store_reader_side *reader, enum store_query query, const struct store_value *values,
                       size_t count, struct store_rows *rows)
{
    int status = sqlite_read(reader->db, query, values, count, rows);

    return status == STATUS_OK ? STATUS_OK : STATUS_UNAVAILABLE;
}

static int open_keeper(struct store_database *database, struct store_keeper_side **out, struct store_failure *failure)
{
    struct db *db;
    int status = open_connection(database, false, &db, failure);

    if (status != STATUS_OK) return status;
    db_exec(db, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -2048");
    *out = memory_zeroed(1, sizeof(**out));
    (*out)->database = database;
    (*out)->db = db;
    return STATUS_OK;
}

static void close_keeper(struct store_keeper_side *keeper)
{
    db_close(keeper->db);
    memory_free(keeper);
}

static void keeper_keep(struct store_keeper_side *keeper)
{
    struct store_database *database = keeper->database;
    int frames = atomic_load_explicit(&database->frames, memory_order_relaxed);
    int64_t left = 0;

    if (frames < keeper->kept_frames) keeper->kept_frames = 0;
    if (frames - keeper->kept_frames < KEEP_FROM_FRAMES) return;
    if (db_checkpoint(keeper->db, &left) != STATUS_OK) return;
    keeper->kept_frames = frames;
    /* How far the checkpoint came; what the writer adds from now on comes on top of it. */
    atomic_store(&database->left, frames);
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static int sync_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC), result;

    if (fd < 0) return -1;
    result = fsync(fd);
    close(fd);
    return result;
}

static int check_backup_path(const char *path, const char *store_path, bool overwrites, struct store_failure *failure)
{
    struct stat found;

    if (is_same_file(path, store_path)) {
        snprintf(failure->text, sizeof(failure->text), "%s is the store itself: give the backup another name", path);
        return STATUS_INVALID;
    }
    if (!overwrites && lstat(path, &found) == 0) {
        snprintf(failure->text, sizeof(failure->text), "%s exists already", path);
        return STATUS_CONFLICT;
    }
    return STATUS_OK;
}

/* A new file that is its owner's alone: a copy of the store holds addresses. The database keeps the file's mode. */
static int create_private(const char *path, struct store_failure *failure)
{
    int fd;

    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        snprintf(failure->text, sizeof(failure->text), "cannot write %s: %s", path, strerror(errno));
        return STATUS_UNAVAILABLE;
    }
    close(fd);
    return STATUS_OK;
}

static int keeper_backup(struct store_keeper_side *keeper, const char *path, bool overwrites,
                         struct store_failure *failure)
{
    struct buffer part = BUFFER_EMPTY;
    int status = check_backup_path(path, keeper->database->path, overwrites, failure);

    if (status != STATUS_OK) return status;
    buffer_add_format(&part, "%s.part", path);
    status = create_private(part.bytes, failure);
    if (status == STATUS_OK) status = db_copy_to(keeper->db, part.bytes, failure->text, sizeof(failure->text));
    if (status == STATUS_OK && (sync_file(part.bytes) != 0 || rename(part.bytes, path) != 0)) {
        snprintf(failure->text, sizeof(failure->text), "cannot write %s: %s", path, strerror(errno));
        status = STATUS_UNAVAILABLE;
    }
    if (status != STATUS_OK) unlink(part.bytes);
    buffer_free(&part);
    return status;
}

static const struct store_backend backend = {
    .open = database_open,
    .close = database_close,
    .open_writer = open_writer,
    .close_writer = sqlite_writer_free,
    .begin = sqlite_writer_begin,
    .apply = writer_apply,
    .commit = sqlite_writer_commit,
    .rollback = sqlite_writer_rollback,
    .revision = writer_revision,
    .error = writer_error,
    .tend = writer_tend,
    .open_reader = open_reader,
    .close_reader = close_reader,
    .read = reader_read,
    .open_keeper = open_keeper,
    .close_keeper = close_keeper,
    .keep = keeper_keep,
    .backup = keeper_backup,
};

const struct store_backend *store_sqlite_backend(void)
{
    return &backend;
}

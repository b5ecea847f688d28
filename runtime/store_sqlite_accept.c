/* Accepting: idempotency first, then one row for each message. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

#define NO_PART ((struct store_text){NULL, 0})

/* Remembers the request id. DB_ROW: it is known already, and within its time. */
static int claim_request_id(struct store_writer_side *writer, const struct store_accept *accept, int64_t execution)
{
    static const char ADD[] =
        "INSERT INTO request_ids (key, execution, at, expires_at, body_hash) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT DO UPDATE SET execution = ?2, at = ?3, expires_at = ?4, body_hash = ?5"
        " WHERE expires_at <= ?3";
    struct db_statement *add = db_statement(writer->db, ADD);
    int status;

    db_bind_blob(add, 1, accept->request_key, sizeof(accept->request_key));
    db_bind_integer(add, 2, execution);
    db_bind_integer(add, 3, accept->at);
    db_bind_integer(add, 4, accept->at + accept->idempotency_ms);
    db_bind_blob(add, 5, accept->body_hash.bytes, accept->body_hash.len);
    status = db_run(add);
    if (status != STATUS_OK) return status;
    return db_changes(writer->db) == 1 ? STATUS_OK : DB_ROW;
}

/* Answers with what the same request became before, or refuses one with another body. */
static int replay(struct store_writer_side *writer, struct store_accept *accept)
{
    static const char FIND[] = "SELECT execution, at, body_hash FROM request_ids WHERE key = ?";
    struct db_statement *find = db_statement(writer->db, FIND);
    struct store_text body_hash;
    int status;

    db_bind_blob(find, 1, accept->request_key, sizeof(accept->request_key));
    status = db_step(find);
    if (status != DB_ROW) return status == DB_DONE ? STATUS_UNAVAILABLE : status;
    accept->execution = db_column_integer(find, 0);
    accept->accepted_at = db_column_integer(find, 1);
    body_hash = db_column_text(find, 2);
    accept->is_replay =
        body_hash.len == accept->body_hash.len && memcmp(body_hash.bytes, accept->body_hash.bytes, body_hash.len) == 0;
    db_reset(find);
    if (accept->is_replay) return STATUS_OK;
    return sqlite_refuse(&accept->request, STATUS_CONFLICT, "this request id was used with another body");
}

static int add_message(struct store_writer_side *writer, const struct store_accept *accept, size_t index, int64_t id,
                       int64_t route)
{
    static const char ADD[] =
        "INSERT INTO messages (id, route, state, position, at, due_at, expires_at, attempts, settled_at, size,"
        " user_id, request_id, reason, payload) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)";
    const struct store_message *message = &accept->messages[index];
    struct db_statement *add = db_statement(writer->db, ADD);

    db_bind_integer(add, 1, id);
    db_bind_integer(add, 2, route);
    db_bind_integer(add, 3, message->state);
    db_bind_integer(add, 4, (int64_t)index);
    db_bind_integer(add, 5, accept->at);
    db_bind_integer(add, 6, message->due_at);
    if (message->expires_at != 0) {
        db_bind_integer(add, 7, message->expires_at);
    } else {
        db_bind_null(add, 7);
    }
    if (message->state == STORE_SKIPPED) {
        db_bind_integer(add, 8, accept->at);
    } else {
        db_bind_null(add, 8);
    }
    if (index == 0) {
        db_bind_integer(add, 9, (int64_t)accept->message_count);
    } else {
        db_bind_null(add, 9);
    }
    db_bind_text(add, 10, message->user_id);
    db_bind_text(add, 11, index == 0 ? accept->request_id : NO_PART);
    db_bind_text(add, 12, message->reason);
    db_bind_text(add, 13, message->payload);
    return db_run(add);
}

/* The least that is known of a recipient, when nothing is known yet. */
static int make_profile(struct store_writer_side *writer, const struct store_message *message, int64_t at)
{
    static const char ADD[] =
        "INSERT INTO profiles (namespace, user_id, created_at, modified_at) VALUES (?1, ?2, ?3, ?3)"
        " ON CONFLICT DO NOTHING";
    struct db_statement *add;

    if (sqlite_knows_profile(writer, message->namespace, message->user_id)) return STATUS_OK;
    add = db_statement(writer->db, ADD);
    db_bind_text(add, 1, message->namespace);
    db_bind_text(add, 2, message->user_id);
    db_bind_integer(add, 3, at);
    return db_run(add);
}

/* What the campaign's script did once for this call is done. */
static int keep_once_keys(struct store_writer_side *writer, const struct store_accept *accept)
{
    struct db_statement *keep;

    if (accept->once_owner.bytes == NULL) return STATUS_OK;
    keep = db_statement(writer->db, "UPDATE once_keys SET owner = NULL WHERE owner = ?");
    db_bind_text(keep, 1, accept->once_owner);
    return db_run(keep);
}

static void count_message(struct store_writer_side *writer, const struct store_message *message, int64_t campaign,
                          int64_t at)
{
    static const struct store_text UNSAID = {"skipped", 7};

    sqlite_count(writer, campaign, at, "targeted", NO_PART, 1);
    if (message->state == STORE_SKIPPED) {
        sqlite_count_excluded(writer, campaign, at, message->reason.bytes != NULL ? message->reason : UNSAID);
    } else {
        sqlite_count(writer, campaign, at, "queued", NO_PART, 1);
    }
    sqlite_count_state(writer, message->state, 1);
}

int sqlite_accept(struct store_writer_side *writer, struct store_accept *accept)
{
    int64_t id = id_next(&writer->ids, accept->at, (int64_t)accept->message_count);
    int64_t route = 0, campaign = 0;
    int status = STATUS_OK;

    accept->is_replay = false;
    /* Before anything of this request is written: what is missing then refuses this request alone. */
    for (size_t i = 0; i < accept->message_count && status == STATUS_OK; i++) {
        status = sqlite_find_route(writer, accept, &accept->messages[i], &route, &campaign);
    }
    if (status == STATUS_NOT_FOUND) {
        return sqlite_refuse(&accept->request, status, "there is no such version of this campaign");
    }
    if (status == STATUS_OK) status = claim_request_id(writer, accept, id);
    if (status == DB_ROW) return replay(writer, accept);
    if (status == STATUS_OK) status = keep_once_keys(writer, accept);
    accept->execution = id;
    accept->accepted_at = accept->at;
    for (size_t i = 0; i < accept->message_count && status == STATUS_OK; i++) {
        const struct store_message *message = &accept->messages[i];

        if (i > 0 || accept->message_count > 1) status = sqlite_find_route(writer, accept, message, &route, &campaign);
        if (status == STATUS_OK) status = add_message(writer, accept, i, id + (int64_t)i, route);
        if (status == STATUS_OK && message->journal.bytes != NULL)
            status = sqlite_add_journal(writer, id + (int64_t)i, accept->generation, message->journal);
        if (status == STATUS_OK && message->is_profile_made) status = make_profile(writer, message, accept->at);
        count_message(writer, message, campaign, accept->at);
    }
    return status;
}

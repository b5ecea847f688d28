/* Settling: a message's new state, and what that means for the campaign's counters and the message's events. */
#include "runtime/status.h"
#include "runtime/store_sqlite_changes.h"
#include "runtime/store_sqlite_writer.h"

#define NO_PART ((struct store_text){NULL, 0})

static struct store_text literal(const char *text)
{
    return store_string(text).text;
}

static struct store_text first_of(struct store_text a, struct store_text b, const char *otherwise)
{
    if (a.bytes != NULL) return a;
    return b.bytes != NULL ? b : literal(otherwise);
}

bool sqlite_may_become(enum store_state from, enum store_state to)
{
    if (from == STORE_WAITING || from == STORE_HELD) return true;
    if (from == STORE_SENT) return to == STORE_DELIVERED || to == STORE_BOUNCED || to == STORE_FAILED;
    return from == STORE_DELIVERED && to == STORE_BOUNCED;
}

static void count_outcome(struct store_writer_side *writer, const struct store_settle *settle, int64_t campaign)
{
    bool is_soft = settle->reason.len == 4 && settle->reason.bytes[0] == 's' && settle->reason.bytes[1] == 'o';
    int64_t at = settle->at;

    switch (settle->state) {
    case STORE_SENT:
        sqlite_count(writer, campaign, at, "sent", NO_PART, 1);
        if (settle->latency_ms >= 0) sqlite_count_latency(writer, campaign, at, settle->latency_ms);
        break;
    case STORE_WAITING:
        sqlite_count(writer, campaign, at, "retries", NO_PART, 1);
        if (settle->code.bytes != NULL) sqlite_count(writer, campaign, at, "errors", settle->code, 1);
        break;
    case STORE_DELIVERED: sqlite_count(writer, campaign, at, "delivered", NO_PART, 1); break;
    case STORE_FAILED:
        sqlite_count(writer, campaign, at, "failed", NO_PART, 1);
        sqlite_count(writer, campaign, at, "errors", first_of(settle->code, settle->reason, "failed"), 1);
        break;
    case STORE_BOUNCED: sqlite_count(writer, campaign, at, "bounced", literal(is_soft ? "soft" : "hard"), 1); break;
    case STORE_EXPIRED: sqlite_count(writer, campaign, at, "expired", NO_PART, 1); break;
    case STORE_CANCELLED: sqlite_count(writer, campaign, at, "cancelled", NO_PART, 1); break;
    case STORE_EXCLUDED:
        sqlite_count_excluded(writer, campaign, at, first_of(settle->code, settle->reason, "excluded"));
        break;
    case STORE_HELD:
    case STORE_SKIPPED: break;
    }
}

/* "waiting" is how a message stands; what happened to it is a retry. */
static const char *event_kind(enum store_state state)
{
    return state == STORE_WAITING ? "retry" : store_state_name(state);
}

static int add_outcome_event(struct store_writer_side *writer, const struct store_settle *settle)
{
    struct buffer detail = BUFFER_EMPTY;
    const struct store_text parts[] = {settle->code, settle->reason, settle->answer};
    int status;

    for (size_t i = 0; i < 3; i++) {
        if (parts[i].len == 0) continue;
        if (detail.len > 0) buffer_add_string(&detail, ": ");
        buffer_add(&detail, parts[i].bytes, parts[i].len);
    }
    status = sqlite_add_event(writer, settle->id, settle->at, literal(event_kind(settle->state)),
                              (struct store_text){detail.bytes, detail.len});
    buffer_free(&detail);
    return status;
}

static int write_outcome(struct store_writer_side *writer, const struct store_settle *settle)
{
    static const char RETRY[] =
        "UPDATE messages SET state = 0, attempts = ?2, provider = coalesce(?3, provider), provider_id = ?4,"
        " code = ?5, answer = ?6, reason = ?7, due_at = ?8 WHERE id = ?1";
    static const char FINISH[] = "UPDATE messages SET state = ?9, attempts = ?2, provider = coalesce(?3, provider),"
                                 " provider_id = coalesce(?4, provider_id), code = ?5, answer = ?6, reason = ?7,"
                                 " settled_at = ?8, sent_at = CASE ?9 WHEN 2 THEN ?8 ELSE sent_at END WHERE id = ?1";
    bool is_retry = settle->state == STORE_WAITING;
    struct db_statement *update = db_statement(writer->db, is_retry ? RETRY : FINISH);

    db_bind_integer(update, 1, settle->id);
    db_bind_integer(update, 2, settle->attempts);
    db_bind_text(update, 3, settle->provider);
    db_bind_text(update, 4, settle->provider_id);
    db_bind_text(update, 5, settle->code);
    db_bind_text(update, 6, settle->answer);
    db_bind_text(update, 7, settle->reason);
    db_bind_integer(update, 8, is_retry ? settle->due_at : settle->at);
    if (!is_retry) db_bind_integer(update, 9, settle->state);
    return db_run(update);
}

int sqlite_settle(struct store_writer_side *writer, struct store_settle *settle)
{
    static const char FIND[] = "SELECT state, route, attempts FROM messages WHERE id = ?";
    struct db_statement *find = db_statement(writer->db, FIND);
    enum store_state from;
    int64_t route, campaign;
    int status;

    db_bind_integer(find, 1, settle->id);
    status = db_step(find);
    if (status == DB_DONE) return sqlite_refuse(&settle->request, STATUS_NOT_FOUND, "there is no such message");
    if (status != DB_ROW) return status;
    from = (enum store_state)db_column_integer(find, 0);
    route = db_column_integer(find, 1);
    if (settle->attempts < 0) settle->attempts = db_column_integer(find, 2);
    db_reset(find);
    if (!sqlite_may_become(from, settle->state)) {
        return sqlite_refuse(&settle->request, STATUS_CONFLICT, "the message is finished already");
    }
    status = sqlite_find_route_campaign(writer, route, &campaign);
    if (status == STATUS_OK) status = write_outcome(writer, settle);
    if (status == STATUS_OK && (settle->state != STORE_SENT || settle->attempts > 1 || settle->reason.len > 0))
        status = add_outcome_event(writer, settle);
    if (status != STATUS_OK) return status == STATUS_NOT_FOUND ? STATUS_UNAVAILABLE : status;
    count_outcome(writer, settle, campaign);
    sqlite_count_state(writer, from, -1);
    sqlite_count_state(writer, settle->state, 1);
    return STATUS_OK;
}

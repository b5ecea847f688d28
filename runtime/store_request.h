/*
 * What the store is asked and what it answers: values, rows, the reads and the changes.
 *
 * A read is one query with values, answered at once with rows. A change is a request for the writer's thread. Here are
 * the requests that are a list of values; what becomes of messages, the hot path, has its structs in store_message.h.
 */
#ifndef HERALD_STORE_REQUEST_H
#define HERALD_STORE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"
#include "runtime/queue.h"

#define STORE_MOST_COLUMNS 32
#define STORE_MOST_IDS 1000     /* in one retry or cancellation */
#define STORE_LEAST_WEIGHT 4096 /* of a request that waits: its bytes, or this */

struct store_session;

/* bytes NULL: absent. */
struct store_text {
    const char *bytes;
    size_t len;
};

enum store_kind { STORE_NULL, STORE_INTEGER, STORE_TEXT };

struct store_value {
    enum store_kind kind;
    int64_t integer;
    struct store_text text;
};

/*
 * The reads, with their values in order (? may be null) and what a row has. All times are milliseconds since the epoch.
 * A "campaign" row: id status live draft origin created_at created_by modified_at modified_by revision
 * A "message" row: id execution campaign version sandbox user_id namespace type state reason channel surface payload
 *   at created_at by due_at expires_at settled_at sent_at attempts provider provider_id code answer
 */
enum store_query {
    STORE_READ_CAMPAIGN,  /* id -> campaign */
    STORE_READ_CAMPAIGNS, /* status?, changed_since? (a revision) -> campaigns */
    STORE_READ_VERSION,   /* campaign, hash -> campaign hash number definition bundle created_at created_by activated_at
                           */
    STORE_READ_VERSIONS,  /* campaign -> the same without definition and bundle, the oldest first */
    STORE_READ_AUDIT,     /* campaign?, before? (an id), limit -> id at by action campaign detail, the newest first */
    STORE_READ_REQUEST,   /* sandbox, request_id, now -> execution at body_hash, unless it is past its time */
    STORE_READ_MESSAGE,   /* id -> message */
    STORE_READ_EXECUTION, /* id -> messages, with request_id in the first */
    STORE_READ_OUTBOX,    /* state?, campaign?, after? (an id), limit -> messages; no state: held and waiting */
    STORE_READ_RECENT, /* campaign?, after? (an id), limit -> messages by id: the first behind after, or else the newest
                        */
    STORE_READ_MESSAGES_OF, /* user_id, campaign?, limit -> messages, the newest first */
    STORE_READ_EVENTS,      /* message -> message id at kind detail, the oldest first */
    STORE_READ_PROFILE,     /* namespace, user_id -> namespace user_id attributes created_at modified_at */
    STORE_READ_KEYS,        /* -> hash name scopes created_at created_by expires_at revoked_at revoked_by */
    STORE_READ_KEY,         /* hash -> the same */
    STORE_READ_COUNTERS,    /* campaign, from, to, step_ms -> at metric value */
    STORE_READ_PARKINGS,    /* -> campaign version since until trial_until reason */
    STORE_READ_NEXT_DUE,    /* -> due_at of the waiting message that is due first */
    STORE_READ_STATS,       /* -> state value: how many messages are in each state */
    STORE_READ_KEPT,        /* sandbox, kind ("kv", "counter"), key, now -> value expires_at */
    STORE_READ_KEPT_KEYS,   /* sandbox, kind, prefix, after?, limit, now -> key value expires_at, by key */
    STORE_READ_LIMIT,       /* sandbox, key, window_ms, most, now -> free_at, when nothing more is let through before */
};

/* The changes; the last ones are in store_message.h. */
enum store_operation {
    STORE_SAVE_VERSION,    /* campaign, hash, definition, bundle?, origin, by, at -> number created campaign_created */
    STORE_CHANGE_CAMPAIGN, /* id, from (statuses with commas), status?, live?, draft?, clear_draft, by, at, action,
                              detail? -> campaign */
    STORE_DELETE_CAMPAIGN, /* id, by, at */
    STORE_APPEND_AUDIT,    /* at, by, action, campaign?, detail? */
    STORE_CLAIM,           /* now, limit -> messages */
    STORE_RETRY_NOW,       /* now, campaign?, id ... -> count */
    STORE_CANCEL,          /* at, by, reason, campaign?, id ... -> count */
    STORE_ADD_EVENT,       /* message, at, kind, detail? */
    STORE_SAVE_PROFILE,    /* namespace, user_id, attributes, at */
    STORE_ONCE,            /* sandbox, key, expires_at, now, owner -> is_first; pending until the owner's accept */
    STORE_KEEP_ONCE,       /* owner: its keys are pending no longer, without an accept */
    STORE_FORGET_ONCE,     /* owner: its keys that are pending */
    STORE_KV_SET,          /* sandbox, key, value, expires_at?, now, most_keys -> done, else value, as it is there */
    STORE_KV_ADD,          /* the same, when nothing is there */
    STORE_KV_REPLACE,      /* the same, when something is there */
    STORE_KV_SWAP,         /* the same and expected?, when the value is expected's; null: when nothing is there */
    STORE_FORGET_KEPT,     /* sandbox, kind, key, now -> is_there */
    STORE_COUNTER_ADD,     /* sandbox, key, n, expires_at? (of a new one), now, most_keys -> value */
    STORE_LIMIT_TAKE,      /* sandbox, key, window_ms, most, now, most_keys -> taken retry_after_ms */
    STORE_SAVE_KEY,        /* hash, name, scopes, created_at, created_by, expires_at? */
    STORE_REVOKE_KEY,      /* name, at, by -> count */
    STORE_COUNT,           /* campaign, metric, at, n */
    STORE_NOTE_EXCESS,     /* campaign, version, at, reason, after, within_ms, time_ms, detail -> is_parked: a budget
                              that was exceeded; it is the after-th within that time, or the version is parked already */
    STORE_TRY_PARKED,      /* campaign, version, now, trial_until -> is_granted: its time is up, no other is tried */
    STORE_UNPARK,          /* campaign, by, at, detail? -> count of versions */
    STORE_PRUNE,           /* before, limit, now -> count */
    STORE_BACKUP,          /* path, overwrites: a consistent copy while in use; any failure has its sentence */
    STORE_ACCEPT,          /* struct store_accept */
    STORE_SETTLE,          /* struct store_settle */
};

/* The head of every change. Before store_submit and from done on it is the submitter's, in between the store's. */
struct store_request {
    struct queue_item item;
    struct store_session *session;
    enum store_operation operation;
    bool is_again; /* set by the backend: this was a slice, apply it again in a later transaction */
    int status;
    const char *failure; /* a sentence when status is not STATUS_OK; static, or lies in the change's rows */
    void (*done)(struct store_request *request, void *arg);
    void *arg;
};

/* A table of results; text lies in bytes. */
struct store_rows {
    size_t column_count, count;
    size_t names[STORE_MOST_COLUMNS]; /* offsets into bytes */
    struct store_value *cells;        /* text.bytes is not set here: integer is the offset into bytes */
    size_t cell_count, cell_room;
    struct buffer bytes;
};

struct store_progress {
    int64_t time, id, total;
};

struct store_change {
    struct store_request request;
    struct store_progress progress;      /* the backend's, over slices: as of the last commit */
    struct store_progress next_progress; /* as apply leaves it; becomes the former at the commit of a slice */
    struct store_rows rows;
    size_t value_count;
    struct store_value values[];
};

/* Copies the values and their texts into one allocation. */
struct store_change *store_change_new(enum store_operation operation, const struct store_value *values, size_t count);

/* Any kind of request, together with its result. */
void store_request_free(struct store_request *request);

/* Copies len bytes to *room, moves *room behind them and returns the copy; an absent text stays absent. */
struct store_text store_text_pack(char **room, struct store_text text);

/* Values from C: no copies. */
struct store_value store_integer(int64_t integer);
struct store_value store_string(const char *text); /* NULL gives null */
struct store_value store_bytes(const char *bytes, size_t len);

/* Filling, by the backend. */
void store_rows_clear(struct store_rows *rows);
void store_rows_add_column(struct store_rows *rows, const char *name);
void store_rows_add_null(struct store_rows *rows);
void store_rows_add_integer(struct store_rows *rows, int64_t integer);
void store_rows_add_text(struct store_rows *rows, const char *bytes, size_t len);
void store_rows_end_row(struct store_rows *rows);
void store_rows_free(struct store_rows *rows);

/* Reading: row and column below their counts. Texts live as long as the rows. */
const char *store_rows_name(const struct store_rows *rows, size_t column);
struct store_value store_rows_value(const struct store_rows *rows, size_t row, size_t column);

/* The integer of the named column, or fallback when there is no such row or it is null. */
int64_t store_rows_integer(const struct store_rows *rows, size_t row, const char *name, int64_t fallback);

/* The text of the named column; absent when there is none. */
struct store_text store_rows_text(const struct store_rows *rows, size_t row, const char *name);

#endif

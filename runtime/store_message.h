/*
 * What becomes of messages: accepting an execution and settling one of its messages. The hot path.
 *
 * Both are structs in one allocation, their texts packed behind them. The caller fills one, submits it with
 * store_submit, and reads the result fields in done.
 */
#ifndef HERALD_STORE_MESSAGE_H
#define HERALD_STORE_MESSAGE_H

#include "runtime/store_request.h"

#define STORE_REQUEST_KEY_LEN 16

/* A message's state as it is stored; the unfinished ones come first. */
enum store_state {
    STORE_WAITING,
    STORE_HELD,
    STORE_SENT,
    STORE_DELIVERED,
    STORE_FAILED,
    STORE_BOUNCED,
    STORE_EXPIRED,
    STORE_CANCELLED,
    STORE_EXCLUDED,
    STORE_SKIPPED,
};

#define STORE_STATE_COUNT 10

/* "waiting", ...; a static string. */
const char *store_state_name(enum store_state state);

/* STATUS_INVALID for a name that is none. */
int store_state_parse(const char *name, size_t len, enum store_state *out);

struct store_message {
    struct store_text user_id, namespace, type, channel, surface, reason, payload;
    enum store_state state; /* held, waiting or skipped */
    int64_t due_at;
    int64_t expires_at;        /* 0: never */
    bool is_profile_made;      /* the minimal profile, when it is missing */
    struct store_text journal; /* what the campaign's script saw and decided; bytes NULL: not kept */
};

struct store_accept {
    struct store_request request;
    struct store_text request_id, body_hash, campaign, version, sandbox, by;
    struct store_text once_owner; /* whose keys of STORE_ONCE are taken for good with this; bytes NULL: none */
    int64_t at, idempotency_ms, generation;           /* generation: stands with what is kept in the journal */
    unsigned char request_key[STORE_REQUEST_KEY_LEN]; /* set by store_accept_seal */
    /* The result: messages have the ids execution, execution + 1, ... in their order. */
    int64_t execution, accepted_at;
    bool is_replay;
    size_t message_count;
    struct store_message messages[];
};

struct store_settle {
    struct store_request request;
    struct store_text provider, provider_id, code, answer, reason;
    enum store_state state; /* not held and not skipped */
    int64_t id, at, attempts;
    int64_t due_at;     /* for waiting: when to try again */
    int64_t latency_ms; /* from trigger to sent; negative: not known */
};

/*
 * An accept request with room for message_count messages (1 to ID_MOST_AT_ONCE) and texts_size bytes of texts, each
 * with one byte more. *room is where store_text_pack starts. Free with store_request_free.
 */
struct store_accept *store_accept_new(size_t message_count, size_t texts_size, char **room);

/* Call when sandbox and request_id are filled, before store_submit. */
void store_accept_seal(struct store_accept *accept);

struct store_settle *store_settle_new(size_t texts_size, char **room);

/* The key under which a request id is remembered: 128 bits of SHA-256. */
void store_request_key(struct store_text sandbox, struct store_text request_id,
                       unsigned char out[STORE_REQUEST_KEY_LEN]);

#endif

#include "runtime/store_message.h"

#include <string.h>

#include "runtime/buffer.h"
#include "runtime/crypto.h"
#include "runtime/memory.h"
#include "runtime/status.h"

static const char *const state_names[STORE_STATE_COUNT] = {
    [STORE_WAITING] = "waiting",     [STORE_HELD] = "held",           [STORE_SENT] = "sent",
    [STORE_DELIVERED] = "delivered", [STORE_FAILED] = "failed",       [STORE_BOUNCED] = "bounced",
    [STORE_EXPIRED] = "expired",     [STORE_CANCELLED] = "cancelled", [STORE_EXCLUDED] = "excluded",
    [STORE_SKIPPED] = "skipped",
};

const char *store_state_name(enum store_state state)
{
    return state_names[state];
}

int store_state_parse(const char *name, size_t len, enum store_state *out)
{
    for (size_t i = 0; i < STORE_STATE_COUNT; i++) {
        if (strlen(state_names[i]) == len && memcmp(state_names[i], name, len) == 0) {
            *out = (enum store_state)i;
            return STATUS_OK;
        }
    }
    return STATUS_INVALID;
}

struct store_accept *store_accept_new(size_t message_count, size_t texts_size, char **room)
{
    size_t head = sizeof(struct store_accept) + message_count * sizeof(struct store_message);
    struct store_accept *accept = memory_zeroed(1, head + texts_size);

    accept->request.operation = STORE_ACCEPT;
    accept->request.item.weight = head + texts_size > STORE_LEAST_WEIGHT ? head + texts_size : STORE_LEAST_WEIGHT;
    accept->message_count = message_count;
    *room = (char *)accept + head;
    return accept;
}

struct store_settle *store_settle_new(size_t texts_size, char **room)
{
    struct store_settle *settle = memory_zeroed(1, sizeof(*settle) + texts_size);

    settle->request.operation = STORE_SETTLE;
    settle->request.item.weight = STORE_LEAST_WEIGHT;
    settle->latency_ms = -1;
    *room = (char *)(settle + 1);
    return settle;
}

void store_request_key(struct store_text sandbox, struct store_text request_id,
                       unsigned char out[STORE_REQUEST_KEY_LEN])
{
    unsigned char digest[CRYPTO_SHA256_LEN];
    char small[512];
    struct buffer large = BUFFER_EMPTY;
    size_t len = sandbox.len + 1 + request_id.len;
    char *joined = small;

    if (len > sizeof(small)) {
        buffer_reserve(&large, len);
        joined = large.bytes;
    }
    memcpy(joined, sandbox.bytes, sandbox.len);
    joined[sandbox.len] = '\0';
    memcpy(joined + sandbox.len + 1, request_id.bytes, request_id.len);
    crypto_sha256(joined, len, digest);
    memcpy(out, digest, STORE_REQUEST_KEY_LEN);
    buffer_free(&large);
}

void store_accept_seal(struct store_accept *accept)
{
    store_request_key(accept->sandbox, accept->request_id, accept->request_key);
}

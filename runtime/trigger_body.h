/*
 * The body of POST /im/executions/unitary (docs/openapi.json): every rule of its shape, before any campaign is asked.
 * One struct serves one call after the other and keeps its memory; nothing of it outlives the document it was read
 * from.
 */
#ifndef HERALD_TRIGGER_BODY_H
#define HERALD_TRIGGER_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"

struct payload;

struct trigger_body_limits {
    uint32_t recipients;
    size_t context; /* bytes of one recipient's */
};

/* Nodes of the document; 0 for what is not there, or is not as it has to be. */
struct trigger_body_recipient {
    bool is_object;
    bool has_bad_context;                    /* there is one, and it is no object */
    uint32_t type, user_id, namespace;       /* strings that are not empty */
    uint32_t context, profile, channel_data; /* objects */
};

/* What is wrong with one recipient. */
struct trigger_body_fault {
    uint32_t recipient; /* counted from 0 */
    const char *code;   /* static, such as "context-too-large" */
    size_t at, len;     /* its sentence in texts */
};

struct trigger_body {
    uint32_t request_id, campaign_id; /* nodes, also where the call is refused; 0: not to be used */
    struct trigger_body_recipient *recipients;
    uint32_t recipient_count, recipient_size;
    struct trigger_body_fault *faults; /* in the order of the recipients, but for those that are named twice */
    size_t fault_count, fault_size;
    struct buffer texts;
    const char *failure_code; /* where the call as a whole is refused: static, and its sentence is all of texts */
    struct buffer decoded;
};

#define TRIGGER_BODY_EMPTY                                             \
    {                                                                  \
        0, 0, NULL, 0, 0, NULL, 0, 0, BUFFER_EMPTY, NULL, BUFFER_EMPTY \
    }

/*
 * Reads the document, which must outlive what is done with the result. STATUS_OK also where single recipients have
 * faults; STATUS_INVALID with failure_code "invalid-request" or "invalid-recipients" where they cannot be looked at.
 */
int trigger_body_read(struct trigger_body *body, const struct payload *doc, const struct trigger_body_limits *limits);

void trigger_body_free(struct trigger_body *body);

/*
 * Why a recipient cannot be named so, as a sentence with the field's name; NULL when it can: at most 512 and 64 bytes
 * of UTF-8 (RFC 3629). Static text.
 */
const char *trigger_body_identity_problem(const char *namespace, size_t namespace_len, const char *user_id,
                                          size_t user_id_len);

#endif

/* For the C tests of the store: a folder, a store with a campaign, and requests that are waited for. */
#ifndef HERALD_SPEC_STORE_SUPPORT_H
#define HERALD_SPEC_STORE_SUPPORT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/clock.h"
#include "runtime/loop.h"
#include "runtime/status.h"
#include "runtime/store.h"
#include "spec/runtime/check.h"

static const int64_t NOW = INT64_C(1795600800000);

static inline struct store_text text_of(const char *string)
{
    return store_string(string).text;
}

static inline struct store_accept *new_accept(const char *request_id, const char *body, enum store_state state,
                                              const char *payload)
{
    char *room;
    struct store_accept *accept = store_accept_new(1, strlen(request_id) + strlen(payload) + 256, &room);
    struct store_message *message = &accept->messages[0];

    accept->request_id = store_text_pack(&room, text_of(request_id));
    accept->body_hash = store_text_pack(&room, text_of(body));
    accept->campaign = store_text_pack(&room, text_of("welcome"));
    accept->version = store_text_pack(&room, text_of("v1"));
    accept->sandbox = store_text_pack(&room, text_of("prod"));
    accept->by = store_text_pack(&room, text_of("shop"));
    accept->at = NOW;
    accept->idempotency_ms = 86400000;
    message->user_id = store_text_pack(&room, text_of("jane"));
    message->namespace = store_text_pack(&room, text_of("email"));
    message->type = store_text_pack(&room, text_of("aep"));
    message->channel = store_text_pack(&room, text_of("email"));
    message->payload = store_text_pack(&room, text_of(payload));
    message->state = state;
    message->due_at = NOW;
    message->is_profile_made = true;
    store_accept_seal(accept);
    return accept;
}

static inline struct store_settle *new_settle(int64_t id, enum store_state state)
{
    char *room;
    struct store_settle *settle = store_settle_new(0, &room);

    settle->id = id;
    settle->state = state;
    settle->at = NOW + 5;
    settle->due_at = NOW + 5;
    settle->attempts = 1;
    return settle;
}

static inline void mark_done(struct store_request *request, void *arg)
{
    (void)request;
    *(bool *)arg = true;
}

/* Submits and runs the loop until the answer is there. */
static inline int ask(struct store_session *session, struct loop *loop, struct store_request *request)
{
    bool is_done = false;

    CHECK_INT(STATUS_OK, store_submit(session, request, mark_done, &is_done));
    while (!is_done)
        loop_run_once(loop);
    return request->status;
}

static inline void make_campaign(struct store_session *session, struct loop *loop)
{
    struct store_value version[] = {store_string("welcome"), store_string("v1"),   store_string("{}"),
                                    store_string(NULL),      store_string("file"), store_string("spec"),
                                    store_integer(NOW)};
    struct store_change *change = store_change_new(STORE_SAVE_VERSION, version, 7);

    CHECK_INT(STATUS_OK, ask(session, loop, &change->request));
    store_request_free(&change->request);
}

static inline int64_t count_in_state(struct store_session *session, const char *state)
{
    const struct store_rows *rows;

    CHECK_INT(STATUS_OK, store_read(session, STORE_READ_STATS, NULL, 0, &rows));
    for (size_t row = 0; row < rows->count; row++) {
        if (strcmp(store_rows_text(rows, row, "state").bytes, state) == 0)
            return store_rows_integer(rows, row, "value", -1);
    }
    return 0;
}

static inline struct store *open_store(const char *path, const struct clock *clock)
{
    struct store_options options = {.path = path, .clock = clock};
    char failure[600] = "";
    struct store *store = NULL;

    if (store_open(&options, &store, failure, sizeof(failure)) != STATUS_OK) fprintf(stderr, "%s\n", failure);
    CHECK(store != NULL);
    return store;
}

/* folder has room for 64 bytes, path for 128. */
static inline void make_folder(char *folder, char *path)
{
    strcpy(folder, "/tmp/herald-store-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, 128, "%s/herald.db", folder);
}

static inline void remove_folder(const char *folder)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    CHECK_INT(0, system(command));
}

#endif

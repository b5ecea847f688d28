/*
 * Several sessions at once: no message is lost or given twice, one of two equal requests executes, each addition counts
 * once, and a limit lets through what it says.
 */
#include <pthread.h>

#include "spec/runtime/store_support.h"

#define THREADS 4
#define ROUNDS 300
#define UNDER_WAY 16
#define LET_THROUGH 777
#define WINDOW_MS 1000

struct client {
    struct store *store;
    struct loop *loop;
    struct store_session *session;
    unsigned number, left, accepted, replayed, settled, claimed;
    unsigned added, highest, taken, swapped;
    int64_t last_revision;
    pthread_t thread;
};

static void on_claimed(struct store_request *request, void *arg);
static void on_settled(struct store_request *request, void *arg);

static void settle(struct client *client, int64_t id, enum store_state state)
{
    struct store_settle *request = new_settle(id, state);

    CHECK_INT(STATUS_OK, store_submit(client->session, &request->request, on_settled, client));
}

/* Every other request id is asked for by all clients: one of them executes it. */
static void on_accepted(struct store_request *request, void *arg)
{
    struct store_accept *accept = (struct store_accept *)request;
    struct client *client = arg;

    CHECK_INT(STATUS_OK, request->status);
    if (accept->is_replay) {
        client->replayed++;
    } else {
        client->accepted++;
        if (accept->messages[0].state == STORE_HELD)
            settle(client, accept->execution, client->accepted % 3 == 0 ? STORE_WAITING : STORE_SENT);
    }
    store_request_free(request);
}

static void on_settled(struct store_request *request, void *arg)
{
    struct client *client = arg;

    CHECK_INT(STATUS_OK, request->status);
    client->settled++;
    store_request_free(request);
}

static void on_claimed(struct store_request *request, void *arg)
{
    struct client *client = arg;
    struct store_change *change = (struct store_change *)request;

    CHECK_INT(STATUS_OK, request->status);
    for (size_t row = 0; row < change->rows.count; row++) {
        client->claimed++;
        settle(client, store_rows_integer(&change->rows, row, "id", 0), STORE_SENT);
    }
    store_request_free(request);
}

static void claim(struct client *client)
{
    struct store_value values[] = {store_integer(NOW + 10), store_integer(10)};
    struct store_change *change = store_change_new(STORE_CLAIM, values, 2);

    CHECK_INT(STATUS_OK, store_submit(client->session, &change->request, on_claimed, client));
}

static void on_kept(struct store_request *request, void *arg)
{
    struct client *client = arg;
    struct store_change *change = (struct store_change *)request;
    int64_t first = store_rows_value(&change->rows, 0, 0).integer;

    CHECK_INT(STATUS_OK, request->status);
    if (request->operation == STORE_LIMIT_TAKE) client->taken += first == 1;
    if (request->operation == STORE_KV_SWAP) client->swapped += first == 1;
    if (request->operation == STORE_COUNTER_ADD) {
        client->added++;
        if (client->highest < first) client->highest = (unsigned)first;
    }
    store_request_free(request);
}

static void keep(struct client *client, enum store_operation operation, const struct store_value *values, size_t count)
{
    struct store_change *change = store_change_new(operation, values, count);

    CHECK_INT(STATUS_OK, store_submit(client->session, &change->request, on_kept, client));
}

/* All clients use the same keys. Of those that swap the last round's value for this round's, one succeeds. */
static void keep_something(struct client *client, unsigned round)
{
    char before[16], after[16];
    struct store_value counter[] = {store_string("prod"), store_string("all"), store_integer(1),
                                    store_string(NULL),   store_integer(NOW),  store_integer(10)};
    struct store_value limit[] = {store_string("prod"),       store_string("all"), store_integer(WINDOW_MS),
                                  store_integer(LET_THROUGH), store_integer(NOW),  store_integer(10)};
    struct store_value swap[] = {store_string("prod"), store_string("all"), store_string(NULL), store_string(NULL),
                                 store_integer(NOW),   store_integer(10),   store_string(NULL)};

    snprintf(before, sizeof(before), "%u", round - 1);
    snprintf(after, sizeof(after), "%u", round);
    swap[2] = store_string(after);
    if (round > 0) swap[6] = store_string(before);
    for (unsigned i = 0; i < 4; i++)
        keep(client, STORE_COUNTER_ADD, counter, 6);
    keep(client, STORE_LIMIT_TAKE, limit, 6);
    keep(client, STORE_KV_SWAP, swap, 7);
}

static void read_something(struct client *client)
{
    struct store_value profile[] = {store_string("email"), store_string("jane")};
    const struct store_rows *rows;
    int64_t revision = store_revision(client->store);

    CHECK(revision >= client->last_revision);
    client->last_revision = revision;
    CHECK_INT(STATUS_OK, store_read(client->session, STORE_READ_PROFILE, profile, 2, &rows));
    CHECK(rows->count <= 1);
    CHECK_INT(STATUS_OK, store_read(client->session, STORE_READ_NEXT_DUE, NULL, 0, &rows));
}

static void *run_client(void *arg)
{
    struct client *client = arg;
    char id[64];

    CHECK_INT(STATUS_OK, loop_new(&client->loop));
    CHECK_INT(STATUS_OK, store_attach(client->store, client->loop, &client->session));
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < UNDER_WAY; i++) {
            struct store_accept *accept;

            snprintf(id, sizeof(id), "%u-%u-%u", i % 2 == 0 ? client->number : 99, round, i);
            accept = new_accept(id, "body", i % 4 == 0 ? STORE_WAITING : STORE_HELD, "{}");
            CHECK_INT(STATUS_OK, store_submit(client->session, &accept->request, on_accepted, client));
        }
        claim(client);
        keep_something(client, round);
        read_something(client);
        loop_run(client->loop);
    }
    store_detach(client->session);
    loop_free(client->loop);
    return NULL;
}

static void hammer(const char *path)
{
    struct clock *clock = clock_new_manual(NOW);
    struct store *store = open_store(path, clock);
    struct client clients[THREADS] = {0};
    unsigned accepted = 0, replayed = 0, added = 0, highest = 0, taken = 0, swapped = 0;
    struct store_session *session;
    struct loop *loop;

    CHECK_INT(STATUS_OK, loop_new(&loop));
    CHECK_INT(STATUS_OK, store_attach(store, loop, &session));
    make_campaign(session, loop);
    for (unsigned i = 0; i < THREADS; i++) {
        clients[i].store = store;
        clients[i].number = i;
        CHECK_INT(0, pthread_create(&clients[i].thread, NULL, run_client, &clients[i]));
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(clients[i].thread, NULL);
        accepted += clients[i].accepted;
        replayed += clients[i].replayed;
        added += clients[i].added;
        taken += clients[i].taken;
        swapped += clients[i].swapped;
        if (highest < clients[i].highest) highest = clients[i].highest;
    }
    CHECK_INT(ROUNDS * UNDER_WAY / 2 * (THREADS + 1), accepted);
    CHECK_INT(ROUNDS * UNDER_WAY / 2 * (THREADS - 1), replayed);
    CHECK_INT(accepted,
              count_in_state(session, "waiting") + count_in_state(session, "held") + count_in_state(session, "sent"));
    CHECK_INT(0, count_in_state(session, "held"));
    CHECK_INT(ROUNDS * 4 * THREADS, added);
    CHECK_INT(added, highest);
    CHECK_INT(LET_THROUGH, taken);
    CHECK_INT(ROUNDS, swapped);
    store_detach(session);
    loop_free(loop);
    store_close(store);
    clock_free(clock);
}

/* A session that ends while its changes are under way gets their answers first. */
static void detach_under_way(void)
{
    struct clock *clock = clock_new_manual(NOW);
    struct store *store = open_store(":memory:", clock);
    struct store_session *session;
    struct client client = {0};

    CHECK_INT(STATUS_OK, loop_new(&client.loop));
    CHECK_INT(STATUS_OK, store_attach(store, client.loop, &session));
    make_campaign(session, client.loop);
    for (int i = 0; i < 100; i++) {
        char id[16];
        struct store_accept *accept;

        snprintf(id, sizeof(id), "%d", i);
        accept = new_accept(id, "body", STORE_WAITING, "{}");
        CHECK_INT(STATUS_OK, store_submit(session, &accept->request, on_accepted, &client));
    }
    store_detach(session);
    CHECK_INT(100, client.accepted);
    loop_free(client.loop);
    store_close(store);
    clock_free(clock);
}

int main(void)
{
    char folder[64], path[128];

    make_folder(folder, path);
    hammer(path);
    hammer(":memory:");
    detach_under_way();
    remove_folder(folder);
    return 0;
}

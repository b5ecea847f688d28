/* Several sessions at once: no message is lost or given twice, and one of two equal requests executes. */
#include <pthread.h>

#include "spec/runtime/store_support.h"

#define THREADS 4
#define ROUNDS 300
#define UNDER_WAY 16

struct client {
    struct store *store;
    struct loop *loop;
    struct store_session *session;
    unsigned number, left, accepted, replayed, settled, claimed;
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
    unsigned accepted = 0, replayed = 0;
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
    }
    CHECK_INT(ROUNDS * UNDER_WAY / 2 * (THREADS + 1), accepted);
    CHECK_INT(ROUNDS * UNDER_WAY / 2 * (THREADS - 1), replayed);
    CHECK_INT(accepted,
              count_in_state(session, "waiting") + count_in_state(session, "held") + count_in_state(session, "sent"));
    CHECK_INT(0, count_in_state(session, "held"));
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

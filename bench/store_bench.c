/*
 * How many accepts and settles a second the store commits: sessions on threads of their own, each with so many requests
 * under way as clients would have.
 *
 *     store_bench FOLDER [seconds [threads [under-way [profiles: 0 or 1]]]]
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/clock.h"
#include "runtime/crypto.h"
#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/store.h"

#define MOST_THREADS 16
#define LATENCY_SLOTS 20000 /* of 10 microseconds */

enum bench_mode { BENCH_ACCEPT_LATER, BENCH_ACCEPT_AND_SETTLE };

struct client {
    struct store *store;
    struct loop *loop;
    struct store_session *session;
    const struct clock *clock;
    enum bench_mode mode;
    unsigned number, under_way;
    int64_t ends_at_ms;
    bool has_profiles;
    unsigned long sequence, accepted, settled, failed;
    unsigned latencies[LATENCY_SLOTS];
    pthread_t thread;
};

struct flight {
    struct client *client;
    int64_t started_us;
};

static const char PAYLOAD[] = "{\"context\":{\"firstName\":\"Jane\",\"resetUrl\":\"https://shop.example.com/reset?token=0123456789abcdef\","
                              "\"order\":{\"number\":\"10293847\",\"total\":\"129.90\",\"currency\":\"EUR\"},\"locale\":\"en-GB\"},"
                              "\"profile\":{},\"channelData\":{\"emailAddress\":\"jane@example.com\"}}";

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct store_text text(const char *string)
{
    return store_string(string).text;
}

static void on_accepted(struct store_request *request, void *arg);

static void accept_next(struct flight *flight)
{
    struct client *client = flight->client;
    char request_id[64], user_id[64];
    unsigned char hash[CRYPTO_SHA256_LEN];
    struct store_message message = {0};
    struct store_accept *accept;
    char *room;

    snprintf(request_id, sizeof(request_id), "order-%u-%016lx", client->number, client->sequence * 0x9e3779b97f4a7c15u);
    snprintf(user_id, sizeof(user_id), "user-%u-%lu@example.com", client->number, client->sequence++);
    crypto_sha256(PAYLOAD, sizeof(PAYLOAD), hash);
    accept = store_accept_new(1, 1024, &room);
    accept->request_id = store_text_pack(&room, text(request_id));
    accept->body_hash = store_text_pack(&room, (struct store_text){(char *)hash, sizeof(hash)});
    accept->campaign = store_text_pack(&room, text("welcome"));
    accept->version = store_text_pack(&room, text("v1"));
    accept->sandbox = store_text_pack(&room, text("prod"));
    accept->by = store_text_pack(&room, text("shop"));
    accept->at = clock_now_ms(client->clock);
    accept->idempotency_ms = 86400000;
    message.user_id = store_text_pack(&room, text(user_id));
    message.namespace = store_text_pack(&room, text("email"));
    message.type = store_text_pack(&room, text("aep"));
    message.channel = store_text_pack(&room, text("email"));
    message.surface = store_text_pack(&room, text("transactional"));
    message.payload = store_text_pack(&room, text(PAYLOAD));
    message.state = client->mode == BENCH_ACCEPT_LATER ? STORE_WAITING : STORE_HELD;
    message.due_at = accept->at + (client->mode == BENCH_ACCEPT_LATER ? 3600000 : 0);
    message.is_profile_made = client->has_profiles;
    accept->messages[0] = message;
    store_accept_seal(accept);
    flight->started_us = now_us();
    if (store_submit(client->session, &accept->request, on_accepted, flight) != STATUS_OK) abort();
}

static void next(struct flight *flight)
{
    struct client *client = flight->client;

    if (clock_monotonic_ms() < client->ends_at_ms) {
        accept_next(flight);
    } else {
        memory_free(flight);
    }
}

static void on_settled(struct store_request *request, void *arg)
{
    struct flight *flight = arg;

    flight->client->settled += request->status == STATUS_OK;
    flight->client->failed += request->status != STATUS_OK;
    store_request_free(request);
    next(flight);
}

static void settle(struct flight *flight, int64_t id, int64_t at)
{
    char *room;
    struct store_settle *settle = store_settle_new(256, &room);

    settle->id = id;
    settle->state = STORE_SENT;
    settle->at = at;
    settle->attempts = 1;
    settle->latency_ms = 12;
    settle->provider = store_text_pack(&room, text("smtp"));
    settle->code = store_text_pack(&room, text("250"));
    settle->answer = store_text_pack(&room, text("2.0.0 Ok: queued as 4F1A2B3C4D"));
    if (store_submit(flight->client->session, &settle->request, on_settled, flight) != STATUS_OK) abort();
}

static void on_accepted(struct store_request *request, void *arg)
{
    struct store_accept *accept = (struct store_accept *)request;
    struct flight *flight = arg;
    struct client *client = flight->client;
    int64_t slot = (now_us() - flight->started_us) / 10, id = accept->execution, at = accept->at;
    bool is_accepted = request->status == STATUS_OK;

    client->latencies[slot < LATENCY_SLOTS ? slot : LATENCY_SLOTS - 1]++;
    client->accepted += is_accepted;
    client->failed += !is_accepted;
    store_request_free(request);
    if (is_accepted && client->mode == BENCH_ACCEPT_AND_SETTLE) {
        settle(flight, id, at);
    } else {
        next(flight);
    }
}

static void *run_client(void *arg)
{
    struct client *client = arg;

    if (loop_new(&client->loop) != 0 || store_attach(client->store, client->loop, &client->session) != STATUS_OK) abort();
    for (unsigned i = 0; i < client->under_way; i++) {
        struct flight *flight = memory_zeroed(1, sizeof(*flight));

        flight->client = client;
        accept_next(flight);
    }
    loop_run(client->loop);
    store_detach(client->session);
    loop_free(client->loop);
    return NULL;
}

static void on_made(struct store_request *request, void *arg)
{
    (void)arg;
    if (request->status != STATUS_OK && request->status != STATUS_CONFLICT) fprintf(stderr, "%s\n", request->failure);
    store_request_free(request);
}

static void make_campaign(struct store *store)
{
    struct loop *loop;
    struct store_session *session;
    struct store_value version[] = {store_string("welcome"), store_string("v1"), store_string("{}"), store_string(NULL),
                                    store_string("file"), store_string("bench"), store_integer(1)};
    struct store_change *change = store_change_new(STORE_SAVE_VERSION, version, 7);

    if (loop_new(&loop) != 0 || store_attach(store, loop, &session) != STATUS_OK) abort();
    if (store_submit(session, &change->request, on_made, NULL) != STATUS_OK) abort();
    loop_run(loop);
    store_detach(session);
    loop_free(loop);
}

static double percentile_ms(const struct client *clients, unsigned count, double share)
{
    unsigned long total = 0, seen = 0;

    for (unsigned i = 0; i < count; i++) total += clients[i].accepted;
    for (unsigned slot = 0; slot < LATENCY_SLOTS; slot++) {
        for (unsigned i = 0; i < count; i++) seen += clients[i].latencies[slot];
        if ((double)seen >= (double)total * share) return slot / 100.0;
    }
    return LATENCY_SLOTS / 100.0;
}

static void run(struct store *store, const struct clock *clock, enum bench_mode mode, unsigned threads, unsigned under_way, double seconds,
                bool has_profiles)
{
    struct client *clients = memory_zeroed(threads, sizeof(*clients));
    unsigned long accepted = 0, settled = 0, failed = 0;
    int64_t started_us = now_us();
    double took;

    for (unsigned i = 0; i < threads; i++) {
        clients[i].store = store;
        clients[i].clock = clock;
        clients[i].mode = mode;
        clients[i].number = (unsigned)clock_now_ms(clock) + i * 1000 + (unsigned)mode * 100;
        clients[i].under_way = under_way / threads;
        clients[i].ends_at_ms = clock_monotonic_ms() + (int64_t)(seconds * 1000);
        clients[i].has_profiles = has_profiles;
        pthread_create(&clients[i].thread, NULL, run_client, &clients[i]);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(clients[i].thread, NULL);
        accepted += clients[i].accepted;
        settled += clients[i].settled;
        failed += clients[i].failed;
    }
    took = (double)(now_us() - started_us) / 1e6;
    printf("%-18s %u threads, %3u under way, profiles %s: %8.0f accepts/s", mode == BENCH_ACCEPT_LATER ? "accept" : "accept and settle",
           threads, under_way, has_profiles ? "made" : "known", (double)accepted / took);
    if (mode == BENCH_ACCEPT_AND_SETTLE) printf(" %8.0f settles/s", (double)settled / took);
    printf("   p50 %.2f p99 %.2f p99.9 %.2f ms, %lu failed\n", percentile_ms(clients, threads, 0.5),
           percentile_ms(clients, threads, 0.99), percentile_ms(clients, threads, 0.999), failed);
    fflush(stdout);
    memory_free(clients);
}

int main(int argc, char **argv)
{
    double seconds = argc > 2 ? atof(argv[2]) : 5;
    unsigned threads = argc > 3 ? (unsigned)atoi(argv[3]) : 1, under_way = argc > 4 ? (unsigned)atoi(argv[4]) : 0;
    bool has_profiles = argc > 5 && atoi(argv[5]) != 0;
    struct clock *clock = clock_new_system();
    char path[4096], failure[600];
    struct store_options options = {.path = path, .clock = clock};
    struct store *store;
    static const unsigned sizes[] = {16, 64, 256, 1024};

    if (argc < 2 || threads < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "usage: store_bench FOLDER [seconds [threads [under-way [profiles]]]]\n");
        return 2;
    }
    snprintf(path, sizeof(path), "%s/bench.db", argv[1]);
    if (store_open(&options, &store, failure, sizeof(failure)) != STATUS_OK) {
        fprintf(stderr, "store_bench: %s\n", failure);
        return 1;
    }
    make_campaign(store);
    for (int mode = BENCH_ACCEPT_LATER; mode <= BENCH_ACCEPT_AND_SETTLE; mode++) {
        if (under_way > 0) {
            run(store, clock, (enum bench_mode)mode, threads, under_way, seconds, has_profiles);
            continue;
        }
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            run(store, clock, (enum bench_mode)mode, threads, sizes[i], seconds, has_profiles);
        }
    }
    store_close(store);
    clock_free(clock);
    return 0;
}

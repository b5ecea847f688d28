/* A disk that takes nothing more: what is answered as failed was not kept, and service resumes by itself. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "spec/runtime/store_support.h"

static void limit_files(rlim_t bytes)
{
    struct rlimit limit = {bytes, RLIM_INFINITY};

    CHECK_INT(0, setrlimit(RLIMIT_FSIZE, &limit));
}

static rlim_t log_size(const char *path)
{
    char log[160];
    struct stat file;

    snprintf(log, sizeof(log), "%s-wal", path);
    CHECK_INT(0, stat(log, &file));
    return (rlim_t)file.st_size;
}

static int64_t accept_one(struct store_session *session, struct loop *loop, const char *id, const char *payload,
                          int *status)
{
    struct store_accept *accept = new_accept(id, "body", STORE_WAITING, payload);
    int64_t execution;

    *status = ask(session, loop, &accept->request);
    if (*status != STATUS_OK) CHECK(accept->request.failure != NULL);
    execution = accept->execution;
    store_request_free(&accept->request);
    return execution;
}

static bool knows_request(struct store_session *session, const char *id)
{
    struct store_value values[] = {store_string("prod"), store_string(id), store_integer(NOW)};
    const struct store_rows *rows;

    CHECK_INT(STATUS_OK, store_read(session, STORE_READ_REQUEST, values, 3, &rows));
    return rows->count > 0;
}

/* The status of each change of keys, with a value of that many bytes. */
static void try_keys(struct store_session *session, struct loop *loop, size_t len, int expected)
{
    static char value[20000];
    struct store_value kv[] = {store_string("prod"), store_string("key"), store_bytes(value, len),
                               store_string(NULL),   store_integer(NOW),  store_integer(10)};
    struct store_value counter[] = {store_string("prod"), store_string("key"), store_integer(1),
                                    store_string(NULL),   store_integer(NOW),  store_integer(10)};
    struct store_value limit[] = {store_string("prod"), store_string("key"), store_integer(1000),
                                  store_integer(1),     store_integer(NOW),  store_integer(10)};
    struct store_value once[] = {store_string("prod"), store_string("key"), store_integer(NOW + 1000),
                                 store_integer(NOW), store_string("owner")};
    struct store_change *changes[] = {
        store_change_new(STORE_KV_SET, kv, 6),
        store_change_new(STORE_COUNTER_ADD, counter, 6),
        store_change_new(STORE_LIMIT_TAKE, limit, 6),
        store_change_new(STORE_ONCE, once, 5),
    };

    memset(value, 'x', sizeof(value));
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        CHECK_INT(expected, ask(session, loop, &changes[i]->request));
        if (expected == STATUS_OK && i > 0) CHECK_INT(1, store_rows_value(&changes[i]->rows, 0, 0).integer);
        store_request_free(&changes[i]->request);
    }
}

static size_t count_kept(struct store_session *session, const char *kind)
{
    struct store_value values[] = {store_string("prod"), store_string(kind), store_string("key"), store_integer(NOW)};
    const struct store_rows *rows;

    CHECK_INT(STATUS_OK, store_read(session, STORE_READ_KEPT, values, 4, &rows));
    return rows->count;
}

int main(void)
{
    struct clock *clock = clock_new_manual(NOW);
    static char payload[20000];
    char folder[64], path[128];
    struct store *store;
    struct store_session *session;
    struct loop *loop;
    int64_t before, id;
    int status;

    signal(SIGXFSZ, SIG_IGN);
    memset(payload, 'x', sizeof(payload) - 1);
    make_folder(folder, path);
    store = open_store(path, clock);
    CHECK_INT(STATUS_OK, loop_new(&loop));
    CHECK_INT(STATUS_OK, store_attach(store, loop, &session));
    make_campaign(session, loop);
    before = accept_one(session, loop, "before", "{}", &status);
    CHECK_INT(STATUS_OK, status);

    limit_files(log_size(path) + 1000);
    for (int i = 0; i < 3; i++) {
        accept_one(session, loop, "lost", payload, &status);
        CHECK_INT(STATUS_UNAVAILABLE, status);
    }
    CHECK(!knows_request(session, "lost"));
    CHECK_INT(1, count_in_state(session, "waiting"));
    try_keys(session, loop, sizeof(payload), STATUS_UNAVAILABLE);
    CHECK_INT(0, count_kept(session, "kv"));
    CHECK_INT(0, count_kept(session, "counter"));

    limit_files(RLIM_INFINITY);
    id = accept_one(session, loop, "lost", payload, &status);
    CHECK_INT(STATUS_OK, status);
    CHECK(id > before);
    CHECK(knows_request(session, "lost"));
    CHECK_INT(2, count_in_state(session, "waiting"));
    /* Each is the first: what failed before left no trace. */
    try_keys(session, loop, 1, STATUS_OK);
    CHECK_INT(1, count_kept(session, "kv"));

    store_detach(session);
    store_close(store);
    store = open_store(path, clock);
    CHECK_INT(STATUS_OK, store_attach(store, loop, &session));
    CHECK(knows_request(session, "before"));
    CHECK_INT(2, count_in_state(session, "waiting"));
    store_detach(session);
    store_close(store);
    loop_free(loop);
    clock_free(clock);
    remove_folder(folder);
    return 0;
}

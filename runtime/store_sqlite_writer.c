#include "runtime/store_sqlite_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "runtime/crypto.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/store_map.h"

#define PROFILE_SLOTS 65536
#define MOST_REMEMBERED 65536
#define MOST_PART_LEN 64
#define MOST_REASONS 50
#define MINUTE_MS 60000

struct store_writer_side *sqlite_writer_new(struct db *db, int64_t revision, int64_t last_id)
{
    struct store_writer_side *writer = memory_zeroed(1, sizeof(*writer));

    writer->db = db;
    writer->ids.last = last_id;
    writer->revision = writer->next_revision = revision;
    writer->routes = store_map_new();
    writer->route_campaigns = store_map_new();
    writer->campaigns = store_map_new();
    writer->counters = store_map_new();
    writer->reasons = store_map_new();
    crypto_random(&writer->profile_seed, sizeof(writer->profile_seed));
    writer->profiles = memory_zeroed(PROFILE_SLOTS, sizeof(*writer->profiles));
    return writer;
}

void sqlite_writer_free(struct store_writer_side *writer)
{
    if (writer == NULL) return;
    store_map_free(writer->routes);
    store_map_free(writer->route_campaigns);
    store_map_free(writer->campaigns);
    store_map_free(writer->counters);
    store_map_free(writer->reasons);
    buffer_free(&writer->key);
    memory_free(writer->profiles);
    memory_free(writer->new_profiles);
    db_close(writer->db);
    memory_free(writer);
}

int sqlite_refuse(struct store_request *request, int status, const char *failure)
{
    request->status = status;
    request->failure = failure;
    return STATUS_OK;
}

int sqlite_writer_begin(struct store_writer_side *writer)
{
    static const char BEGIN[] = "BEGIN IMMEDIATE";

    return db_run(db_statement(writer->db, BEGIN));
}

struct counter_key {
    int64_t campaign, minute;
    char metric[MOST_PART_LEN + 32];
};

static int flush_counters(struct store_writer_side *writer)
{
    static const char ADD[] = "INSERT INTO counters (campaign, minute, metric, value) VALUES (?, ?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET value = value + excluded.value";
    struct counter_key key;

    for (size_t i = 0; i < store_map_count(writer->counters); i++) {
        const struct store_map_entry *entry = store_map_at(writer->counters, i);
        struct db_statement *add = db_statement(writer->db, ADD);
        int status;

        memcpy(&key, entry->key, entry->key_len);
        db_bind_integer(add, 1, key.campaign);
        db_bind_integer(add, 2, key.minute);
        db_bind_text(add, 3, (struct store_text){key.metric, entry->key_len - offsetof(struct counter_key, metric)});
        db_bind_integer(add, 4, entry->first);
        status = db_run(add);
        if (status != STATUS_OK) return status;
    }
    return STATUS_OK;
}

int sqlite_writer_commit(struct store_writer_side *writer)
{
    static const char COMMIT[] = "COMMIT";
    static const char REVISION[] = "UPDATE meta SET value = ? WHERE name = 'revision'";
    int status = flush_counters(writer);

    if (status == STATUS_OK && writer->next_revision != writer->revision) {
        struct db_statement *revision = db_statement(writer->db, REVISION);

        db_bind_integer(revision, 1, writer->next_revision);
        status = db_run(revision);
    }
    if (status == STATUS_OK) status = db_run(db_statement(writer->db, COMMIT));
    if (status != STATUS_OK) return status;
    writer->revision = writer->next_revision;
    store_map_clear(writer->counters);
    for (size_t i = 0; i < writer->new_profile_count; i++) {
        writer->profiles[writer->new_profiles[i] % PROFILE_SLOTS] = writer->new_profiles[i];
    }
    writer->new_profile_count = 0;
    return STATUS_OK;
}

void sqlite_forget_campaigns(struct store_writer_side *writer)
{
    store_map_clear(writer->routes);
    store_map_clear(writer->route_campaigns);
    store_map_clear(writer->campaigns);
}

void sqlite_writer_rollback(struct store_writer_side *writer)
{
    static const char ROLLBACK[] = "ROLLBACK";

    if (db_is_in_transaction(writer->db)) db_run(db_statement(writer->db, ROLLBACK));
    sqlite_forget_campaigns(writer);
    store_map_clear(writer->counters);
    writer->new_profile_count = 0;
    writer->next_revision = writer->revision;
}

static void key_add(struct store_writer_side *writer, struct store_text text)
{
    if (text.len > 0) buffer_add(&writer->key, text.bytes, text.len);
    buffer_add_char(&writer->key, '\0');
}

static struct store_text or_empty(struct store_text text)
{
    return text.bytes != NULL ? text : (struct store_text){"", 0};
}

/* DB_ROW, DB_DONE or a status; binds the eight values that name a route. */
static int step_route(struct store_writer_side *writer, const char *sql, int64_t campaign, int64_t version,
                      const struct store_accept *accept, const struct store_message *message, struct db_statement **out)
{
    struct db_statement *statement = db_statement(writer->db, sql);

    db_bind_integer(statement, 1, campaign);
    db_bind_integer(statement, 2, version);
    db_bind_text(statement, 3, message->namespace);
    db_bind_text(statement, 4, message->type);
    db_bind_text(statement, 5, or_empty(message->channel));
    db_bind_text(statement, 6, or_empty(message->surface));
    db_bind_text(statement, 7, accept->sandbox);
    db_bind_text(statement, 8, accept->by);
    *out = statement;
    return db_step(statement);
}

static int load_route(struct store_writer_side *writer, const struct store_accept *accept,
                      const struct store_message *message, int64_t *out_route, int64_t *out_campaign)
{
    static const char VERSION[] = "SELECT v.campaign, v.id FROM campaigns c JOIN versions v ON v.campaign = c.number"
                                  " WHERE c.sandbox = 'prod' AND c.id = ? AND v.hash = ?";
    static const char FIND[] = "SELECT id FROM routes WHERE campaign = ? AND version = ? AND namespace = ? AND type = ?"
                               " AND channel = ? AND surface = ? AND sandbox = ? AND created_by = ?";
    static const char ADD[] =
        "INSERT INTO routes (campaign, version, namespace, type, channel, surface, sandbox, created_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    struct db_statement *statement = db_statement(writer->db, VERSION);
    int64_t campaign, version;
    int status;

    db_bind_text(statement, 1, accept->campaign);
    db_bind_text(statement, 2, accept->version);
    status = db_step(statement);
    if (status != DB_ROW) return status == DB_DONE ? STATUS_NOT_FOUND : status;
    campaign = db_column_integer(statement, 0);
    version = db_column_integer(statement, 1);
    db_reset(statement);
    status = step_route(writer, FIND, campaign, version, accept, message, &statement);
    if (status == DB_ROW) {
        *out_route = db_column_integer(statement, 0);
        db_reset(statement);
    } else if (status == DB_DONE) {
        status = step_route(writer, ADD, campaign, version, accept, message, &statement);
        *out_route = db_last_rowid(writer->db);
    }
    *out_campaign = campaign;
    return status < 0 ? status : STATUS_OK;
}

int sqlite_find_route(struct store_writer_side *writer, const struct store_accept *accept,
                      const struct store_message *message, int64_t *out_route, int64_t *out_campaign)
{
    struct store_map_entry *entry;
    int status;

    buffer_clear(&writer->key);
    key_add(writer, accept->campaign);
    key_add(writer, accept->version);
    key_add(writer, message->namespace);
    key_add(writer, message->type);
    key_add(writer, message->channel);
    key_add(writer, message->surface);
    key_add(writer, accept->sandbox);
    key_add(writer, accept->by);
    entry = store_map_find(writer->routes, writer->key.bytes, writer->key.len);
    if (entry == NULL) {
        status = load_route(writer, accept, message, out_route, out_campaign);
        if (status != STATUS_OK) return status;
        if (store_map_count(writer->routes) >= MOST_REMEMBERED) store_map_clear(writer->routes);
        entry = store_map_add(writer->routes, writer->key.bytes, writer->key.len);
        entry->first = *out_route;
        entry->second = *out_campaign;
    }
    *out_route = entry->first;
    *out_campaign = entry->second;
    return STATUS_OK;
}

/* A number by one value through a map; sql has one parameter. STATUS_NOT_FOUND: no row. */
static int find_number(struct store_writer_side *writer, struct store_map *map, const char *sql,
                       struct store_value value, int64_t *out)
{
    const void *key = value.kind == STORE_TEXT ? (const void *)value.text.bytes : (const void *)&value.integer;
    size_t key_len = value.kind == STORE_TEXT ? value.text.len : sizeof(value.integer);
    struct store_map_entry *entry = store_map_find(map, key, key_len);

    if (entry == NULL) {
        struct db_statement *statement = db_statement(writer->db, sql);
        int64_t number;
        int status;

        db_bind_value(statement, 1, value);
        status = db_step(statement);
        if (status != DB_ROW) return status == DB_DONE ? STATUS_NOT_FOUND : status;
        number = db_column_integer(statement, 0);
        db_reset(statement);
        if (store_map_count(map) >= MOST_REMEMBERED) store_map_clear(map);
        entry = store_map_add(map, key, key_len);
        entry->first = number;
    }
    *out = entry->first;
    return STATUS_OK;
}

int sqlite_find_route_campaign(struct store_writer_side *writer, int64_t route, int64_t *out_campaign)
{
    static const char FIND[] = "SELECT campaign FROM routes WHERE id = ?";

    return find_number(writer, writer->route_campaigns, FIND, store_integer(route), out_campaign);
}

int sqlite_find_campaign(struct store_writer_side *writer, struct store_text id, int64_t *out_number)
{
    static const char FIND[] = "SELECT number FROM campaigns WHERE sandbox = 'prod' AND id = ?";

    return find_number(writer, writer->campaigns, FIND, store_bytes(id.bytes, id.len), out_number);
}

bool sqlite_knows_profile(struct store_writer_side *writer, struct store_text namespace, struct store_text user_id)
{
    uint64_t seed = store_map_hash(writer->profile_seed, namespace.bytes, namespace.len);
    uint64_t hash = store_map_hash(seed, user_id.bytes, user_id.len);

    if (writer->profiles[hash % PROFILE_SLOTS] == hash) return true;
    if (writer->new_profile_count == writer->new_profile_room) {
        writer->new_profile_room = writer->new_profile_room == 0 ? 64 : writer->new_profile_room * 2;
        writer->new_profiles =
            memory_resize(writer->new_profiles, writer->new_profile_room, sizeof(*writer->new_profiles));
    }
    writer->new_profiles[writer->new_profile_count++] = hash;
    return false;
}

/* The length cut to what a metric has room for, not within a UTF-8 sequence. */
static size_t cut_len(struct store_text text)
{
    size_t len = text.len;

    if (len <= MOST_PART_LEN) return len;
    for (len = MOST_PART_LEN; len > 0 && ((unsigned char)text.bytes[len] & 0xc0) == 0x80; len--) {
    }
    return len;
}

void sqlite_count(struct store_writer_side *writer, int64_t campaign, int64_t at, const char *metric,
                  struct store_text part, int64_t n)
{
    struct counter_key key = {.campaign = campaign, .minute = at / MINUTE_MS};
    size_t len = strlen(metric), part_len = cut_len(part);

    memcpy(key.metric, metric, len);
    if (part.bytes != NULL) {
        key.metric[len++] = ':';
        memcpy(key.metric + len, part.bytes, part_len);
        len += part_len;
    }
    store_map_add(writer->counters, &key, offsetof(struct counter_key, metric) + len)->first += n;
}

/* False for a new reason of a campaign that has given as many as are kept apart. */
static bool keeps_apart(struct store_writer_side *writer, int64_t campaign, struct store_text reason)
{
    struct counter_key key = {.campaign = campaign};
    size_t head = offsetof(struct counter_key, metric), len = cut_len(reason);
    struct store_map_entry *given;

    key.metric[0] = ':';
    if (len > 0) memcpy(key.metric + 1, reason.bytes, len);
    if (store_map_find(writer->reasons, &key, head + 1 + len) != NULL) return true;
    given = store_map_add(writer->reasons, &key, head);
    if (given->first == MOST_REASONS) return false;
    given->first++;
    store_map_add(writer->reasons, &key, head + 1 + len);
    return true;
}

void sqlite_count_excluded(struct store_writer_side *writer, int64_t campaign, int64_t at, struct store_text reason)
{
    static const struct store_text OTHER = {"other", 5};

    sqlite_count(writer, campaign, at, "excluded", keeps_apart(writer, campaign, reason) ? reason : OTHER, 1);
}

void sqlite_count_state(struct store_writer_side *writer, enum store_state state, int64_t n)
{
    sqlite_count(writer, 0, 0, store_state_name(state), (struct store_text){NULL, 0}, n);
}

void sqlite_count_latency(struct store_writer_side *writer, int64_t campaign, int64_t at, int64_t latency_ms)
{
    static const int64_t BOUNDS[] = {1,     2,      3,      5,      7,       10,      15,      20,       30,
                                     50,    70,     100,    150,    200,     300,     500,     700,      1000,
                                     1500,  2000,   3000,   5000,   7000,    10000,   15000,   20000,    30000,
                                     60000, 120000, 300000, 600000, 1800000, 3600000, 7200000, 21600000, 86400000};
    size_t last = sizeof(BOUNDS) / sizeof(BOUNDS[0]) - 1, i = 0;
    char bound[24];

    while (i < last && latency_ms > BOUNDS[i])
        i++;
    snprintf(bound, sizeof(bound), "%" PRId64, BOUNDS[i]);
    sqlite_count(writer, campaign, at, "latency", (struct store_text){bound, strlen(bound)}, 1);
}

int sqlite_add_event(struct store_writer_side *writer, int64_t message, int64_t at, struct store_text kind,
                     struct store_text detail)
{
    static const char ADD[] = "INSERT INTO events (message, id, at, kind, detail) VALUES (?, ?, ?, ?, ?)";
    struct db_statement *add = db_statement(writer->db, ADD);

    db_bind_integer(add, 1, message);
    db_bind_integer(add, 2, id_next(&writer->ids, at, 1));
    db_bind_integer(add, 3, at);
    db_bind_text(add, 4, kind);
    db_bind_text(add, 5, detail);
    return db_run(add);
}

int sqlite_add_audit(struct store_writer_side *writer, int64_t at, struct store_text by, struct store_text action,
                     struct store_text campaign, struct store_text detail)
{
    static const char ADD[] = "INSERT INTO audit (at, by, action, campaign, detail) VALUES (?, ?, ?, ?, ?)";
    struct db_statement *add = db_statement(writer->db, ADD);

    db_bind_integer(add, 1, at);
    db_bind_text(add, 2, by);
    db_bind_text(add, 3, action);
    db_bind_text(add, 4, campaign);
    db_bind_text(add, 5, detail);
    return db_run(add);
}

/* store:accept and store:settle: each reads its table once, and copies it into one allocation. */
#include "bindings/store_message.h"

#include <string.h>

#include "bindings/bindings.h"
#include "bindings/store.h"
#include "bindings/store_request.h"
#include "runtime/id.h"
#include "runtime/status.h"
#include "runtime/store.h"
#include "runtime/store_message.h"

#define FEW_MESSAGES 4

/* A table that is being read; found counts its keys that are known and set. */
struct table {
    lua_State *L;
    int index;
    const char *what;
    size_t found;
};

static int wrong(const struct table *table, const char *name, const char *expected)
{
    return luaL_error(table->L, "%s: option '%s': expected %s, got %s", table->what, name, expected,
                      luaL_typename(table->L, -1));
}

static struct store_text get_text(struct table *table, const char *name, bool is_optional)
{
    struct store_text text = {NULL, 0};
    int type = lua_getfield(table->L, table->index, name);

    if (type == LUA_TSTRING) {
        text.bytes = lua_tolstring(table->L, -1, &text.len);
        table->found++;
    } else if (type != LUA_TNIL || !is_optional) {
        wrong(table, name, "a string");
    }
    lua_pop(table->L, 1);
    return text;
}

static int64_t get_integer(struct table *table, const char *name, bool is_optional, int64_t fallback)
{
    int type = lua_getfield(table->L, table->index, name), is_integer = 0;
    int64_t integer = fallback;

    if (type == LUA_TNUMBER) {
        integer = lua_tointegerx(table->L, -1, &is_integer);
        if (!is_integer) wrong(table, name, "an integer");
        table->found++;
    } else if (type != LUA_TNIL || !is_optional) {
        wrong(table, name, "an integer");
    }
    lua_pop(table->L, 1);
    return integer;
}

static bool get_boolean(struct table *table, const char *name)
{
    int type = lua_getfield(table->L, table->index, name);
    bool value = lua_toboolean(table->L, -1);

    if (type == LUA_TBOOLEAN) {
        table->found++;
    } else if (type != LUA_TNIL) {
        wrong(table, name, "a boolean");
    }
    lua_pop(table->L, 1);
    return value;
}

static enum store_state get_state(struct table *table)
{
    struct store_text name = get_text(table, "state", false);
    enum store_state state = STORE_WAITING;

    if (store_state_parse(name.bytes, name.len, &state) != STATUS_OK) {
        luaL_error(table->L, "%s: there is no state '%s'", table->what, name.bytes);
    }
    return state;
}

/* Raises when the table has a key that was not read. */
static void check_all_read(const struct table *table, const char *const names[])
{
    size_t count = 0;

    lua_pushnil(table->L);
    while (lua_next(table->L, table->index) != 0) {
        lua_pop(table->L, 1);
        count++;
    }
    if (count != table->found) options_check(table->L, table->index, names);
}

static size_t packed(struct store_text text)
{
    return text.bytes != NULL ? text.len + 1 : 0;
}

/* Reads the message on top of the stack and pops it. Its texts are the table's. */
static void read_message(lua_State *L, struct store_message *message, size_t *size)
{
    static const char *const names[] = {"user_id",        "namespace",  "type",    "state",   "reason",
                                        "due_at",         "expires_at", "channel", "surface", "payload",
                                        "create_profile", "journal",    NULL};
    struct table table = {L, lua_gettop(L), "accept: a message", 0};

    if (!lua_istable(L, -1))
        luaL_error(L, "accept: messages: expected tables in the array, got %s", luaL_typename(L, -1));
    message->user_id = get_text(&table, "user_id", false);
    message->namespace = get_text(&table, "namespace", false);
    message->type = get_text(&table, "type", false);
    message->channel = get_text(&table, "channel", false);
    message->surface = get_text(&table, "surface", true);
    message->reason = get_text(&table, "reason", true);
    message->payload = get_text(&table, "payload", false);
    message->state = get_state(&table);
    message->due_at = get_integer(&table, "due_at", false, 0);
    message->expires_at = get_integer(&table, "expires_at", true, 0);
    message->is_profile_made = get_boolean(&table, "create_profile");
    message->journal = get_text(&table, "journal", true);
    check_all_read(&table, names);
    if (message->state != STORE_HELD && message->state != STORE_WAITING && message->state != STORE_SKIPPED) {
        luaL_error(L, "accept: a message cannot start as '%s'", store_state_name(message->state));
    }
    *size += packed(message->user_id) + packed(message->namespace) + packed(message->type) + packed(message->channel) +
             packed(message->surface) + packed(message->reason) + packed(message->payload) + packed(message->journal);
    lua_pop(L, 1);
}

static void pack_messages(struct store_accept *accept, const struct store_message *messages, char **room)
{
    for (size_t i = 0; i < accept->message_count; i++) {
        struct store_message *message = &accept->messages[i];

        *message = messages[i];
        message->user_id = store_text_pack(room, messages[i].user_id);
        message->namespace = store_text_pack(room, messages[i].namespace);
        message->type = store_text_pack(room, messages[i].type);
        message->channel = store_text_pack(room, messages[i].channel);
        message->surface = store_text_pack(room, messages[i].surface);
        message->reason = store_text_pack(room, messages[i].reason);
        message->payload = store_text_pack(room, messages[i].payload);
        message->journal = store_text_pack(room, messages[i].journal);
    }
}

static int push_accepted(lua_State *L, void *result)
{
    struct store_accept *accept = result;
    struct store_request *request = &accept->request;
    int count = 0;

    if (L != NULL && request->status != STATUS_OK) {
        count = push_failure(L, store_code(STORE_ACCEPT, request->status), "%s", request->failure);
    } else if (L != NULL) {
        lua_createtable(L, 0, 3);
        lua_pushinteger(L, accept->execution);
        lua_setfield(L, -2, "execution");
        lua_pushinteger(L, accept->accepted_at);
        lua_setfield(L, -2, "at");
        lua_pushboolean(L, accept->is_replay);
        lua_setfield(L, -2, "replay");
        count = 1;
    }
    store_request_free(request);
    return count;
}

static int push_settled(lua_State *L, void *result)
{
    struct store_request *request = result;
    int count = 0;

    if (L != NULL && request->status != STATUS_OK) {
        count = push_failure(L, store_code(STORE_SETTLE, request->status), "%s", request->failure);
    } else if (L != NULL) {
        lua_pushboolean(L, 1);
        count = 1;
    }
    store_request_free(request);
    return count;
}

static void on_accepted(struct store_request *request, void *wait)
{
    wait_finish(wait, push_accepted, request);
}

static void on_settled(struct store_request *request, void *wait)
{
    wait_finish(wait, push_settled, request);
}

static int submit(lua_State *L, struct store_session *session, struct store_request *request,
                  void (*done)(struct store_request *request, void *arg), struct wait *wait)
{
    enum store_operation operation = request->operation;
    int status = store_submit(session, request, done, wait);

    if (status == STATUS_OK) return wait_suspend(L, wait);
    wait_abandon(wait);
    store_request_free(request);
    return push_failure(L, store_code(operation, status), "%s", store_refusal(status));
}

/*
 * store:accept{request_id=, body_hash=, campaign=, version=, sandbox=, at=, by=, idempotency_ms=, once_owner=nil,
 *   generation=nil, messages={{user_id=, namespace=, type=, state=, reason=, due_at=, expires_at=, channel=, surface=,
 *   payload=, create_profile=, journal=}, ...}}
 *   -> {execution=, at=, replay=} | nil, message, code  (waits)
 */
int l_store_accept(lua_State *L)
{
    static const char *const names[] = {"request_id", "body_hash",      "campaign",   "version",    "sandbox",  "at",
                                        "by",         "idempotency_ms", "once_owner", "generation", "messages", NULL};
    struct store_session *session = check_store_session(L, 1);
    struct store_message few[FEW_MESSAGES], *messages = few;
    struct table table = {L, 2, "accept", 0};
    struct store_accept head = {0}, *accept;
    struct wait *wait;
    lua_Integer count;
    size_t size;
    char *room;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    head.request_id = get_text(&table, "request_id", false);
    head.body_hash = get_text(&table, "body_hash", false);
    head.campaign = get_text(&table, "campaign", false);
    head.version = get_text(&table, "version", false);
    head.sandbox = get_text(&table, "sandbox", false);
    head.by = get_text(&table, "by", false);
    head.once_owner = get_text(&table, "once_owner", true);
    head.at = get_integer(&table, "at", false, 0);
    head.idempotency_ms = get_integer(&table, "idempotency_ms", false, 0);
    head.generation = get_integer(&table, "generation", true, 0);
    if (lua_getfield(L, 2, "messages") != LUA_TTABLE) wrong(&table, "messages", "an array");
    table.found++;
    check_all_read(&table, names);
    count = luaL_len(L, 3);
    if (count < 1 || count > ID_MOST_AT_ONCE)
        return luaL_error(L, "accept: messages: %I is not between 1 and %d", count, ID_MOST_AT_ONCE);
    if (count > FEW_MESSAGES) messages = lua_newuserdatauv(L, (size_t)count * sizeof(*messages), 0);
    size = packed(head.request_id) + packed(head.body_hash) + packed(head.campaign) + packed(head.version) +
           packed(head.sandbox) + packed(head.by) + packed(head.once_owner);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, 3, i);
        read_message(L, &messages[i - 1], &size);
    }
    if (session == NULL) return push_failure(L, "closed", "the store is closed");
    wait = wait_new(L, NULL, NULL);
    accept = store_accept_new((size_t)count, size, &room);
    accept->request_id = store_text_pack(&room, head.request_id);
    accept->body_hash = store_text_pack(&room, head.body_hash);
    accept->campaign = store_text_pack(&room, head.campaign);
    accept->version = store_text_pack(&room, head.version);
    accept->sandbox = store_text_pack(&room, head.sandbox);
    accept->by = store_text_pack(&room, head.by);
    accept->once_owner = store_text_pack(&room, head.once_owner);
    accept->at = head.at;
    accept->idempotency_ms = head.idempotency_ms;
    accept->generation = head.generation;
    pack_messages(accept, messages, &room);
    store_accept_seal(accept);
    return submit(L, session, &accept->request, on_accepted, wait);
}

/*
 * store:settle{id=, state=, at=, due_at=, attempts=, provider=, provider_id=, code=, answer=, reason=, latency_ms=,
 *   campaign=} -> true | nil, message, code  (waits)
 */
int l_store_settle(lua_State *L)
{
    static const char *const names[] = {"id",   "state",  "at",     "due_at",     "attempts", "provider", "provider_id",
                                        "code", "answer", "reason", "latency_ms", "campaign", NULL};
    struct store_session *session = check_store_session(L, 1);
    struct table table = {L, 2, "settle", 0};
    struct store_settle head = {0}, *settle;
    struct wait *wait;
    char *room;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    head.id = get_integer(&table, "id", false, 0);
    head.state = get_state(&table);
    head.at = get_integer(&table, "at", false, 0);
    head.due_at = get_integer(&table, "due_at", head.state != STORE_WAITING, 0);
    head.attempts = get_integer(&table, "attempts", true, -1);
    head.latency_ms = get_integer(&table, "latency_ms", true, -1);
    head.provider = get_text(&table, "provider", true);
    head.provider_id = get_text(&table, "provider_id", true);
    head.code = get_text(&table, "code", true);
    head.answer = get_text(&table, "answer", true);
    head.reason = get_text(&table, "reason", true);
    get_text(&table, "campaign", true);
    check_all_read(&table, names);
    if (head.state == STORE_HELD || head.state == STORE_SKIPPED) {
        return luaL_error(L, "settle: a message cannot be settled as '%s'", store_state_name(head.state));
    }
    if (session == NULL) return push_failure(L, "closed", "the store is closed");
    wait = wait_new(L, NULL, NULL);
    settle = store_settle_new(packed(head.provider) + packed(head.provider_id) + packed(head.code) +
                                  packed(head.answer) + packed(head.reason),
                              &room);
    settle->id = head.id;
    settle->state = head.state;
    settle->at = head.at;
    settle->due_at = head.due_at;
    settle->attempts = head.attempts;
    settle->latency_ms = head.latency_ms;
    settle->provider = store_text_pack(&room, head.provider);
    settle->provider_id = store_text_pack(&room, head.provider_id);
    settle->code = store_text_pack(&room, head.code);
    settle->answer = store_text_pack(&room, head.answer);
    settle->reason = store_text_pack(&room, head.reason);
    return submit(L, session, &settle->request, on_settled, wait);
}

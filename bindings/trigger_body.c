/* herald.trigger_body: the body of a trigger's call, as triggering and previews take it. */
#include "runtime/trigger_body.h"

#include "bindings/bindings.h"
#include "bindings/payload.h"
#include "runtime/payload.h"
#include "runtime/status.h"

#define READER "herald.trigger_body.reader"

static void set_text(lua_State *L, const struct payload *doc, const char *name, uint32_t node)
{
    if (node == 0) return;
    push_payload_text(L, doc, node);
    lua_setfield(L, -2, name);
}

/* The member's very text. */
static void set_raw(lua_State *L, const struct payload *doc, const char *name, uint32_t node)
{
    size_t len;
    const char *raw;

    if (node == 0) return;
    raw = payload_raw(doc, node, &len);
    lua_pushlstring(L, raw, len);
    lua_setfield(L, -2, name);
}

static void push_recipient(lua_State *L, const struct payload *doc, const struct trigger_body_recipient *recipient)
{
    if (!recipient->is_object) {
        lua_pushboolean(L, 0);
        return;
    }
    lua_createtable(L, 0, 8); /* one more than here: the stored profile */
    set_text(L, doc, "type", recipient->type);
    set_text(L, doc, "user_id", recipient->user_id);
    set_text(L, doc, "namespace", recipient->namespace);
    set_raw(L, doc, "context", recipient->context);
    set_raw(L, doc, "profile", recipient->profile);
    set_raw(L, doc, "channel_data", recipient->channel_data);
    if (recipient->context != 0) {
        lua_pushinteger(L, recipient->context);
        lua_setfield(L, -2, "context_node");
    }
    if (recipient->has_bad_context) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, "has_bad_context");
    }
}

static void push_faults(lua_State *L, const struct trigger_body *body)
{
    lua_createtable(L, (int)body->fault_count, 0);
    for (size_t i = 0; i < body->fault_count; i++) {
        const struct trigger_body_fault *fault = &body->faults[i];

        lua_createtable(L, 3, 0);
        lua_pushinteger(L, (lua_Integer)fault->recipient + 1);
        lua_rawseti(L, -2, 1);
        lua_pushstring(L, fault->code);
        lua_rawseti(L, -2, 2);
        lua_pushlstring(L, body->texts.bytes + fault->at, fault->len);
        lua_rawseti(L, -2, 3);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* The document is on top. */
static void push_call(lua_State *L, const struct payload *doc, const struct trigger_body *body)
{
    lua_createtable(L, 0, 5);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "doc");
    set_text(L, doc, "request_id", body->request_id);
    set_text(L, doc, "campaign_id", body->campaign_id);
    lua_createtable(L, (int)body->recipient_count, 0);
    for (uint32_t i = 0; i < body->recipient_count; i++) {
        push_recipient(L, doc, &body->recipients[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "recipients");
    if (body->fault_count == 0) return;
    push_faults(L, body);
    lua_setfield(L, -2, "faults");
}

/*
 * trigger_body.read(text, recipients_most, context_most) -> call | nil, message, code, request_id | nil, campaign_id |
 * nil A call with faults has them as a list of { index, code, sentence }, the index counted from one.
 */
static int l_read(lua_State *L)
{
    struct trigger_body *body = lua_touserdata(L, lua_upvalueindex(1));
    lua_Integer recipients = luaL_checkinteger(L, 2), context = luaL_checkinteger(L, 3);
    struct trigger_body_limits limits;
    const struct payload *doc;
    char failure[128];

    luaL_argcheck(L, recipients >= 0 && recipients <= UINT32_MAX, 2, "out of range");
    luaL_argcheck(L, context >= 0, 3, "out of range");
    limits = (struct trigger_body_limits){.recipients = (uint32_t)recipients, .context = (size_t)context};
    doc = push_document(L, 1, failure, sizeof(failure));
    if (doc == NULL) return push_failure(L, "invalid-json", "%s", failure);
    if (trigger_body_read(body, doc, &limits) == STATUS_OK) {
        push_call(L, doc, body);
        return 1;
    }
    lua_pushnil(L);
    lua_pushlstring(L, body->texts.bytes, body->texts.len);
    lua_pushstring(L, body->failure_code);
    for (int i = 0; i < 2; i++) {
        uint32_t node = i == 0 ? body->request_id : body->campaign_id;

        if (node != 0) {
            push_payload_text(L, doc, node);
        } else {
            lua_pushnil(L);
        }
    }
    return 5;
}

/* trigger_body.identity_problem(namespace, user_id) -> string | nil */
static int l_identity_problem(lua_State *L)
{
    size_t namespace_len, user_id_len;
    const char *namespace = luaL_checklstring(L, 1, &namespace_len);
    const char *user_id = luaL_checklstring(L, 2, &user_id_len);

    lua_pushstring(L, trigger_body_identity_problem(namespace, namespace_len, user_id, user_id_len));
    return 1;
}

static int l_collect(lua_State *L)
{
    trigger_body_free(lua_touserdata(L, 1));
    return 0;
}

int luaopen_herald_payload(lua_State *L);
int luaopen_herald_trigger_body(lua_State *L);

int luaopen_herald_trigger_body(lua_State *L)
{
    struct trigger_body *body;

    luaL_requiref(L, "herald.payload", luaopen_herald_payload, 0); /* whose documents these are */
    lua_pop(L, 1);
    lua_createtable(L, 0, 2);
    body = lua_newuserdatauv(L, sizeof(*body), 0);
    *body = (struct trigger_body)TRIGGER_BODY_EMPTY;
    if (luaL_newmetatable(L, READER)) {
        lua_pushcfunction(L, l_collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    lua_pushcclosure(L, l_read, 1);
    lua_setfield(L, -2, "read");
    lua_pushcfunction(L, l_identity_problem);
    lua_setfield(L, -2, "identity_problem");
    return 1;
}

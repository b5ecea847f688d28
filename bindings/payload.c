/* herald.payload: JSON documents that keep the very text, and writing JSON. */
#include "runtime/payload.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/payload.h"
#include "runtime/buffer.h"
#include "runtime/status.h"

#define DOCUMENT "herald.document"
#define BUFFER "herald.buffer"
#define ARRAY "herald.array"
#define RAW "herald.raw"
#define ENCODE_DEPTH_MOST 64

static int free_buffer(lua_State *L)
{
    buffer_free(lua_touserdata(L, 1));
    return 0;
}

struct buffer *push_buffer(lua_State *L)
{
    struct buffer *buffer = lua_newuserdatauv(L, sizeof(*buffer), 0);

    *buffer = (struct buffer)BUFFER_EMPTY;
    if (luaL_newmetatable(L, BUFFER)) {
        lua_pushcfunction(L, free_buffer);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return buffer;
}

static struct payload *check_document(lua_State *L)
{
    struct payload *payload = luaL_checkudata(L, 1, DOCUMENT);

    luaL_argcheck(L, payload->nodes != NULL, 1, "the document is closed");
    return payload;
}

const struct payload *test_document(lua_State *L, int index)
{
    const struct payload *payload = luaL_testudata(L, index, DOCUMENT);

    if (payload != NULL && payload->nodes == NULL) luaL_error(L, "the document is closed");
    return payload;
}

static uint32_t check_node(lua_State *L, const struct payload *payload, int index)
{
    lua_Integer node = luaL_checkinteger(L, index);

    luaL_argcheck(L, node >= 1 && node < (lua_Integer)payload->node_count, index, "there is no such node");
    return (uint32_t)node;
}

static int push_node(lua_State *L, uint32_t node)
{
    if (node == 0) {
        lua_pushnil(L);
    } else {
        lua_pushinteger(L, node);
    }
    return 1;
}

const struct payload *push_document(lua_State *L, int index, char *failure, size_t failure_size)
{
    int text_index = lua_absindex(L, index);
    size_t len;
    const char *text = luaL_checklstring(L, index, &len);
    struct payload *payload = lua_newuserdatauv(L, sizeof(*payload), 1);

    *payload = (struct payload)PAYLOAD_EMPTY;
    luaL_setmetatable(L, DOCUMENT);
    lua_pushvalue(L, text_index); /* keeps the text alive */
    lua_setiuservalue(L, -2, 1);
    if (payload_parse(payload, text, len, failure, failure_size) == STATUS_OK) return payload;
    lua_pop(L, 1);
    return NULL;
}

/* payload.parse(text) -> Document | nil, message, code */
static int l_parse(lua_State *L)
{
    char failure[128];

    if (push_document(L, 1, failure, sizeof(failure)) == NULL) return push_failure(L, "invalid-json", "%s", failure);
    return 1;
}

/* Document:find(node, key) -> node | nil */
static int l_find(lua_State *L)
{
    struct payload *payload = check_document(L);
    uint32_t node = check_node(L, payload, 2);
    size_t len;
    const char *key = luaL_checklstring(L, 3, &len);

    return push_node(L, payload_find(payload, node, key, len));
}

/* Document:kind(node) -> "object"|"array"|"string"|"number"|"boolean"|"null" */
static int l_kind(lua_State *L)
{
    struct payload *payload = check_document(L);

    lua_pushstring(L, payload_kind_name(payload, check_node(L, payload, 2)));
    return 1;
}

/* Document:len(node) -> integer  (children) */
static int l_len(lua_State *L)
{
    struct payload *payload = check_document(L);

    lua_pushinteger(L, payload->nodes[check_node(L, payload, 2)].count);
    return 1;
}

/* Document:first(node) -> node | nil */
static int l_first(lua_State *L)
{
    struct payload *payload = check_document(L);

    return push_node(L, payload_child(payload, check_node(L, payload, 2), 0));
}

/* Document:next(node) -> node | nil  (the sibling behind it; only meaningful while the parent has more children) */
static int l_next(lua_State *L)
{
    struct payload *payload = check_document(L);
    uint32_t next = payload->nodes[check_node(L, payload, 2)].next;

    return push_node(L, next < payload->node_count ? next : 0);
}

/* Document:raw(node) -> string  (the value's JSON text as it came) */
static int l_raw(lua_State *L)
{
    struct payload *payload = check_document(L);
    size_t len;
    const char *text = payload_raw(payload, check_node(L, payload, 2), &len);

    lua_pushlstring(L, text, len);
    return 1;
}

void push_payload_text(lua_State *L, const struct payload *payload, uint32_t node)
{
    const struct payload_node *found = &payload->nodes[node];
    struct buffer *buffer;

    if (!found->has_escapes) {
        lua_pushlstring(L, payload->text + found->start, found->end - found->start);
        return;
    }
    buffer = push_buffer(L);
    payload_add_text(payload, node, buffer);
    lua_pushlstring(L, buffer->bytes != NULL ? buffer->bytes : "", buffer->len);
    buffer_free(buffer);
    lua_remove(L, -2);
}

/* Document:string(node) -> string | nil  (decoded; a number's or boolean's characters) */
static int l_string(lua_State *L)
{
    struct payload *payload = check_document(L);
    uint32_t node = check_node(L, payload, 2);
    uint8_t kind = payload->nodes[node].kind;

    if (kind == PAYLOAD_NULL || kind == PAYLOAD_ARRAY || kind == PAYLOAD_OBJECT) return push_node(L, 0);
    push_payload_text(L, payload, node);
    return 1;
}

/* Pushes a member's name, decoded. */
static void push_key(lua_State *L, const struct payload *payload, uint32_t node)
{
    const struct payload_node *found = &payload->nodes[node];
    struct buffer *buffer;

    if (!found->key_has_escapes) {
        lua_pushlstring(L, payload->text + found->key_start, found->key_end - found->key_start);
        return;
    }
    buffer = push_buffer(L);
    payload_add_key(payload, node, buffer);
    lua_pushlstring(L, buffer->bytes != NULL ? buffer->bytes : "", buffer->len);
    buffer_free(buffer);
    lua_remove(L, -2);
}

/* Document:key(node) -> string | nil */
static int l_key(lua_State *L)
{
    struct payload *payload = check_document(L);
    uint32_t node = check_node(L, payload, 2);

    if (!payload->nodes[node].is_member) return push_node(L, 0);
    push_key(L, payload, node);
    return 1;
}

/* An integer where it is one and fits, else the nearest double. */
static void push_number(lua_State *L, const struct payload *payload, const struct payload_node *node)
{
    char digits[64];
    size_t len = node->end - node->start;

    if (len >= sizeof(digits)) {
        lua_pushlstring(L, payload->text + node->start, len);
        lua_pushnumber(L, strtod(lua_tostring(L, -1), NULL));
        lua_remove(L, -2);
        return;
    }
    memcpy(digits, payload->text + node->start, len);
    digits[len] = '\0';
    if (strpbrk(digits, ".eE") == NULL) {
        if (lua_stringtonumber(L, digits) != 0 && lua_isinteger(L, -1)) return;
        lua_pop(L, 1);
    }
    lua_pushnumber(L, strtod(digits, NULL));
}

static void push_value(lua_State *L, const struct payload *payload, uint32_t node)
{
    const struct payload_node *found = &payload->nodes[node];
    uint32_t child = node + 1;

    luaL_checkstack(L, 6, "the document is nested too deeply");
    switch ((enum payload_kind)found->kind) {
    case PAYLOAD_NULL: lua_pushlightuserdata(L, NULL); return;
    case PAYLOAD_FALSE:
    case PAYLOAD_TRUE: lua_pushboolean(L, found->kind == PAYLOAD_TRUE); return;
    case PAYLOAD_NUMBER: push_number(L, payload, found); return;
    case PAYLOAD_STRING: push_payload_text(L, payload, node); return;
    case PAYLOAD_ARRAY:
        lua_createtable(L, (int)found->count, 0);
        luaL_setmetatable(L, ARRAY);
        for (uint32_t i = 0; i < found->count; i++, child = payload->nodes[child].next) {
            push_value(L, payload, child);
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        return;
    case PAYLOAD_OBJECT:
        lua_createtable(L, 0, (int)found->count);
        for (uint32_t i = 0; i < found->count; i++, child = payload->nodes[child].next) {
            push_key(L, payload, child);
            push_value(L, payload, child);
            lua_rawset(L, -3);
        }
        return;
    }
}

/* Document:value(node) -> any  (payload.null for null; arrays are marked as such) */
static int l_value(lua_State *L)
{
    struct payload *payload = check_document(L);

    push_value(L, payload, check_node(L, payload, 2));
    return 1;
}

/* Document:pick(node, ...names) -> string | false for each  (string members, decoded) */
static int l_pick(lua_State *L)
{
    struct payload *payload = check_document(L);
    uint32_t node = check_node(L, payload, 2);
    int most = lua_gettop(L);

    luaL_checkstack(L, most + 4, "too many names");
    for (int i = 3; i <= most; i++) {
        size_t len;
        const char *name = luaL_checklstring(L, i, &len);
        uint32_t found = payload_find(payload, node, name, len);

        if (found != 0 && payload->nodes[found].kind == PAYLOAD_STRING) {
            push_payload_text(L, payload, found);
        } else {
            lua_pushboolean(L, 0);
        }
    }
    return most - 2;
}

static int l_collect(lua_State *L)
{
    payload_free(luaL_checkudata(L, 1, DOCUMENT));
    return 0;
}

/* --- Writing --- */

static void encode(lua_State *L, int index, struct buffer *out, int depth);

static void encode_number(lua_State *L, int index, struct buffer *out)
{
    lua_Number number = lua_tonumber(L, index);

    if (lua_isinteger(L, index)) {
        buffer_add_format(out, "%lld", (long long)lua_tointeger(L, index));
    } else if (!isfinite(number)) {
        luaL_error(L, "JSON has no %s", isnan(number) ? "NaN" : "infinity");
    } else {
        char digits[40];

        snprintf(digits, sizeof(digits), "%.15g", number);
        if (strtod(digits, NULL) != number) snprintf(digits, sizeof(digits), "%.17g", number);
        buffer_add_string(out, digits);
    }
}

static bool is_array(lua_State *L, int index)
{
    bool is_marked = false;

    if (lua_getmetatable(L, index)) {
        luaL_getmetatable(L, ARRAY);
        is_marked = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
    }
    return is_marked || lua_rawlen(L, index) > 0;
}

static void encode_array(lua_State *L, int index, struct buffer *out, int depth)
{
    lua_Integer len = (lua_Integer)lua_rawlen(L, index);

    buffer_add_char(out, '[');
    for (lua_Integer i = 1; i <= len; i++) {
        if (i > 1) buffer_add_char(out, ',');
        lua_rawgeti(L, index, i);
        encode(L, lua_gettop(L), out, depth);
        lua_pop(L, 1);
    }
    buffer_add_char(out, ']');
}

/* Pushes an array of the table's keys as strings, sorted; keys must be strings or numbers. */
static lua_Integer push_sorted_keys(lua_State *L, int index)
{
    lua_Integer count = 0;

    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "JSON objects take names as keys, got a %s", luaL_typename(L, -1));
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, ++count);
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, "table");
    lua_getfield(L, -1, "sort");
    lua_pushvalue(L, -4);
    lua_call(L, 1, 0);
    lua_pop(L, 2);
    return count;
}

static void encode_object(lua_State *L, int index, struct buffer *out, int depth)
{
    lua_Integer count = push_sorted_keys(L, index);
    int keys = lua_gettop(L);

    buffer_add_char(out, '{');
    for (lua_Integer i = 1; i <= count; i++) {
        size_t len;
        const char *key;

        if (i > 1) buffer_add_char(out, ',');
        lua_rawgeti(L, keys, i);
        key = lua_tolstring(L, -1, &len);
        payload_quote(key, len, out);
        buffer_add_char(out, ':');
        lua_rawget(L, index);
        encode(L, lua_gettop(L), out, depth);
        lua_pop(L, 1);
    }
    buffer_add_char(out, '}');
    lua_pop(L, 1);
}

static void encode(lua_State *L, int index, struct buffer *out, int depth)
{
    size_t len;
    const char *text;

    if (depth > ENCODE_DEPTH_MOST) luaL_error(L, "the table is nested too deeply for JSON (or contains itself)");
    luaL_checkstack(L, 8, "the table is nested too deeply");
    switch (lua_type(L, index)) {
    case LUA_TNIL: buffer_add_string(out, "null"); return;
    case LUA_TBOOLEAN: buffer_add_string(out, lua_toboolean(L, index) ? "true" : "false"); return;
    case LUA_TNUMBER: encode_number(L, index, out); return;
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &len);
        payload_quote(text, len, out);
        return;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, index) == NULL) {
            buffer_add_string(out, "null");
            return;
        }
        break;
    case LUA_TUSERDATA:
        if (luaL_testudata(L, index, RAW) != NULL) {
            lua_getiuservalue(L, index, 1);
            text = lua_tolstring(L, -1, &len);
            buffer_add(out, text, len);
            lua_pop(L, 1);
            return;
        }
        break;
    case LUA_TTABLE:
        if (is_array(L, index)) {
            encode_array(L, index, out, depth + 1);
        } else {
            encode_object(L, index, out, depth + 1);
        }
        return;
    default: break;
    }
    luaL_error(L, "JSON cannot say a %s", luaL_typename(L, index));
}

void payload_encode(lua_State *L, int index, struct buffer *out)
{
    encode(L, lua_absindex(L, index), out, 0);
}

/* payload.encode(value) -> string  (sorted keys) */
static int l_encode(lua_State *L)
{
    struct buffer *buffer;

    luaL_checkany(L, 1);
    lua_settop(L, 1);
    buffer = push_buffer(L);
    encode(L, 1, buffer, 0);
    lua_pushlstring(L, buffer->bytes, buffer->len);
    buffer_free(buffer);
    return 1;
}

/* payload.quote(text) -> string  (as a JSON string, with quotes) */
static int l_quote(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    struct buffer *buffer;

    if (payload_is_plain(text, len)) {
        lua_pushfstring(L, "\"%s\"", text);
        return 1;
    }
    buffer = push_buffer(L);
    payload_quote(text, len, buffer);
    lua_pushlstring(L, buffer->bytes, buffer->len);
    buffer_free(buffer);
    return 1;
}

/* payload.array(table) -> table  (marked, so that an empty one is written as []) */
static int l_array(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    luaL_setmetatable(L, ARRAY);
    return 1;
}

/* payload.raw(text) -> Raw  (JSON text that encode takes over as it is) */
static int l_raw_text(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_newuserdatauv(L, 0, 1);
    luaL_setmetatable(L, RAW);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    return 1;
}

static bool table_has(lua_State *L, int table, const struct payload *payload, uint32_t node)
{
    bool has;

    push_key(L, payload, node);
    lua_rawget(L, table);
    has = !lua_isnil(L, -1);
    lua_pop(L, 1);
    return has;
}

/* payload.merge(object_text, table) -> string | nil, message, code  (the table's members replace or add) */
static int l_merge(lua_State *L)
{
    struct payload *payload;
    struct buffer *out, *members;
    uint32_t child = 2;
    bool is_first = true;

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_pushcfunction(L, l_parse);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    if (lua_isnil(L, 3)) return 3;
    lua_settop(L, 3);
    payload = luaL_checkudata(L, 3, DOCUMENT);
    if (payload->nodes[1].kind != PAYLOAD_OBJECT) return push_failure(L, "invalid-json", "expected an object");
    out = push_buffer(L);
    members = push_buffer(L);
    buffer_add_char(out, '{');
    for (uint32_t i = 0; i < payload->nodes[1].count; i++, child = payload->nodes[child].next) {
        const struct payload_node *node = &payload->nodes[child];
        size_t len;
        const char *text = payload_raw(payload, child, &len);

        if (table_has(L, 2, payload, child)) continue;
        if (!is_first) buffer_add_char(out, ',');
        is_first = false;
        buffer_add_char(out, '"');
        buffer_add(out, payload->text + node->key_start, node->key_end - node->key_start);
        buffer_add_string(out, "\":");
        buffer_add(out, text, len);
    }
    encode_object(L, 2, members, 1);
    if (members->len > 2 && !is_first) buffer_add_char(out, ',');
    buffer_add(out, members->bytes + 1, members->len - 1);
    lua_pushlstring(L, out->bytes, out->len);
    buffer_free(members);
    buffer_free(out);
    return 1;
}

static const luaL_Reg methods[] = {
    {"find", l_find}, {"kind", l_kind},     {"len", l_len},     {"first", l_first}, {"next", l_next}, {"key", l_key},
    {"raw", l_raw},   {"string", l_string}, {"value", l_value}, {"pick", l_pick},   {NULL, NULL},
};
static const luaL_Reg functions[] = {
    {"parse", l_parse},  {"encode", l_encode}, {"quote", l_quote}, {"array", l_array},
    {"raw", l_raw_text}, {"merge", l_merge},   {NULL, NULL},
};

int luaopen_herald_payload(lua_State *L);

int luaopen_herald_payload(lua_State *L)
{
    if (luaL_newmetatable(L, DOCUMENT)) {
        luaL_newlib(L, methods);
        lua_setfield(L, -2, "__index");
        lua_pushcfunction(L, l_collect);
        lua_setfield(L, -2, "__gc");
    }
    luaL_newmetatable(L, ARRAY);
    luaL_newmetatable(L, RAW);
    lua_pop(L, 3);
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    return 1;
}

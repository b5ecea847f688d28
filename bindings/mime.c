/* herald.mime: mail messages from their parts. */
#include "runtime/mime.h"

#include <limits.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/crypto_key.h"
#include "bindings/scratch.h"
#include "runtime/buffer.h"
#include "runtime/mime_address.h"
#include "runtime/status.h"

#define RECIPIENTS_MOST 1000
#define ATTACHMENTS_MOST 100
#define HEADERS_MOST 200

static struct mime_value to_value(lua_State *L, int index)
{
    struct mime_value value;

    value.bytes = lua_tolstring(L, index, &value.len);
    return value;
}

/* t[name] of the table at index as bytes; they stay valid while the table holds them. */
static struct mime_value option_value(lua_State *L, int index, const char *name)
{
    struct mime_value value = {NULL, 0};

    if (lua_getfield(L, index, name) == LUA_TSTRING) {
        value = to_value(L, -1);
    } else if (!lua_isnil(L, -1)) {
        luaL_error(L, "option '%s': expected a string, got %s", name, luaL_typename(L, -1));
    }
    lua_pop(L, 1);
    return value;
}

/* Pushes t[name], a table or nil; false for nil, which is popped. */
static bool push_table_option(lua_State *L, int index, const char *name)
{
    int type = lua_getfield(L, index, name);

    if (type == LUA_TTABLE) return true;
    if (type != LUA_TNIL) luaL_error(L, "option '%s': expected a table, got %s", name, luaL_typename(L, -1));
    lua_pop(L, 1);
    return false;
}

/* The arrays of a message live in userdata on the stack, where an error cannot leak them. */
static void *push_array(lua_State *L, size_t count, size_t size)
{
    return lua_newuserdatauv(L, count > 0 ? count * size : 1, 0);
}

static void read_recipients(lua_State *L, struct mime_message *message)
{
    struct mime_value *to;
    size_t count = 1;
    int type = lua_getfield(L, 1, "to");

    if (type != LUA_TSTRING && type != LUA_TTABLE)
        luaL_error(L, "option 'to': expected a string or an array, got %s", luaL_typename(L, -1));
    if (type == LUA_TTABLE) count = (size_t)luaL_len(L, -1);
    if (count > RECIPIENTS_MOST) luaL_error(L, "option 'to': more than %d recipients", RECIPIENTS_MOST);
    to = push_array(L, count, sizeof(*to));
    for (size_t i = 0; i < count; i++) {
        if (type == LUA_TTABLE && lua_geti(L, -2, (lua_Integer)i + 1) != LUA_TSTRING)
            luaL_error(L, "option 'to': expected an array of strings");
        to[i] = to_value(L, type == LUA_TTABLE ? -1 : -2);
        if (type == LUA_TTABLE) lua_pop(L, 1);
    }
    message->to = to;
    message->to_count = count;
}

/* In the order of their names, so that a message's bytes do not depend on a table's order. */
static void sort_headers(struct mime_header *headers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct mime_header header = headers[i];
        size_t at = i;

        while (at > 0 && strcmp(headers[at - 1].name.bytes, header.name.bytes) > 0) {
            headers[at] = headers[at - 1];
            at--;
        }
        headers[at] = header;
    }
}

static void read_headers(lua_State *L, struct mime_message *message)
{
    struct mime_header *headers;
    size_t count = 0;

    if (!push_table_option(L, 1, "headers")) return;
    headers = push_array(L, HEADERS_MOST, sizeof(*headers));
    lua_pushnil(L);
    while (lua_next(L, -3) != 0) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "option 'headers': expected names and strings");
        if (count == HEADERS_MOST) luaL_error(L, "option 'headers': more than %d", HEADERS_MOST);
        headers[count].name = to_value(L, -2);
        headers[count++].value = to_value(L, -1);
        lua_pop(L, 1);
    }
    sort_headers(headers, count);
    message->headers = headers;
    message->header_count = count;
}

static void read_attachments(lua_State *L, struct mime_message *message)
{
    static const char *const names[] = {"name", "type", "data", NULL};
    struct mime_attachment *attachments;
    size_t count;

    if (!push_table_option(L, 1, "attachments")) return;
    count = (size_t)luaL_len(L, -1);
    if (count > ATTACHMENTS_MOST) luaL_error(L, "option 'attachments': more than %d", ATTACHMENTS_MOST);
    attachments = push_array(L, count, sizeof(*attachments));
    for (size_t i = 0; i < count; i++) {
        if (lua_geti(L, -2, (lua_Integer)i + 1) != LUA_TTABLE)
            luaL_error(L, "option 'attachments': expected an array of tables");
        options_check(L, -1, names);
        attachments[i].name = option_value(L, lua_gettop(L), "name");
        attachments[i].type = option_value(L, lua_gettop(L), "type");
        attachments[i].data = option_value(L, lua_gettop(L), "data");
        if (attachments[i].name.bytes == NULL || attachments[i].data.bytes == NULL)
            luaL_error(L, "option 'attachments': name and data are needed");
        lua_pop(L, 1);
    }
    message->attachments = attachments;
    message->attachment_count = count;
}

/* Leaves the key on the stack, which keeps it alive; false: the PEM is no key. */
static bool read_dkim(lua_State *L, struct mime_message *message)
{
    static const char *const names[] = {"domain", "selector", "key", NULL};
    int index;

    if (!push_table_option(L, 1, "dkim")) return true;
    index = lua_gettop(L);
    options_check(L, index, names);
    message->dkim.domain = option_string(L, index, "domain", NULL);
    message->dkim.selector = option_string(L, index, "selector", NULL);
    if (message->dkim.domain == NULL || message->dkim.selector == NULL)
        luaL_error(L, "option 'dkim': domain and selector are needed");
    lua_getfield(L, index, "key");
    message->dkim.key = crypto_key_or_pem(L, lua_gettop(L));
    return message->dkim.key != NULL;
}

/*
 * mime.build{from=, to=, reply_to=nil, subject=nil, html=nil, text=nil, headers={}, attachments={{name=, type=nil,
 * data=}}, message_id=nil, date=ms, dkim=nil} -> string | nil, message, code
 */
static int l_build(lua_State *L)
{
    static const char *const names[] = {"from",    "to",          "reply_to",   "subject", "html", "text",
                                        "headers", "attachments", "message_id", "date",    "dkim", NULL};
    struct mime_message message = {0};
    struct mime_error error;
    struct buffer *out;

    options_check(L, 1, names);
    lua_settop(L, 1);
    luaL_checkstack(L, 20, NULL);
    message.from = option_value(L, 1, "from");
    if (message.from.bytes == NULL) return push_failure(L, "invalid-address", "there is no sender");
    message.reply_to = option_value(L, 1, "reply_to");
    message.subject = option_value(L, 1, "subject");
    message.html = option_value(L, 1, "html");
    message.text = option_value(L, 1, "text");
    message.message_id = option_value(L, 1, "message_id");
    message.date_ms = option_integer(L, 1, "date", INT64_MAX, INT64_MIN, INT64_MAX);
    if (message.date_ms == INT64_MAX) return luaL_error(L, "option 'date' is needed");
    read_recipients(L, &message);
    read_headers(L, &message);
    read_attachments(L, &message);
    if (!read_dkim(L, &message))
        return push_failure(L, "invalid-dkim", "the DKIM key is not an RSA private key in PEM");
    out = scratch_push_new(L);
    if (mime_build(&message, out, &error) != STATUS_OK) return push_failure(L, error.code, "%s", error.message);
    return scratch_push_string(L, out);
}

static int free_address(lua_State *L)
{
    mime_address_free(lua_touserdata(L, 1));
    return 0;
}

/* mime.parse_address(text) -> {name=string|nil, address=string} | nil, message, code */
static int l_parse_address(lua_State *L)
{
    struct mime_value value;
    struct mime_address *address;
    struct mime_error error;

    luaL_checktype(L, 1, LUA_TSTRING);
    value = to_value(L, 1);
    address = lua_newuserdatauv(L, sizeof(*address), 0);
    *address = (struct mime_address){BUFFER_EMPTY, BUFFER_EMPTY};
    if (luaL_newmetatable(L, "herald.mime.address")) {
        lua_pushcfunction(L, free_address);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    if (mime_address_parse(&value, address, &error) != STATUS_OK)
        return push_failure(L, error.code, "%s", error.message);
    lua_createtable(L, 0, 2);
    if (address->name.len > 0) {
        lua_pushlstring(L, address->name.bytes, address->name.len);
        lua_setfield(L, -2, "name");
    }
    lua_pushlstring(L, address->address.bytes, address->address.len);
    lua_setfield(L, -2, "address");
    mime_address_free(address);
    return 1;
}

/* mime.html_to_text(html) -> string */
static int l_html_to_text(lua_State *L)
{
    size_t len;
    const char *html = luaL_checklstring(L, 1, &len);
    struct buffer *out = scratch_push_new(L);

    mime_html_to_text(html, len, out);
    return scratch_push_string(L, out);
}

static const luaL_Reg functions[] = {
    {"build", l_build},
    {"parse_address", l_parse_address},
    {"html_to_text", l_html_to_text},
    {NULL, NULL},
};

int luaopen_herald_mime(lua_State *L);

int luaopen_herald_mime(lua_State *L)
{
    crypto_key_register(L);
    luaL_newlib(L, functions);
    return 1;
}

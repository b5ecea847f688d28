/* herald.transfer: outbound HTTP and SMTP. Every call waits. */
#include <limits.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/transfer_client.h"
#include "runtime/memory.h"
#include "runtime/smtp_client.h"
#include "runtime/status.h"
#include "runtime/transfer.h"
#include "runtime/transfer_guard.h"
#include "runtime/transfer_http.h"

#define CLIENT "herald.transfer"
#define HEADERS_MOST 200

struct transfer_clients *check_transfer_clients(lua_State *L, int index)
{
    struct transfer_clients *clients = luaL_checkudata(L, index, CLIENT);

    luaL_argcheck(L, clients->http != NULL, index, "the client is closed");
    return clients;
}

static int free_waiter_box(lua_State *L)
{
    struct transfer_waiter **box = lua_touserdata(L, 1);

    memory_free(*box);
    *box = NULL;
    return 0;
}

struct transfer_waiter *transfer_waiter_new(lua_State *L, void (*cancel)(void *waiter))
{
    struct transfer_waiter **box = lua_newuserdatauv(L, sizeof(*box), 0), *waiter;

    *box = NULL;
    if (luaL_newmetatable(L, "herald.transfer.waiter")) {
        lua_pushcfunction(L, free_waiter_box);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    waiter = *box = memory_zeroed(1, sizeof(*waiter));
    waiter->wait = wait_new(L, cancel, waiter);
    *box = NULL;
    return waiter;
}

struct wait *transfer_waiter_end(struct transfer_waiter *waiter)
{
    struct wait *wait = waiter->wait;

    memory_free(waiter);
    return wait;
}

/* The headers' block as a table; a name that comes again has its values joined, as RFC 9110 section 5.2 has it. */
static void push_headers(lua_State *L, const struct buffer *headers)
{
    const char *at = headers->bytes, *end = headers->bytes + headers->len, *line_end, *colon;

    lua_newtable(L);
    for (; at < end; at = line_end + 1) {
        line_end = memchr(at, '\n', (size_t)(end - at));
        colon = memchr(at, ':', (size_t)(line_end - at));
        lua_pushlstring(L, at, (size_t)(colon - at));
        lua_pushvalue(L, -1);
        if (lua_rawget(L, -3) == LUA_TSTRING) {
            lua_pushliteral(L, ", ");
            lua_pushlstring(L, colon + 2, (size_t)(line_end - colon - 2));
            lua_concat(L, 3);
        } else {
            lua_pop(L, 1);
            lua_pushlstring(L, colon + 2, (size_t)(line_end - colon - 2));
        }
        lua_rawset(L, -3);
    }
}

static int push_http(lua_State *L, void *arg)
{
    struct transfer_result *result = arg;

    if (L == NULL) return 0;
    if (result->code != TRANSFER_DONE) return push_failure(L, transfer_code_name(result->code), "%s", result->message);
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, result->status);
    lua_setfield(L, -2, "status");
    lua_pushlstring(L, result->body.len > 0 ? result->body.bytes : "", result->body.len);
    lua_setfield(L, -2, "body");
    push_headers(L, &result->headers);
    lua_setfield(L, -2, "headers");
    return 1;
}

static void cancel_http(void *arg)
{
    struct transfer_waiter *waiter = arg;

    transfer_cancel(waiter->call);
}

static void on_http_done(void *arg, struct transfer_result *result)
{
    wait_finish(transfer_waiter_end(arg), push_http, result);
}

/* The headers of the option table as an array in a userdata on the stack. */
static size_t read_headers(lua_State *L, const struct transfer_http_header **out)
{
    struct transfer_http_header *headers;
    size_t count = 0;
    int type = lua_getfield(L, 2, "headers");

    if (type == LUA_TNIL) return 0;
    if (type != LUA_TTABLE) luaL_error(L, "option 'headers': expected a table, got %s", luaL_typename(L, -1));
    headers = lua_newuserdatauv(L, HEADERS_MOST * sizeof(*headers), 0);
    lua_pushnil(L);
    while (lua_next(L, -3) != 0) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING) {
            luaL_error(L, "option 'headers': expected names and strings");
        }
        if (count == HEADERS_MOST) luaL_error(L, "option 'headers': more than %d", HEADERS_MOST);
        headers[count].name = lua_tolstring(L, -2, &headers[count].name_len);
        headers[count].value = lua_tolstring(L, -1, &headers[count].value_len);
        count++;
        lua_pop(L, 1);
    }
    *out = headers;
    return count;
}

const char *transfer_option_bytes(lua_State *L, const char *name, size_t *out_len)
{
    const char *bytes = NULL;

    *out_len = 0;
    if (lua_getfield(L, 2, name) == LUA_TSTRING) {
        bytes = lua_tolstring(L, -1, out_len);
    } else if (!lua_isnil(L, -1)) {
        luaL_error(L, "option '%s': expected a string, got %s", name, luaL_typename(L, -1));
    }
    lua_pop(L, 1);
    return bytes;
}

const char *transfer_option_text(lua_State *L, const char *name)
{
    size_t len;
    const char *text = transfer_option_bytes(L, name, &len);

    if (text != NULL && strlen(text) != len) luaL_error(L, "option '%s': there is a NUL in it", name);
    return text;
}

static enum transfer_http_version read_version(lua_State *L)
{
    int type = lua_getfield(L, 2, "http2");
    bool is_wanted = lua_toboolean(L, -1);

    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
        luaL_error(L, "option 'http2': expected a boolean, got %s", luaL_typename(L, -1));
    lua_pop(L, 1);
    if (type == LUA_TNIL) return TRANSFER_HTTP_ANY;
    return is_wanted ? TRANSFER_HTTP_2 : TRANSFER_HTTP_1;
}

/*
 * Client:http{url=, method=nil, headers={}, body=nil, timeout_ms=30000, ca_file=nil, verify=true, http2=nil,
 * response_most=1048576, unix_socket=nil, certificate=nil, key=nil} -> {status=, headers={lower=}, body=} | nil, message, code  (waits)
 */
static int l_http(lua_State *L)
{
    static const char *const names[] = {"url",    "method", "headers",       "body",        "timeout_ms", "ca_file",
                                        "verify", "http2",  "response_most", "unix_socket",
                                        "certificate", "key", NULL};
    struct transfer_client *client = check_transfer_clients(L, 1)->http;
    struct transfer_http_request request = {0};
    struct transfer_waiter *waiter;

    options_check(L, 2, names);
    lua_settop(L, 2);
    request.url = transfer_option_text(L, "url");
    if (request.url == NULL) return luaL_error(L, "option 'url' is needed");
    request.method = transfer_option_text(L, "method");
    request.body = transfer_option_bytes(L, "body", &request.body_len);
    request.ca_file = transfer_option_text(L, "ca_file");
    request.unix_socket = transfer_option_text(L, "unix_socket");
    request.certificate = transfer_option_bytes(L, "certificate", &request.certificate_len);
    request.key = transfer_option_bytes(L, "key", &request.key_len);
    request.is_unverified = !option_boolean(L, 2, "verify", true);
    request.version = read_version(L);
    request.timeout_ms = option_integer(L, 2, "timeout_ms", 30000, 1, INT_MAX);
    request.response_most = (size_t)option_integer(L, 2, "response_most", 1 << 20, 0, INT_MAX);
    request.header_count = read_headers(L, &request.headers);
    waiter = transfer_waiter_new(L, cancel_http);
    waiter->call = transfer_http_start(client, &request, on_http_done, waiter);
    return wait_suspend(L, waiter->wait);
}

static int l_close(lua_State *L)
{
    struct transfer_clients *clients = luaL_checkudata(L, 1, CLIENT);

    transfer_client_free(clients->http);
    smtp_client_free(clients->smtp);
    *clients = (struct transfer_clients){NULL, NULL};
    return 0;
}

/* The rules of the option 'allow' in a guard, which the userdata on top of the stack owns until it is taken from it. */
static int free_guard_box(lua_State *L)
{
    struct transfer_guard **box = lua_touserdata(L, 1);

    transfer_guard_free(*box);
    *box = NULL;
    return 0;
}

static struct transfer_guard **push_guard(lua_State *L, int list)
{
    struct transfer_guard **box = lua_newuserdatauv(L, sizeof(*box), 0);

    *box = NULL;
    if (luaL_newmetatable(L, "herald.transfer.guard")) {
        lua_pushcfunction(L, free_guard_box);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    *box = transfer_guard_new();
    for (lua_Integer i = 1; lua_rawgeti(L, list, i) != LUA_TNIL; i++) {
        const char *rule = lua_tostring(L, -1);

        if (rule == NULL || transfer_guard_allow(*box, rule) != STATUS_OK)
            luaL_error(L, "option 'allow': entry %d is no address, network or host", (int)i);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return box;
}

/* transfer.allowable(rule) -> boolean  (whether the option 'allow' of new takes it) */
static int l_allowable(lua_State *L)
{
    const char *rule = luaL_checkstring(L, 1);
    struct transfer_guard *guard = transfer_guard_new();

    lua_pushboolean(L, transfer_guard_allow(guard, rule) == STATUS_OK);
    transfer_guard_free(guard);
    return 1;
}

/* transfer.resolve(base, target) -> string | nil, message, code  (where a link leads; http and https alone) */
static int l_resolve(lua_State *L)
{
    const char *base = luaL_checkstring(L, 1), *target = luaL_checkstring(L, 2);
    char *url;

    lua_settop(L, 2);
    luaL_checkstack(L, 4, NULL);
    url = transfer_http_resolve(base, target);
    if (url == NULL) return push_failure(L, "invalid-request", "leads to no http or https URL");
    lua_pushstring(L, url);
    memory_free(url);
    return 1;
}

/*
 * transfer.new{connections=10, allow=nil} -> Client  (connections: at most per HTTP host, and per mail server and login;
 * allow: a list; HTTP then goes to public addresses and to those in it alone)
 */
static int l_new(lua_State *L)
{
    static const char *const names[] = {"connections", "allow", NULL};
    struct transfer_guard **guard = NULL;
    struct transfer_clients *clients;
    unsigned connections = 10;

    if (!lua_isnoneornil(L, 1)) {
        options_check(L, 1, names);
        connections = (unsigned)option_integer(L, 1, "connections", 10, 1, 1000);
        if (lua_getfield(L, 1, "allow") != LUA_TNIL) {
            luaL_checktype(L, -1, LUA_TTABLE);
            guard = push_guard(L, lua_gettop(L));
        }
    }
    clients = lua_newuserdatauv(L, sizeof(*clients), 0);
    *clients = (struct transfer_clients){NULL, NULL};
    luaL_setmetatable(L, CLIENT);
    if (transfer_client_new(host_loop(host_of(L)), connections, &clients->http) != STATUS_OK ||
        smtp_client_new(host_loop(host_of(L)), connections, &clients->smtp) != STATUS_OK) {
        return luaL_error(L, "cannot make a transfer client: no resources left");
    }
    if (guard != NULL) {
        transfer_client_set_guard(clients->http, *guard);
        *guard = NULL;
    }
    return 1;
}

static const luaL_Reg methods[] = {{"http", l_http}, {"smtp", l_transfer_smtp}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"new", l_new}, {"allowable", l_allowable}, {"resolve", l_resolve}, {NULL, NULL}};

int luaopen_herald_transfer(lua_State *L);

int luaopen_herald_transfer(lua_State *L)
{
    host_of(L); /* made before any client, so that it is closed after them */
    handle_register(L, CLIENT, methods, l_close);
    luaL_newlib(L, functions);
    return 1;
}

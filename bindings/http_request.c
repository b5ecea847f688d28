/* The listener's request as a worker's Lua sees it: read from it, then answer it once. */
#include "bindings/http_request.h"

#include <string.h>

#include "bindings/bindings.h"
#include "runtime/http_server.h"

#define REQUEST "herald.http_request"
#define HEADERS_MOST 32

struct request_box {
    struct http_exchange *exchange; /* NULL once answered */
};

static struct http_exchange *check_exchange(lua_State *L)
{
    struct request_box *box = luaL_checkudata(L, 1, REQUEST);

    if (box->exchange == NULL) luaL_error(L, "the request is answered already");
    return box->exchange;
}

/* request:method() -> string */
static int l_method(lua_State *L)
{
    lua_pushstring(L, http_exchange_method(check_exchange(L)));
    return 1;
}

/* request:path() -> string  (as it came, percent-encoded) */
static int l_path(lua_State *L)
{
    size_t len;
    const char *path = http_exchange_path(check_exchange(L), &len);

    lua_pushlstring(L, path, len);
    return 1;
}

/* request:query() -> string  (behind the question mark; may be empty) */
static int l_query(lua_State *L)
{
    size_t len = 0;
    const char *query = http_exchange_query(check_exchange(L), &len);

    lua_pushlstring(L, query != NULL ? query : "", len);
    return 1;
}

/* request:header(name) -> string | nil  (name in lower case) */
static int l_header(lua_State *L)
{
    struct http_exchange *exchange = check_exchange(L);
    size_t len;
    const char *value = http_exchange_header(exchange, luaL_checkstring(L, 2), &len);

    if (value != NULL) {
        lua_pushlstring(L, value, len);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

/* request:body() -> string */
static int l_body(lua_State *L)
{
    size_t len;
    const char *body = http_exchange_body(check_exchange(L), &len);

    lua_pushlstring(L, body != NULL ? body : "", len);
    return 1;
}

/* request:remote() -> string  (address and port, or "unix") */
static int l_remote(lua_State *L)
{
    lua_pushstring(L, http_exchange_remote(check_exchange(L)));
    return 1;
}

/* request:is_local() -> boolean  (came over the unix socket, whose file's permissions let the peer in) */
static int l_is_local(lua_State *L)
{
    lua_pushboolean(L, http_exchange_is_unix(check_exchange(L)));
    return 1;
}

/* request:tls_name() -> string | nil  (of the client's certificate) */
static int l_tls_name(lua_State *L)
{
    lua_pushstring(L, http_exchange_tls_name(check_exchange(L)));
    return 1;
}

static size_t collect_headers(lua_State *L, int index, struct http_header *headers)
{
    size_t count = 0;

    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        if (count == HEADERS_MOST || lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING) {
            luaL_error(L, "respond: expected up to %d headers, names and values as strings", HEADERS_MOST);
        }
        headers[count].name = lua_tolstring(L, -2, &headers[count].name_len);
        headers[count].value = lua_tolstring(L, -1, &headers[count].value_len);
        count++;
        lua_pop(L, 1); /* the table keeps the strings alive */
    }
    return count;
}

/* request:respond(status, body, headers) */
static int l_respond(lua_State *L)
{
    struct request_box *box = luaL_checkudata(L, 1, REQUEST);
    struct http_exchange *exchange = check_exchange(L);
    lua_Integer status = luaL_checkinteger(L, 2);
    struct http_header headers[HEADERS_MOST];
    size_t body_len, count = 0;
    const char *body = luaL_checklstring(L, 3, &body_len);

    luaL_argcheck(L, status >= 200 && status <= 599, 2, "expected a final HTTP status");
    if (!lua_isnoneornil(L, 4)) {
        luaL_checktype(L, 4, LUA_TTABLE);
        count = collect_headers(L, 4, headers);
    }
    box->exchange = NULL;
    http_respond(exchange, (int)status, headers, count, body, body_len);
    return 0;
}

static int l_collect(lua_State *L)
{
    static const char body[] =
        "{\"type\":\"urn:herald:error:internal-error\",\"title\":\"Something went wrong inside\","
        "\"status\":500,\"report\":{\"additionalContext\":{}}}";
    static const struct http_header headers[] = {{"Content-Type", 12, "application/json", 16}};
    struct request_box *box = luaL_checkudata(L, 1, REQUEST);

    if (box->exchange != NULL) http_respond(box->exchange, 500, headers, 1, body, sizeof(body) - 1);
    box->exchange = NULL;
    return 0;
}

static const luaL_Reg methods[] = {
    {"method", l_method}, {"path", l_path},         {"query", l_query},       {"header", l_header},   {"body", l_body},
    {"remote", l_remote}, {"is_local", l_is_local}, {"tls_name", l_tls_name}, {"respond", l_respond}, {NULL, NULL},
};

void http_request_register(lua_State *L)
{
    if (luaL_newmetatable(L, REQUEST)) {
        luaL_newlib(L, methods);
        lua_setfield(L, -2, "__index");
        lua_pushcfunction(L, l_collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_pop(L, 1);
}

struct http_exchange *http_request_take(lua_State *L, int index)
{
    struct request_box *box = luaL_checkudata(L, index, REQUEST);
    struct http_exchange *exchange = box->exchange;

    if (exchange == NULL) luaL_error(L, "the request is answered already");
    box->exchange = NULL;
    return exchange;
}

void http_request_push(lua_State *L, struct http_exchange *exchange)
{
    struct request_box *box = lua_newuserdatauv(L, sizeof(*box), 0);

    box->exchange = NULL;
    luaL_setmetatable(L, REQUEST);
    box->exchange = exchange;
}

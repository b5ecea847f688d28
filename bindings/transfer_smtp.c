/* Client:smtp of herald.transfer: one message to a mail server. */
#include <limits.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/transfer_client.h"
#include "runtime/smtp_client.h"
#include "runtime/transfer.h"

#define TO_MOST 100

static int push_smtp(lua_State *L, void *arg)
{
    struct transfer_result *result = arg;

    if (L == NULL) return 0;
    if (result->code != TRANSFER_DONE) {
        push_failure(L, transfer_code_name(result->code), "%s", result->message);
        if (result->status == 0) return 3;
        lua_pushinteger(L, result->status);
        return 4;
    }
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, result->status);
    lua_setfield(L, -2, "code");
    lua_pushlstring(L, result->body.len > 0 ? result->body.bytes : "", result->body.len);
    lua_setfield(L, -2, "answer");
    return 1;
}

static void cancel_smtp(void *arg)
{
    struct transfer_waiter *waiter = arg;

    smtp_client_cancel(waiter->call);
}

static void on_smtp_done(void *arg, struct transfer_result *result)
{
    wait_finish(transfer_waiter_end(arg), push_smtp, result);
}

static enum smtp_tls read_tls(lua_State *L)
{
    static const char *const names[] = {"none", "opportunistic", "required"};
    const char *tls = option_string(L, 2, "tls", "opportunistic");

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(tls, names[i]) == 0) return (enum smtp_tls)i;
    }
    luaL_error(L, "option 'tls': expected none, opportunistic or required, got '%s'", tls);
    return SMTP_TLS_REQUIRED;
}

/* The option to as an array in a userdata on the stack; the strings stay in the option's table. */
static size_t read_to(lua_State *L, const char *const **out)
{
    lua_Integer count;
    const char **to;

    if (lua_getfield(L, 2, "to") != LUA_TTABLE) luaL_error(L, "option 'to': expected a list of addresses");
    count = luaL_len(L, -1);
    if (count < 1 || count > TO_MOST) luaL_error(L, "option 'to': expected 1 to %d addresses", TO_MOST);
    to = lua_newuserdatauv(L, (size_t)count * sizeof(*to), 0);
    for (lua_Integer i = 0; i < count; i++) {
        if (lua_geti(L, -2, i + 1) != LUA_TSTRING) luaL_error(L, "option 'to': expected a list of addresses");
        to[i] = lua_tostring(L, -1);
        if (strlen(to[i]) != lua_rawlen(L, -1)) luaL_error(L, "option 'to': there is a NUL in it");
        lua_pop(L, 1);
    }
    *out = to;
    return (size_t)count;
}

/*
 * Client:smtp{url=, from=, to={}, data=, user=nil, password=nil, tls="opportunistic"|"none"|"required", helo=nil,
 * ca_file=nil, timeout_ms=60000} -> {code=, answer=} | nil, message, code, reply  (waits)
 */
int l_transfer_smtp(lua_State *L)
{
    static const char *const names[] = {"url", "from", "to",      "data",       "user", "password",
                                        "tls", "helo", "ca_file", "timeout_ms", NULL};
    struct smtp_client *client = check_transfer_clients(L, 1)->smtp;
    struct smtp_request request = {0};
    struct transfer_waiter *waiter;

    options_check(L, 2, names);
    lua_settop(L, 2);
    request.url = transfer_option_text(L, "url");
    request.from = transfer_option_text(L, "from");
    request.data = transfer_option_bytes(L, "data", &request.data_len);
    if (request.url == NULL) return luaL_error(L, "option 'url' is needed");
    if (request.from == NULL) return luaL_error(L, "option 'from' is needed");
    if (request.data == NULL) return luaL_error(L, "option 'data' is needed");
    request.user = transfer_option_text(L, "user");
    request.password = transfer_option_text(L, "password");
    request.helo = transfer_option_text(L, "helo");
    request.ca_file = transfer_option_text(L, "ca_file");
    request.tls = read_tls(L);
    request.timeout_ms = option_integer(L, 2, "timeout_ms", 60000, 1, INT_MAX);
    request.to_count = read_to(L, &request.to);
    waiter = transfer_waiter_new(L, cancel_smtp);
    waiter->call = smtp_client_start(client, &request, on_smtp_done, waiter);
    return wait_suspend(L, waiter->wait);
}

/* herald.store: the durable state of the engine. Reads answer at once, changes wait for the writer's commit. */
#include "bindings/store.h"

#include "bindings/bindings.h"
#include "bindings/store_message.h"
#include "bindings/store_request.h"
#include "runtime/clock.h"
#include "runtime/status.h"
#include "runtime/store.h"

#define STORE "herald.store"
#define FAILURE_SIZE 600

struct store_box {
    struct store *store;           /* NULL: borrowed, or closed */
    struct store_session *session; /* NULL: closed */
};

struct store_session *check_store_session(lua_State *L, int index)
{
    struct store_box *box = luaL_checkudata(L, index, STORE);

    return box->session;
}

struct store *check_store(lua_State *L, int index)
{
    struct store_box *box = luaL_checkudata(L, index, STORE);

    luaL_argcheck(L, box->store != NULL, index, "the store is closed, or is another's");
    return box->store;
}

/* Two user values: the clock and the log, which must outlive it. */
static struct store_box *new_box(lua_State *L)
{
    struct store_box *box = lua_newuserdatauv(L, sizeof(*box), 2);

    box->store = NULL;
    box->session = NULL;
    luaL_setmetatable(L, STORE);
    return box;
}

/* Pushes the option, anchors it in the box below it, and tells whether it is there. */
static bool anchor_option(lua_State *L, int box, const char *name, int slot)
{
    bool is_there = lua_getfield(L, 1, name) != LUA_TNIL;

    lua_pushvalue(L, -1);
    lua_setiuservalue(L, box, slot);
    return is_there;
}

static const char *open_code(int status)
{
    switch (status) {
    case STATUS_CONFLICT: return "conflict";
    case STATUS_INVALID: return "invalid";
    case STATUS_NOT_FOUND: return "not-found";
    default: return "storage-unavailable";
    }
}

/* store.open{path=, clock=, log=, readonly=} -> Store | nil, message, code  ("conflict": in use; "invalid": damaged,
 * newer, no store; "not-found": readonly, and there is none) */
static int l_open(lua_State *L)
{
    static const char *const names[] = {"path", "clock", "log", "readonly", NULL};
    struct store_options options = {NULL, NULL, NULL, false};
    char failure[FAILURE_SIZE] = "";
    struct store_box *box;
    struct host *host;
    int status;

    options_check(L, 1, names);
    options.path = option_string(L, 1, "path", NULL);
    if (options.path == NULL) return luaL_error(L, "option 'path': expected a string, got nil");
    lua_getfield(L, 1, "readonly");
    if (!lua_isnil(L, -1) && !lua_isboolean(L, -1))
        return luaL_error(L, "option 'readonly': expected a boolean, got %s", luaL_typename(L, -1));
    options.is_readonly = lua_toboolean(L, -1);
    lua_settop(L, 1);
    host = host_of(L);
    box = new_box(L);
    options.clock = anchor_option(L, 2, "clock", 1) ? check_clock(L, -1) : host_clock(host);
    if (anchor_option(L, 2, "log", 2)) options.log = check_log(L, -1);
    lua_settop(L, 2);
    status = store_open(&options, &box->store, failure, sizeof(failure));
    if (status != STATUS_OK) return push_failure(L, open_code(status), "%s", failure);
    status = store_attach(box->store, host_loop(host), &box->session);
    if (status == STATUS_OK) return 1;
    store_close(box->store);
    box->store = NULL;
    return push_failure(L, "storage-unavailable", "the store cannot be opened for reading");
}

/* store:close()  (changes under way are answered first) */
static int l_close(lua_State *L)
{
    struct store_box *box = luaL_checkudata(L, 1, STORE);
    struct store_session *session = box->session;
    struct store *store = box->store;

    box->session = NULL;
    box->store = NULL;
    if (store != NULL) {
        store_detach(session);
        store_close(store);
    }
    return 0;
}

static int push_closed(lua_State *L)
{
    return push_failure(L, "closed", "the store is closed");
}

/* store:revision() -> integer  (grows with each committed change of campaigns and keys) */
static int l_revision(lua_State *L)
{
    struct store_session *session = check_store_session(L, 1);

    if (session == NULL) return push_closed(L);
    lua_pushinteger(L, store_revision(store_of(session)));
    return 1;
}

/* A method that reads: its descriptor is the upvalue. */
static int l_read(lua_State *L)
{
    const struct store_method *method = lua_touserdata(L, lua_upvalueindex(1));
    struct store_session *session = check_store_session(L, 1);
    struct store_value small[STORE_MOST_VALUES], *values;
    const struct store_rows *rows;
    size_t count;

    values = store_check_values(L, method, 0, small, &count);
    if (session == NULL) return push_closed(L);
    if (store_read(session, (enum store_query)method->what, values, count, &rows) != STATUS_OK) {
        return push_failure(L, "storage-unavailable", "the database cannot be read");
    }
    return store_push_rows(L, method, rows);
}

static int push_change(lua_State *L, void *result)
{
    struct store_change *change = result;
    struct store_request *request = &change->request;
    int count = 0;

    if (L != NULL && request->status != STATUS_OK) {
        count = push_failure(L, store_code(request->operation, request->status), "%s", request->failure);
    } else if (L != NULL) {
        count = store_push_rows(L, store_method_of(request->operation), &change->rows);
    }
    store_request_free(request);
    return count;
}

static void on_done(struct store_request *request, void *wait)
{
    wait_finish(wait, push_change, request);
}

/* A method that changes: its descriptor is the upvalue. */
static int l_change(lua_State *L)
{
    const struct store_method *method = lua_touserdata(L, lua_upvalueindex(1));
    struct store_session *session = check_store_session(L, 1);
    struct store_value small[STORE_MOST_VALUES], *values;
    int64_t now_ms = session != NULL ? clock_now_ms(store_clock(store_of(session))) : 0;
    struct store_change *change;
    struct wait *wait;
    size_t count;
    int status;

    values = store_check_values(L, method, now_ms, small, &count);
    if (session == NULL) return push_closed(L);
    wait = wait_new(L, NULL, NULL);
    change = store_change_new((enum store_operation)method->what, values, count);
    status = store_submit(session, &change->request, on_done, wait);
    if (status == STATUS_OK) return wait_suspend(L, wait);
    wait_abandon(wait);
    store_request_free(&change->request);
    return push_failure(L, store_code((enum store_operation)method->what, status), "%s", store_refusal(status));
}

static const luaL_Reg special_methods[] = {
    {"accept", l_store_accept},
    {"settle", l_store_settle},
    {"revision", l_revision},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {{"open", l_open}, {NULL, NULL}};

static void register_store(lua_State *L)
{
    size_t count;
    const struct store_method *methods = store_methods(&count);

    handle_register(L, STORE, special_methods, l_close);
    luaL_getmetatable(L, STORE);
    lua_getfield(L, -1, "__index");
    for (size_t i = 0; i < count; i++) {
        lua_pushlightuserdata(L, (void *)(uintptr_t)&methods[i]);
        lua_pushcclosure(L, methods[i].is_read ? l_read : l_change, 1);
        lua_setfield(L, -2, methods[i].name);
    }
    lua_pop(L, 2);
}

void bindings_push_store(lua_State *L, struct store_session *session)
{
    register_store(L);
    new_box(L)->session = session;
}

int luaopen_herald_store(lua_State *L);

int luaopen_herald_store(lua_State *L)
{
    register_store(L);
    luaL_newlib(L, functions);
    return 1;
}

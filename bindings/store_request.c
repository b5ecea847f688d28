/* The table of herald.store's plain methods, from Lua values to the store's and back. */
#include "bindings/store_request.h"

#include <string.h>

#include "bindings/bindings.h"
#include "runtime/status.h"
#include "runtime/store_message.h"
#include "runtime/store_request.h"

#define DEFAULT_LIMIT 100
#define MOST_LIMIT 100000

enum field_kind {
    TEXT,
    OPTIONAL_TEXT,
    INTEGER,
    OPTIONAL_INTEGER,
    POSITIVE, /* an integer above 0 */
    ONE,      /* an integer, 1 unless told */
    LIMIT,
    STATE,     /* optional: the name of a message's state */
    TEXTS,     /* an array of strings, joined by commas */
    CLEARABLE, /* a string, false or nothing: two values, the text and whether it was false */
    IDS,       /* optional: an array of integers, as values at the end */
    FLAG,      /* optional: a boolean, as 1 or 0 */
    UNUSED,    /* optional text that the store does not need */
    NOW,       /* no argument: the clock's time */
};

struct store_field {
    const char *name;
    enum field_kind kind;
};

#define FIELDS(...) ((const struct store_field[]){__VA_ARGS__, {NULL, TEXT}})
#define KV_FIELDS                                                                                                 \
    FIELDS({"sandbox", TEXT}, {"key", TEXT}, {"value", TEXT}, {"expires_at", OPTIONAL_INTEGER}, {"now", INTEGER}, \
           {"most_keys", POSITIVE})
#define NO_FIELDS ((const struct store_field[]){{NULL, TEXT}})

/* All return nil, message, code when they fail. A row is a table of its columns (runtime/store_request.h). */
static const struct store_method methods[] = {
    /* store:campaign(id) -> row */
    {"campaign", true, STORE_READ_CAMPAIGN, STORE_GIVES_ROW, FIELDS({"id", TEXT}), false, "campaign"},
    /* store:campaigns{status=, changed_since=} -> rows */
    {"campaigns", true, STORE_READ_CAMPAIGNS, STORE_GIVES_LIST,
     FIELDS({"status", OPTIONAL_TEXT}, {"changed_since", OPTIONAL_INTEGER}), true, NULL},
    /* store:version(campaign, hash) -> row */
    {"version", true, STORE_READ_VERSION, STORE_GIVES_ROW, FIELDS({"campaign", TEXT}, {"hash", TEXT}), false,
     "version of this campaign"},
    /* store:versions(campaign) -> rows without definition and bundle */
    {"versions", true, STORE_READ_VERSIONS, STORE_GIVES_LIST, FIELDS({"campaign", TEXT}), false, NULL},
    /* store:audit{campaign=, before=, limit=} -> rows, the newest first */
    {"audit", true, STORE_READ_AUDIT, STORE_GIVES_LIST,
     FIELDS({"campaign", OPTIONAL_TEXT}, {"before", OPTIONAL_INTEGER}, {"limit", LIMIT}), true, NULL},
    /* store:request(sandbox, request_id, now) -> {execution, at, body_hash} */
    {"request", true, STORE_READ_REQUEST, STORE_GIVES_ROW,
     FIELDS({"sandbox", TEXT}, {"request_id", TEXT}, {"now", INTEGER}), false, "request with this id"},
    /* store:message(id) -> row */
    {"message", true, STORE_READ_MESSAGE, STORE_GIVES_ROW, FIELDS({"id", INTEGER}), false, "message"},
    /* store:execution(id) -> {id, request_id, campaign, version, at, by, sandbox, messages} */
    {"execution", true, STORE_READ_EXECUTION, STORE_GIVES_EXECUTION, FIELDS({"id", INTEGER}), false, "execution"},
    /* store:outbox{state=, campaign=, after=, limit=} -> rows; no state: the held, then the waiting */
    {"outbox", true, STORE_READ_OUTBOX, STORE_GIVES_LIST,
     FIELDS({"state", STATE}, {"campaign", OPTIONAL_TEXT}, {"after", OPTIONAL_INTEGER}, {"limit", LIMIT}), true, NULL},
    /* store:recent{campaign=, after=, limit=} -> rows by id: the first behind after, else the newest */
    {"recent", true, STORE_READ_RECENT, STORE_GIVES_LIST,
     FIELDS({"campaign", OPTIONAL_TEXT}, {"after", OPTIONAL_INTEGER}, {"limit", LIMIT}), true, NULL},
    /* store:messages_of(user_id[, campaign[, limit]]) -> rows, the newest first */
    {"messages_of", true, STORE_READ_MESSAGES_OF, STORE_GIVES_LIST,
     FIELDS({"user_id", TEXT}, {"campaign", OPTIONAL_TEXT}, {"limit", LIMIT}), false, NULL},
    /* store:events(message) -> rows, the oldest first */
    {"events", true, STORE_READ_EVENTS, STORE_GIVES_LIST, FIELDS({"message", INTEGER}), false, NULL},
    /* store:profile(namespace, user_id) -> row */
    {"profile", true, STORE_READ_PROFILE, STORE_GIVES_ROW, FIELDS({"namespace", TEXT}, {"user_id", TEXT}), false,
     "profile"},
    /* store:keys() -> rows */
    {"keys", true, STORE_READ_KEYS, STORE_GIVES_LIST, NO_FIELDS, false, NULL},
    /* store:key(hash) -> row */
    {"key", true, STORE_READ_KEY, STORE_GIVES_ROW, FIELDS({"hash", TEXT}), false, "key"},
    /* store:counters{campaign=, from=, to=, step_ms=} -> rows {at, metric, value} */
    {"counters", true, STORE_READ_COUNTERS, STORE_GIVES_LIST,
     FIELDS({"campaign", TEXT}, {"from", INTEGER}, {"to", INTEGER}, {"step_ms", POSITIVE}), true, NULL},
    /* store:parkings() -> rows {campaign, version, since, until, trial_until, reason} */
    {"parkings", true, STORE_READ_PARKINGS, STORE_GIVES_LIST, NO_FIELDS, false, NULL},
    /* store:next_due() -> ms | nil */
    {"next_due", true, STORE_READ_NEXT_DUE, STORE_GIVES_INTEGER, NO_FIELDS, false, NULL},
    /* store:stats() -> {waiting=, held=, ...} */
    {"stats", true, STORE_READ_STATS, STORE_GIVES_STATS, NO_FIELDS, false, NULL},
    /* store:kept(sandbox, kind, key, now) -> {value, expires_at} */
    {"kept", true, STORE_READ_KEPT, STORE_GIVES_ROW,
     FIELDS({"sandbox", TEXT}, {"kind", TEXT}, {"key", TEXT}, {"now", INTEGER}), false, "key"},
    /* store:kept_keys{sandbox=, kind=, prefix=, after=, limit=, now=} -> rows {key, value, expires_at} by key */
    {"kept_keys", true, STORE_READ_KEPT_KEYS, STORE_GIVES_LIST,
     FIELDS({"sandbox", TEXT}, {"kind", TEXT}, {"prefix", TEXT}, {"after", OPTIONAL_TEXT}, {"limit", LIMIT},
            {"now", INTEGER}),
     true, NULL},
    /* store:limit_free_at(sandbox, key, window_ms, most, now) -> ms | nil: one would be let through now */
    {"limit_free_at", true, STORE_READ_LIMIT, STORE_GIVES_INTEGER,
     FIELDS({"sandbox", TEXT}, {"key", TEXT}, {"window_ms", POSITIVE}, {"most", POSITIVE}, {"now", INTEGER}), false,
     NULL},

    /* store:save_version{campaign=, hash=, definition=, bundle=, origin=, by=, at=} -> {number, created,
       campaign_created} */
    {"save_version", false, STORE_SAVE_VERSION, STORE_GIVES_SAVED,
     FIELDS({"campaign", TEXT}, {"hash", TEXT}, {"definition", TEXT}, {"bundle", OPTIONAL_TEXT}, {"origin", TEXT},
            {"by", TEXT}, {"at", INTEGER}),
     true, NULL},
    /* store:change_campaign{id=, from={...}, status=, live=, draft=, by=, at=, action=, detail=} -> row */
    {"change_campaign", false, STORE_CHANGE_CAMPAIGN, STORE_GIVES_ROW,
     FIELDS({"id", TEXT}, {"from", TEXTS}, {"status", OPTIONAL_TEXT}, {"live", OPTIONAL_TEXT}, {"draft", CLEARABLE},
            {"by", TEXT}, {"at", INTEGER}, {"action", TEXT}, {"detail", OPTIONAL_TEXT}),
     true, "campaign"},
    /* store:delete_campaign{id=, by=, at=} -> true */
    {"delete_campaign", false, STORE_DELETE_CAMPAIGN, STORE_GIVES_TRUE,
     FIELDS({"id", TEXT}, {"by", TEXT}, {"at", INTEGER}), true, NULL},
    /* store:append_audit{at=, by=, action=, campaign=, detail=} -> true */
    {"append_audit", false, STORE_APPEND_AUDIT, STORE_GIVES_TRUE,
     FIELDS({"at", INTEGER}, {"by", TEXT}, {"action", TEXT}, {"campaign", OPTIONAL_TEXT}, {"detail", OPTIONAL_TEXT}),
     true, NULL},
    /* store:claim{now=, limit=} -> rows, held from now on */
    {"claim", false, STORE_CLAIM, STORE_GIVES_LIST, FIELDS({"now", INTEGER}, {"limit", LIMIT}), true, NULL},
    /* store:retry_now{now=, campaign= | ids=} -> count */
    {"retry_now", false, STORE_RETRY_NOW, STORE_GIVES_INTEGER,
     FIELDS({"now", INTEGER}, {"campaign", OPTIONAL_TEXT}, {"ids", IDS}), true, NULL},
    /* store:cancel{at=, by=, reason=, campaign= | ids=} -> count */
    {"cancel", false, STORE_CANCEL, STORE_GIVES_INTEGER,
     FIELDS({"at", INTEGER}, {"by", TEXT}, {"reason", TEXT}, {"campaign", OPTIONAL_TEXT}, {"ids", IDS}), true, NULL},
    /* store:add_event{message=, at=, kind=, detail=, campaign=} -> true */
    {"add_event", false, STORE_ADD_EVENT, STORE_GIVES_TRUE,
     FIELDS({"message", INTEGER}, {"at", INTEGER}, {"kind", TEXT}, {"detail", OPTIONAL_TEXT}, {"campaign", UNUSED}),
     true, NULL},
    /* store:save_profile{namespace=, user_id=, attributes=, at=} -> true */
    {"save_profile", false, STORE_SAVE_PROFILE, STORE_GIVES_TRUE,
     FIELDS({"namespace", TEXT}, {"user_id", TEXT}, {"attributes", TEXT}, {"at", INTEGER}), true, NULL},
    /* store:once(sandbox, key, expires_at, now, owner) -> boolean: true the first time, for the same owner, and when it
       has expired */
    {"once", false, STORE_ONCE, STORE_GIVES_BOOLEAN,
     FIELDS({"sandbox", TEXT}, {"key", TEXT}, {"expires_at", INTEGER}, {"now", INTEGER}, {"owner", TEXT}), false, NULL},
    /* store:keep_once(owner) -> true */
    {"keep_once", false, STORE_KEEP_ONCE, STORE_GIVES_TRUE, FIELDS({"owner", TEXT}), false, NULL},
    /* store:forget_once(owner) -> true */
    {"forget_once", false, STORE_FORGET_ONCE, STORE_GIVES_TRUE, FIELDS({"owner", TEXT}), false, NULL},
    /* store:kv_set{sandbox=, key=, value=, expires_at=, now=, most_keys=} -> {done = 1}, or done = 0 and the value
       there */
    {"kv_set", false, STORE_KV_SET, STORE_GIVES_ROW, KV_FIELDS, true, NULL},
    /* store:kv_add{sandbox=, key=, value=, expires_at=, now=, most_keys=} -> the same; when nothing is there */
    {"kv_add", false, STORE_KV_ADD, STORE_GIVES_ROW, KV_FIELDS, true, NULL},
    /* store:kv_replace{sandbox=, key=, value=, expires_at=, now=, most_keys=} -> the same; when something is there */
    {"kv_replace", false, STORE_KV_REPLACE, STORE_GIVES_ROW, KV_FIELDS, true, NULL},
    /* store:kv_swap{sandbox=, key=, value=, expires_at=, now=, most_keys=, expected=} -> the same; when that is there
     */
    {"kv_swap", false, STORE_KV_SWAP, STORE_GIVES_ROW,
     FIELDS({"sandbox", TEXT}, {"key", TEXT}, {"value", TEXT}, {"expires_at", OPTIONAL_INTEGER}, {"now", INTEGER},
            {"most_keys", POSITIVE}, {"expected", OPTIONAL_TEXT}),
     true, NULL},
    /* store:forget_kept(sandbox, kind, key, now) -> boolean: whether it was there */
    {"forget_kept", false, STORE_FORGET_KEPT, STORE_GIVES_BOOLEAN,
     FIELDS({"sandbox", TEXT}, {"kind", TEXT}, {"key", TEXT}, {"now", INTEGER}), false, NULL},
    /* store:counter_add{sandbox=, key=, n=, expires_at=, now=, most_keys=} -> integer */
    {"counter_add", false, STORE_COUNTER_ADD, STORE_GIVES_INTEGER,
     FIELDS({"sandbox", TEXT}, {"key", TEXT}, {"n", ONE}, {"expires_at", OPTIONAL_INTEGER}, {"now", INTEGER},
            {"most_keys", POSITIVE}),
     true, NULL},
    /* store:limit_take{sandbox=, key=, window_ms=, most=, now=, most_keys=} -> {taken = 1}, or taken = 0,
       retry_after_ms */
    {"limit_take", false, STORE_LIMIT_TAKE, STORE_GIVES_ROW,
     FIELDS({"sandbox", TEXT}, {"key", TEXT}, {"window_ms", POSITIVE}, {"most", POSITIVE}, {"now", INTEGER},
            {"most_keys", POSITIVE}),
     true, NULL},
    /* store:save_key{hash=, name=, scopes=, created_at=, created_by=, expires_at=} -> true */
    {"save_key", false, STORE_SAVE_KEY, STORE_GIVES_TRUE,
     FIELDS({"hash", TEXT}, {"name", TEXT}, {"scopes", TEXT}, {"created_at", INTEGER}, {"created_by", TEXT},
            {"expires_at", OPTIONAL_INTEGER}),
     true, NULL},
    /* store:revoke_key{name=, at=, by=} -> count */
    {"revoke_key", false, STORE_REVOKE_KEY, STORE_GIVES_INTEGER, FIELDS({"name", TEXT}, {"at", INTEGER}, {"by", TEXT}),
     true, NULL},
    /* store:count{campaign=, metric=, at=, n=} -> true */
    {"count", false, STORE_COUNT, STORE_GIVES_TRUE,
     FIELDS({"campaign", TEXT}, {"metric", TEXT}, {"at", INTEGER}, {"n", ONE}), true, NULL},
    /* store:note_excess{campaign=, version=, at=, reason=, after=, within_ms=, time_ms=, detail=} -> boolean: it is
       parked now */
    {"note_excess", false, STORE_NOTE_EXCESS, STORE_GIVES_BOOLEAN,
     FIELDS({"campaign", TEXT}, {"version", TEXT}, {"at", INTEGER}, {"reason", TEXT}, {"after", POSITIVE},
            {"within_ms", POSITIVE}, {"time_ms", POSITIVE}, {"detail", OPTIONAL_TEXT}),
     true, NULL},
    /* store:try_parked{campaign=, version=, now=, trial_until=} -> boolean: this one may be tried */
    {"try_parked", false, STORE_TRY_PARKED, STORE_GIVES_BOOLEAN,
     FIELDS({"campaign", TEXT}, {"version", TEXT}, {"now", INTEGER}, {"trial_until", INTEGER}), true, NULL},
    /* store:unpark{campaign=, by=, at=, detail=} -> count of its versions that were parked */
    {"unpark", false, STORE_UNPARK, STORE_GIVES_INTEGER,
     FIELDS({"campaign", TEXT}, {"by", TEXT}, {"at", INTEGER}, {"detail", OPTIONAL_TEXT}), true, NULL},
    /* store:prune{before=, limit=} -> count of what went; 0: nothing more is past its time */
    {"prune", false, STORE_PRUNE, STORE_GIVES_INTEGER, FIELDS({"before", INTEGER}, {"limit", LIMIT}, {"now", NOW}),
     true, NULL},
    /* store:backup(path[, overwrite]) -> true */
    {"backup", false, STORE_BACKUP, STORE_GIVES_TRUE, FIELDS({"path", TEXT}, {"overwrite", FLAG}), false, NULL},
};

const struct store_method *store_methods(size_t *out_count)
{
    *out_count = sizeof(methods) / sizeof(methods[0]);
    return methods;
}

const struct store_method *store_method_of(enum store_operation operation)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (!methods[i].is_read && methods[i].what == (int)operation) return &methods[i];
    }
    return NULL;
}

const char *store_code(enum store_operation operation, int status)
{
    switch (status) {
    case STATUS_CONFLICT: return operation == STORE_ACCEPT ? "request-id-reused" : "conflict";
    case STATUS_NOT_FOUND: return "not-found";
    case STATUS_INVALID: return "invalid";
    case STATUS_TOO_LARGE: return "full";
    case STATUS_LIMIT: return "overloaded";
    case STATUS_CLOSED: return "closed";
    default: return "storage-unavailable";
    }
}

static int wrong(lua_State *L, const struct store_method *method, const struct store_field *field, const char *expected)
{
    return luaL_error(L, "%s: %s '%s': expected %s, got %s", method->name, method->has_options ? "option" : "argument",
                      field->name, expected, luaL_typename(L, -1));
}

static struct store_value check_text(lua_State *L, const struct store_method *method, const struct store_field *field,
                                     bool is_optional)
{
    struct store_value value = {STORE_TEXT, 0, {NULL, 0}};

    if (is_optional && lua_isnil(L, -1)) return (struct store_value){STORE_NULL, 0, {NULL, 0}};
    if (lua_type(L, -1) != LUA_TSTRING) wrong(L, method, field, "a string");
    value.text.bytes = lua_tolstring(L, -1, &value.text.len);
    return value;
}

static struct store_value check_integer(lua_State *L, const struct store_method *method,
                                        const struct store_field *field, bool is_optional)
{
    int is_integer = 0;
    lua_Integer integer;

    if (is_optional && lua_isnil(L, -1)) return (struct store_value){STORE_NULL, 0, {NULL, 0}};
    integer = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &is_integer) : 0;
    if (!is_integer) wrong(L, method, field, "an integer");
    return store_integer(integer);
}

static struct store_value check_between(lua_State *L, const struct store_method *method,
                                        const struct store_field *field, int64_t fallback, int64_t most)
{
    struct store_value value = check_integer(L, method, field, fallback != 0);

    if (value.kind == STORE_NULL) return store_integer(fallback);
    if (value.integer < 1 || value.integer > most) {
        luaL_error(L, "%s: %s: %I is not between 1 and %I", method->name, field->name, (LUAI_UACINT)value.integer,
                   (LUAI_UACINT)most);
    }
    return value;
}

static struct store_value check_state(lua_State *L, const struct store_method *method, const struct store_field *field)
{
    struct store_value value = check_text(L, method, field, true);
    enum store_state state;

    if (value.kind == STORE_TEXT && store_state_parse(value.text.bytes, value.text.len, &state) != STATUS_OK) {
        luaL_error(L, "%s: there is no state '%s'", method->name, value.text.bytes);
    }
    return value;
}

static struct store_value check_flag(lua_State *L, const struct store_method *method, const struct store_field *field)
{
    if (!lua_isnoneornil(L, -1) && !lua_isboolean(L, -1)) wrong(L, method, field, "a boolean");
    return store_integer(lua_toboolean(L, -1));
}

/* Joins the array on top of the stack; the string replaces it there. */
static struct store_value check_texts(lua_State *L, const struct store_method *method, const struct store_field *field)
{
    luaL_Buffer joined;
    int array = lua_gettop(L);
    lua_Integer count;

    if (!lua_istable(L, -1)) wrong(L, method, field, "an array of strings");
    count = luaL_len(L, array);
    luaL_buffinit(L, &joined);
    for (lua_Integer i = 1; i <= count; i++) {
        if (lua_rawgeti(L, array, i) != LUA_TSTRING) wrong(L, method, field, "strings in the array");
        if (i > 1) {
            lua_pop(L, 1);
            luaL_addchar(&joined, ',');
            lua_rawgeti(L, array, i);
        }
        luaL_addvalue(&joined);
    }
    luaL_pushresult(&joined);
    lua_replace(L, array);
    return check_text(L, method, field, false);
}

/* Pushes the field's value: an option, or the argument. */
static void push_field(lua_State *L, const struct store_method *method, const struct store_field *field, int position)
{
    if (method->has_options) {
        lua_getfield(L, 2, field->name);
    } else {
        lua_pushvalue(L, position);
    }
}

static void check_names(lua_State *L, const struct store_method *method)
{
    const char *names[STORE_MOST_VALUES + 1];
    size_t count = 0;

    for (const struct store_field *field = method->fields; field->name != NULL; field++) {
        if (field->kind != NOW) names[count++] = field->name;
    }
    names[count] = NULL;
    options_check(L, 2, names);
}

/* Reads one field from the top of the stack into one or two values. */
static size_t check_field(lua_State *L, const struct store_method *method, const struct store_field *field,
                          int64_t now_ms, struct store_value *values)
{
    bool is_false;

    switch (field->kind) {
    case TEXT: values[0] = check_text(L, method, field, false); return 1;
    case OPTIONAL_TEXT: values[0] = check_text(L, method, field, true); return 1;
    case INTEGER: values[0] = check_integer(L, method, field, false); return 1;
    case OPTIONAL_INTEGER: values[0] = check_integer(L, method, field, true); return 1;
    case POSITIVE: values[0] = check_between(L, method, field, 0, INT64_MAX); return 1;
    case ONE: values[0] = lua_isnil(L, -1) ? store_integer(1) : check_integer(L, method, field, false); return 1;
    case LIMIT: values[0] = check_between(L, method, field, DEFAULT_LIMIT, MOST_LIMIT); return 1;
    case STATE: values[0] = check_state(L, method, field); return 1;
    case TEXTS: values[0] = check_texts(L, method, field); return 1;
    case CLEARABLE:
        is_false = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
        values[0] = is_false ? (struct store_value){STORE_NULL, 0, {NULL, 0}} : check_text(L, method, field, true);
        values[1] = store_integer(is_false);
        return 2;
    case FLAG: values[0] = check_flag(L, method, field); return 1;
    case UNUSED: check_text(L, method, field, true); return 0;
    case NOW: values[0] = store_integer(now_ms); return 1;
    case IDS: break;
    }
    return 0;
}

/* Makes room for the ids behind the values that were read so far, in a userdata that stays on the stack. */
static struct store_value *check_ids(lua_State *L, const struct store_method *method, const struct store_field *field,
                                     const struct store_value *values, size_t *count)
{
    int array = lua_gettop(L);
    bool has_campaign = values[*count - 1].kind != STORE_NULL;
    struct store_value *all;
    lua_Integer id_count;

    if (has_campaign == lua_istable(L, array)) luaL_error(L, "%s: give ids or campaign, one of the two", method->name);
    if (!lua_istable(L, array)) return NULL;
    id_count = luaL_len(L, array);
    if (id_count > STORE_MOST_IDS) luaL_error(L, "%s: more than %d ids", method->name, STORE_MOST_IDS);
    all = lua_newuserdatauv(L, (*count + (size_t)id_count) * sizeof(*all), 0);
    memcpy(all, values, *count * sizeof(*all));
    for (lua_Integer i = 1; i <= id_count; i++) {
        lua_rawgeti(L, array, i);
        all[(*count)++] = check_integer(L, method, field, false);
        lua_pop(L, 1);
    }
    return all;
}

struct store_value *store_check_values(lua_State *L, const struct store_method *method, int64_t now_ms,
                                       struct store_value *small, size_t *out_count)
{
    struct store_value *values = small, *with_ids;
    size_t count = 0;
    int position = 2;

    if (method->has_options) check_names(L, method);
    lua_settop(L, STORE_MOST_VALUES);
    luaL_checkstack(L, STORE_MOST_VALUES + 4, NULL);
    for (const struct store_field *field = method->fields; field->name != NULL; field++) {
        push_field(L, method, field, position++);
        if (field->kind == IDS) {
            with_ids = check_ids(L, method, field, values, &count);
            if (with_ids != NULL) values = with_ids;
        } else {
            /* What was pushed stays on the stack: a joined string is anchored nowhere else. */
            count += check_field(L, method, field, now_ms, values + count);
        }
    }
    *out_count = count;
    return values;
}

static void push_value(lua_State *L, struct store_value value)
{
    switch (value.kind) {
    case STORE_NULL: lua_pushnil(L); break;
    case STORE_INTEGER: lua_pushinteger(L, value.integer); break;
    case STORE_TEXT: lua_pushlstring(L, value.text.bytes, value.text.len); break;
    }
}

static void push_row(lua_State *L, const struct store_rows *rows, size_t row)
{
    lua_createtable(L, 0, (int)rows->column_count);
    for (size_t column = 0; column < rows->column_count; column++) {
        struct store_value value = store_rows_value(rows, row, column);

        if (value.kind == STORE_NULL) continue;
        push_value(L, value);
        lua_setfield(L, -2, store_rows_name(rows, column));
    }
}

static void push_list(lua_State *L, const struct store_rows *rows)
{
    lua_createtable(L, (int)rows->count, 0);
    for (size_t row = 0; row < rows->count; row++) {
        push_row(L, rows, row);
        lua_rawseti(L, -2, (lua_Integer)row + 1);
    }
}

static void push_execution(lua_State *L, const struct store_rows *rows)
{
    static const char *const SHARED[] = {"request_id", "campaign", "version", "at", "by", "sandbox"};

    lua_createtable(L, 0, 8);
    push_list(L, rows);
    lua_rawgeti(L, -1, 1);
    for (size_t i = 0; i < sizeof(SHARED) / sizeof(SHARED[0]); i++) {
        lua_getfield(L, -1, SHARED[i]);
        lua_setfield(L, -4, SHARED[i]);
    }
    lua_getfield(L, -1, "execution");
    lua_setfield(L, -4, "id");
    lua_pushnil(L);
    lua_setfield(L, -2, "request_id");
    lua_pop(L, 1);
    lua_setfield(L, -2, "messages");
}

static void push_stats(lua_State *L, const struct store_rows *rows)
{
    lua_createtable(L, 0, STORE_STATE_COUNT);
    for (int state = 0; state < STORE_STATE_COUNT; state++) {
        lua_pushinteger(L, 0);
        lua_setfield(L, -2, store_state_name((enum store_state)state));
    }
    for (size_t row = 0; row < rows->count; row++) {
        push_value(L, store_rows_value(rows, row, 0));
        push_value(L, store_rows_value(rows, row, 1));
        lua_rawset(L, -3);
    }
}

static void push_saved(lua_State *L, const struct store_rows *rows)
{
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, store_rows_integer(rows, 0, "number", 0));
    lua_setfield(L, -2, "number");
    lua_pushboolean(L, store_rows_integer(rows, 0, "created", 0) != 0);
    lua_setfield(L, -2, "created");
    lua_pushboolean(L, store_rows_integer(rows, 0, "campaign_created", 0) != 0);
    lua_setfield(L, -2, "campaign_created");
}

int store_push_rows(lua_State *L, const struct store_method *method, const struct store_rows *rows)
{
    bool is_one = method->shape == STORE_GIVES_ROW || method->shape == STORE_GIVES_EXECUTION;

    if (is_one && rows->count == 0) return push_failure(L, "not-found", "there is no such %s", method->missing);
    switch (method->shape) {
    case STORE_GIVES_TRUE: lua_pushboolean(L, 1); break;
    case STORE_GIVES_ROW: push_row(L, rows, 0); break;
    case STORE_GIVES_LIST: push_list(L, rows); break;
    case STORE_GIVES_INTEGER:
        if (rows->count == 0) {
            lua_pushnil(L);
        } else {
            push_value(L, store_rows_value(rows, 0, 0));
        }
        break;
    case STORE_GIVES_BOOLEAN: lua_pushboolean(L, rows->count > 0 && store_rows_value(rows, 0, 0).integer != 0); break;
    case STORE_GIVES_EXECUTION: push_execution(L, rows); break;
    case STORE_GIVES_STATS: push_stats(L, rows); break;
    case STORE_GIVES_SAVED: push_saved(L, rows); break;
    }
    return 1;
}

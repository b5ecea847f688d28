/* herald.log: structured records with fields. */
#include "runtime/log.h"

#include <math.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/host.h"

#define LOG "herald.log"
#define FIELDS_MOST 32

struct log_box {
    struct log *log;
    bool is_owned;
};

struct log *check_log(lua_State *L, int index)
{
    struct log_box *box = luaL_checkudata(L, index, LOG);

    luaL_argcheck(L, box->log != NULL, index, "the log is closed");
    return box->log;
}

static struct log_box *new_box(lua_State *L, int user_values)
{
    struct log_box *box = lua_newuserdatauv(L, sizeof(*box), user_values);

    box->log = NULL;
    box->is_owned = true;
    luaL_setmetatable(L, LOG);
    return box;
}

/* log.open{format="logfmt"|"json", level="debug"|"info"|"warn"|"error", path=, clock=} -> Log | nil, message, code */
static int l_open(lua_State *L)
{
    static const char *const names[] = {"format", "level", "path", "clock", NULL};
    static const char *const levels[] = {"debug", "info", "warn", "error", NULL};
    const char *path, *format, *level;
    struct clock *clock = host_clock(host_of(L));
    enum log_level chosen = LOG_LEVEL_DEBUG;
    struct log_box *box;

    options_check(L, 1, names);
    path = option_string(L, 1, "path", NULL);
    format = option_string(L, 1, "format", "logfmt");
    level = option_string(L, 1, "level", "info");
    if (strcmp(format, "logfmt") != 0 && strcmp(format, "json") != 0)
        return luaL_error(L, "option 'format': expected logfmt or json");
    while (levels[chosen] != NULL && strcmp(levels[chosen], level) != 0)
        chosen++;
    if (levels[chosen] == NULL) return luaL_error(L, "option 'level': expected debug, info, warn or error");
    lua_getfield(L, 1, "clock");
    if (!lua_isnil(L, -1)) clock = check_clock(L, -1);
    box = new_box(L, 1);
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, 1);
    if (log_open(path, strcmp(format, "json") == 0 ? LOG_FORMAT_JSON : LOG_FORMAT_LOGFMT, chosen, clock, &box->log) !=
        0) {
        return push_failure(L, "unavailable", "cannot open the log file %s", path);
    }
    return 1;
}

/* Whether JSON has this value without quotes: an endless number it has not. */
static bool is_plain(lua_State *L, int index)
{
    return lua_isboolean(L, index) || (lua_type(L, index) == LUA_TNUMBER && isfinite(lua_tonumber(L, index)));
}

/* Copies the table at index into fields; the values it pushes stay on the stack. */
static size_t collect_fields(lua_State *L, int index, struct log_field *fields, size_t count)
{
    lua_pushnil(L);
    while (lua_next(L, index) != 0 && count < FIELDS_MOST) {
        if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "log fields: expected names as keys");
        fields[count].name = lua_tostring(L, -2);
        fields[count].is_plain = is_plain(L, -1);
        fields[count].value = luaL_tolstring(L, -1, &fields[count].value_len);
        count++;
        lua_replace(L, -2); /* the text in place of the value */
        lua_pushvalue(L, -2);
    }
    return count;
}

static int write_record(lua_State *L, enum log_level level)
{
    struct log *log = check_log(L, 1);
    const char *message = luaL_checkstring(L, 2);
    struct log_field fields[FIELDS_MOST];
    size_t count = 0;

    if (!log_wants(log, level)) return 0;
    lua_settop(L, 3);
    luaL_checkstack(L, 2 * FIELDS_MOST + 8, "too many log fields");
    if (!lua_isnil(L, 3)) {
        luaL_checktype(L, 3, LUA_TTABLE);
        count = collect_fields(L, 3, fields, count);
    }
    log_write(log, level, message, fields, count);
    return 0;
}

/* Log:debug(message, fields) */
static int l_debug(lua_State *L)
{
    return write_record(L, LOG_LEVEL_DEBUG);
}

/* Log:info(message, fields) */
static int l_info(lua_State *L)
{
    return write_record(L, LOG_LEVEL_INFO);
}

/* Log:warn(message, fields) */
static int l_warn(lua_State *L)
{
    return write_record(L, LOG_LEVEL_WARN);
}

/* Log:error(message, fields) */
static int l_error(lua_State *L)
{
    return write_record(L, LOG_LEVEL_ERROR);
}

static int l_close(lua_State *L)
{
    struct log_box *box = luaL_checkudata(L, 1, LOG);

    if (box->is_owned) log_close(box->log);
    box->log = NULL;
    return 0;
}

static const luaL_Reg methods[] = {
    {"debug", l_debug}, {"info", l_info}, {"warn", l_warn}, {"error", l_error}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"open", l_open}, {NULL, NULL}};

int luaopen_herald_log(lua_State *L);

int luaopen_herald_log(lua_State *L)
{
    handle_register(L, LOG, methods, l_close);
    luaL_newlib(L, functions);
    return 1;
}

void bindings_push_log(lua_State *L, struct log *log)
{
    struct log_box *box;

    handle_register(L, LOG, methods, l_close);
    box = new_box(L, 0);
    box->is_owned = false;
    box->log = log;
}

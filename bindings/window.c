/* herald.window: instants, durations and a campaign's window. Instants are milliseconds since the Unix epoch, UTC. */
#include "runtime/window.h"

#include <string.h>

#include "bindings/bindings.h"
#include "runtime/status.h"

/* An optional zone name at index; raises for one with a NUL in it. */
static const char *opt_zone(lua_State *L, int index)
{
    size_t len;
    const char *zone = luaL_optlstring(L, index, NULL, &len);

    luaL_argcheck(L, zone == NULL || strlen(zone) == len, index, "no such time zone");
    return zone;
}

/* window.parse(text[, zone]) -> integer | nil, message, code */
static int l_parse(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len), *zone = opt_zone(L, 2), *why;
    int64_t ms;

    if (window_parse(text, len, zone, &ms, &why) != STATUS_OK) return push_failure(L, "invalid-date", "%s", why);
    lua_pushinteger(L, ms);
    return 1;
}

/* window.format(ms[, zone]) -> string  (raises for a zone that does not exist, and outside the years 0001 to 9999) */
static int l_format(lua_State *L)
{
    int64_t ms = luaL_checkinteger(L, 1);
    const char *zone = opt_zone(L, 2);
    char text[WINDOW_TEXT_SIZE];

    luaL_argcheck(L, zone == NULL || window_is_zone(zone), 2, "no such time zone");
    luaL_argcheck(L, window_format(ms, zone, text) == STATUS_OK, 1, "not in the years 0001 to 9999");
    lua_pushstring(L, text);
    return 1;
}

/* window.duration(text) -> integer | nil, message, code  (milliseconds) */
static int l_duration(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len), *why;
    int64_t ms;

    if (window_parse_duration(text, len, &ms, &why) != STATUS_OK) return push_failure(L, "invalid-duration", "%s", why);
    lua_pushinteger(L, ms);
    return 1;
}

/* window.state(starts, ends, now) -> "before" | "open" | "after"  (nil: no start, no end; the end is outside) */
static int l_state(lua_State *L)
{
    int64_t starts_ms = luaL_optinteger(L, 1, WINDOW_NO_START);
    int64_t ends_ms = luaL_optinteger(L, 2, WINDOW_NO_END);

    switch (window_state(starts_ms, ends_ms, luaL_checkinteger(L, 3))) {
    case WINDOW_BEFORE: lua_pushliteral(L, "before"); break;
    case WINDOW_OPEN: lua_pushliteral(L, "open"); break;
    case WINDOW_AFTER: lua_pushliteral(L, "after"); break;
    }
    return 1;
}

/* window.valid_zone(name) -> boolean  (of the IANA database) */
static int l_valid_zone(lua_State *L)
{
    size_t len;
    const char *name = luaL_checklstring(L, 1, &len);

    lua_pushboolean(L, strlen(name) == len && window_is_zone(name));
    return 1;
}

static const luaL_Reg functions[] = {
    {"parse", l_parse}, {"format", l_format},         {"duration", l_duration},
    {"state", l_state}, {"valid_zone", l_valid_zone}, {NULL, NULL},
};

int luaopen_herald_window(lua_State *L);

int luaopen_herald_window(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}

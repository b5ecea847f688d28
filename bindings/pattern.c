/*
 * herald.pattern: string.find, match, gmatch and gsub as the sandbox has them. They behave as Lua's own; what matching
 * costs counts as instructions of the running budget, and no text and pattern make a call that does not end.
 */
#include "runtime/pattern.h"

#include <string.h>

#include "bindings/bindings.h"
#include "bindings/budget.h"
#include "runtime/status.h"

#define PATTERN "herald.pattern"
#define MOST_STEPS INT64_C(1000000000)
#define MOST_CACHED 256

static const char CACHE_KEY, COUNT_KEY;

struct pattern_box {
    struct pattern *pattern;
};

/* A text that is searched, and what is left of the steps that this call may take. */
struct search {
    const char *text;
    size_t len;
    const struct pattern *pattern;
    int64_t steps, allowed;
};

static int l_collect(lua_State *L)
{
    struct pattern_box *box = luaL_checkudata(L, 1, PATTERN);

    pattern_free(box->pattern);
    box->pattern = NULL;
    return 0;
}

/* Pushes the table of compiled patterns; starts a new one when there are many. */
static void push_cache(lua_State *L)
{
    lua_Integer count;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &COUNT_KEY);
    count = lua_tointeger(L, -1) + 1;
    lua_pop(L, 1);
    if (count == 1 || count > MOST_CACHED) {
        lua_newtable(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &CACHE_KEY);
        count = 1;
    }
    lua_pushinteger(L, count);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &COUNT_KEY);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &CACHE_KEY);
}

static struct pattern *push_compiled(lua_State *L, int index, bool is_anchorable)
{
    size_t len;
    const char *text = luaL_checklstring(L, index, &len), *error;
    struct pattern_box *box = lua_newuserdatauv(L, sizeof(*box), 0);

    box->pattern = NULL;
    luaL_setmetatable(L, PATTERN);
    if (pattern_compile(text, len, is_anchorable, &box->pattern, &error) != STATUS_OK) luaL_error(L, "%s", error);
    return box->pattern;
}

/* Pushes the compiled pattern at index, which keeps it alive. */
static struct pattern *push_pattern(lua_State *L, int index)
{
    struct pattern_box *box;

    luaL_checkstring(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &CACHE_KEY);
    if (lua_istable(L, -1)) {
        lua_pushvalue(L, index);
        lua_rawget(L, -2);
        lua_remove(L, -2);
        box = lua_touserdata(L, -1);
        if (box != NULL) return box->pattern;
    }
    lua_pop(L, 1);
    push_compiled(L, index, true);
    push_cache(L);
    lua_pushvalue(L, index);
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    return ((struct pattern_box *)lua_touserdata(L, -1))->pattern;
}

static void search_begin(lua_State *L, struct search *search, int index, const struct pattern *pattern)
{
    search->text = luaL_checklstring(L, index, &search->len);
    search->pattern = pattern;
    search->allowed = budget_instructions_left(L);
    if (search->allowed > MOST_STEPS) search->allowed = MOST_STEPS;
    search->steps = search->allowed;
}

/* Counts what was used; raises when it was too much. */
static void search_end(lua_State *L, struct search *search)
{
    budget_charge(L, search->allowed - search->steps);
    if (search->steps < 0) luaL_error(L, "the pattern takes too long on this text");
    search->allowed = search->steps;
}

/* The first match at or behind offset; false when there is none. */
static bool search_from(lua_State *L, struct search *search, size_t *offset, struct pattern_match *match)
{
    int status;

    for (;; ++*offset) {
        status = pattern_match_at(search->pattern, search->text, search->len, *offset, &search->steps, match);
        if (status != STATUS_NOT_FOUND || pattern_is_anchored(search->pattern) || *offset >= search->len) break;
    }
    search_end(L, search);
    return status == STATUS_OK;
}

static void push_capture(lua_State *L, const struct search *search, const struct pattern_capture *capture)
{
    if (capture->len == PATTERN_POSITION) {
        lua_pushinteger(L, (lua_Integer)(capture->start - search->text) + 1);
    } else {
        lua_pushlstring(L, capture->start, capture->len);
    }
}

/* Pushes the captures; with none, the whole match when is_whole. Returns their number. */
static int push_captures(lua_State *L, const struct search *search, const struct pattern_match *match, size_t offset,
                         bool is_whole)
{
    luaL_checkstack(L, PATTERN_MOST_CAPTURES + 1, "too many captures");
    if (match->capture_count == 0 && is_whole) {
        lua_pushlstring(L, search->text + offset, (size_t)(match->end - search->text) - offset);
        return 1;
    }
    for (size_t i = 0; i < match->capture_count; i++)
        push_capture(L, search, &match->captures[i]);
    return (int)match->capture_count;
}

/* Where to begin, counted from zero; false when that is behind the text's end. */
static bool start_of(lua_State *L, int index, size_t len, size_t *out)
{
    lua_Integer at = luaL_optinteger(L, index, 1);

    if (at < 0) at = (lua_Unsigned)-at > len ? 1 : (lua_Integer)len + at + 1;
    if (at == 0) at = 1;
    if ((size_t)at > len + 1) return false;
    *out = (size_t)at - 1;
    return true;
}

static int find_plain(lua_State *L, size_t start)
{
    size_t len, sought_len;
    const char *text = lua_tolstring(L, 1, &len), *sought = luaL_checklstring(L, 2, &sought_len);
    const char *found = memmem(text + start, len - start, sought, sought_len);

    budget_charge(L, (int64_t)(len / 16));
    if (found == NULL) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, (lua_Integer)(found - text) + 1);
    lua_pushinteger(L, (lua_Integer)(found - text) + (lua_Integer)sought_len);
    return 2;
}

static int find_or_match(lua_State *L, bool is_find)
{
    struct search search;
    struct pattern_match match;
    size_t start, len;

    luaL_checklstring(L, 1, &len);
    luaL_checkstring(L, 2);
    if (!start_of(L, 3, len, &start)) {
        lua_pushnil(L);
        return 1;
    }
    if (is_find && lua_toboolean(L, 4)) return find_plain(L, start);
    search_begin(L, &search, 1, push_pattern(L, 2));
    if (!search_from(L, &search, &start, &match)) {
        lua_pushnil(L);
        return 1;
    }
    if (!is_find) return push_captures(L, &search, &match, start, true);
    lua_pushinteger(L, (lua_Integer)start + 1);
    lua_pushinteger(L, (lua_Integer)(match.end - search.text));
    return 2 + push_captures(L, &search, &match, start, false);
}

/* pattern.find(text, pattern[, start[, plain]]) -> first, last, captures... | nil */
static int l_find(lua_State *L)
{
    return find_or_match(L, true);
}

/* pattern.match(text, pattern[, start]) -> captures... | nil */
static int l_match(lua_State *L)
{
    return find_or_match(L, false);
}

/* Upvalues: the text, the pattern, where to go on, where the last match ended (-1: none). */
static int next_match(lua_State *L)
{
    struct pattern_box *box = lua_touserdata(L, lua_upvalueindex(2));
    size_t offset = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    struct search search;
    struct pattern_match match;

    search_begin(L, &search, lua_upvalueindex(1), box->pattern);
    while (offset <= search.len && search_from(L, &search, &offset, &match)) {
        if (match.end - search.text == last) {
            offset++;
            continue;
        }
        lua_pushinteger(L, (lua_Integer)(match.end - search.text));
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(L, &search, &match, offset, true);
    }
    return 0;
}

/* pattern.gmatch(text, pattern[, start]) -> function() -> captures... */
static int l_gmatch(lua_State *L)
{
    size_t len, start;

    luaL_checklstring(L, 1, &len);
    luaL_checkstring(L, 2);
    if (!start_of(L, 3, len, &start)) start = len + 1;
    lua_pushvalue(L, 1);
    push_compiled(L, 2, false);
    lua_pushinteger(L, (lua_Integer)start);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

/* Adds a replacement text, in which %0 to %9 stand for captures. */
static void add_text(lua_State *L, luaL_Buffer *out, const struct search *search, const struct pattern_match *match,
                     size_t offset)
{
    size_t len;
    const char *text = lua_tolstring(L, 3, &len), *end = text + len;

    for (const char *percent; (percent = memchr(text, '%', (size_t)(end - text))) != NULL; text = percent + 2) {
        char mark = percent + 1 < end ? percent[1] : 0;
        size_t index = (size_t)(mark - '1');

        luaL_addlstring(out, text, (size_t)(percent - text));
        if (mark == '%') {
            luaL_addchar(out, '%');
        } else if (mark == '0' || (mark == '1' && match->capture_count == 0)) {
            luaL_addlstring(out, search->text + offset, (size_t)(match->end - search->text) - offset);
        } else if (mark >= '1' && mark <= '9' && index < match->capture_count) {
            push_capture(L, search, &match->captures[index]);
            luaL_addvalue(out);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
    luaL_addlstring(out, text, (size_t)(end - text));
}

/* Adds what the table or function gives for a match; nil and false keep the text as it is. */
static void add_value(lua_State *L, luaL_Buffer *out, const struct search *search, const struct pattern_match *match,
                      size_t offset)
{
    int count;

    if (lua_type(L, 3) == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        count = push_captures(L, search, match, offset, true);
        lua_call(L, count, 1);
    } else {
        count = push_captures(L, search, match, offset, true);
        lua_pop(L, count - 1);
        lua_gettable(L, 3);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, search->text + offset, (size_t)(match->end - search->text) - offset);
    } else if (!lua_isstring(L, -1)) {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    } else {
        luaL_addvalue(out);
    }
}

/* pattern.gsub(text, pattern, replacement[, most]) -> text, count */
static int l_gsub(lua_State *L)
{
    struct search search;
    struct pattern_match match;
    luaL_Buffer out;
    size_t offset = 0, last = SIZE_MAX;
    lua_Integer most, count = 0;
    int kind = lua_type(L, 3), status;

    luaL_checkstring(L, 1);
    luaL_argexpected(L, kind == LUA_TSTRING || kind == LUA_TNUMBER || kind == LUA_TTABLE || kind == LUA_TFUNCTION, 3,
                     "string/function/table");
    if (kind == LUA_TNUMBER) lua_tostring(L, 3);
    most = luaL_optinteger(L, 4, LUA_MAXINTEGER);
    search_begin(L, &search, 1, push_pattern(L, 2));
    luaL_buffinit(L, &out);
    while (count < most) {
        status = pattern_match_at(search.pattern, search.text, search.len, offset, &search.steps, &match);
        if (status == STATUS_LIMIT) search_end(L, &search);
        if (status == STATUS_OK && (size_t)(match.end - search.text) != last) {
            count++;
            if (kind == LUA_TTABLE || kind == LUA_TFUNCTION) {
                add_value(L, &out, &search, &match, offset);
            } else {
                add_text(L, &out, &search, &match, offset);
            }
            offset = last = (size_t)(match.end - search.text);
        } else if (offset < search.len) {
            luaL_addchar(&out, search.text[offset++]);
        } else {
            break;
        }
        if (pattern_is_anchored(search.pattern)) break;
    }
    search_end(L, &search);
    luaL_addlstring(&out, search.text + offset, search.len - offset);
    luaL_pushresult(&out);
    lua_pushinteger(L, count);
    return 2;
}

static const luaL_Reg functions[] = {
    {"find", l_find}, {"match", l_match}, {"gmatch", l_gmatch}, {"gsub", l_gsub}, {NULL, NULL}};

int luaopen_herald_pattern(lua_State *L);

int luaopen_herald_pattern(lua_State *L)
{
    if (luaL_newmetatable(L, PATTERN)) {
        lua_pushcfunction(L, l_collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    return 1;
}

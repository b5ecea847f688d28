/* herald.template: the template language, compiled once and rendered over documents. */
#include "runtime/template.h"

#include <stdio.h>
#include <string.h>

#include "bindings/bindings.h"
#include "bindings/payload.h"
#include "bindings/template_call.h"
#include "runtime/buffer.h"
#include "runtime/clock.h"
#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/utf8.h"

#define TEMPLATE "herald.template"
#define FAILURE_SIZE 128

/* Its user values: what it is called in messages, and its helpers. */
struct template_box {
    struct template *template;
    struct template_limits limits;
};

enum { VALUE_NAME = 1, VALUE_HELPERS = 2, VALUE_COUNT = 2 };

static struct template_box *check_template(lua_State *L)
{
    struct template_box *box = luaL_checkudata(L, 1, TEMPLATE);

    luaL_argcheck(L, box->template != NULL, 1, "the template is closed");
    return box;
}

static enum template_mode read_mode(lua_State *L)
{
    static const char *const names[] = {"html", "text", "header", "url", "json"};
    const char *mode = option_string(L, 2, "mode", "html");

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(mode, names[i]) == 0) return (enum template_mode)i;
    }
    luaL_error(L, "option 'mode': expected html, text, header, url or json, got '%s'", mode);
    return TEMPLATE_HTML;
}

/* limits = {output_size=, depth=, turns=, time_ms=} */
static void read_limits(lua_State *L, struct template_limits *limits)
{
    static const char *const names[] = {"output_size", "depth", "turns", "time_ms", NULL};
    int index;

    *limits = (struct template_limits)TEMPLATE_LIMITS_DEFAULT;
    lua_getfield(L, 2, "limits");
    index = lua_gettop(L);
    if (!lua_isnil(L, index)) {
        options_check(L, index, names);
        limits->output_size = (size_t)option_integer(L, index, "output_size", (int64_t)limits->output_size, 1, 1 << 30);
        limits->depth = (unsigned)option_integer(L, index, "depth", limits->depth, 1, 200);
        limits->turns = (uint64_t)option_integer(L, index, "turns", (int64_t)limits->turns, 0, INT64_MAX);
        limits->time_ms = (unsigned)option_integer(L, index, "time_ms", limits->time_ms, 0, 3600000);
    }
    lua_settop(L, index - 1);
}

/* Pushes the option, which is nil or of one of the types; returns its index. */
static int push_option(lua_State *L, int options, const char *name, int type, int other_type, const char *expected)
{
    lua_getfield(L, options, name);
    if (!lua_isnil(L, -1) && lua_type(L, -1) != type && lua_type(L, -1) != other_type) {
        luaL_error(L, "option '%s': expected %s, got %s", name, expected, luaL_typename(L, -1));
    }
    return lua_gettop(L);
}

static int push_compile_failure(lua_State *L, const struct template_error *error)
{
    lua_pushnil(L);
    lua_pushfstring(L, "%s:%d:%d: %s", error->name, (int)error->line, (int)error->column, error->message);
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, error->line);
    lua_setfield(L, -2, "line");
    lua_pushinteger(L, error->column);
    lua_setfield(L, -2, "column");
    lua_pushstring(L, error->name);
    lua_setfield(L, -2, "name");
    return 3;
}

static struct template_box *push_box(lua_State *L, const char *name, int helpers)
{
    struct template_box *box = lua_newuserdatauv(L, sizeof(*box), VALUE_COUNT);

    box->template = NULL;
    luaL_setmetatable(L, TEMPLATE);
    lua_pushstring(L, name);
    lua_setiuservalue(L, -2, VALUE_NAME);
    lua_pushvalue(L, helpers);
    lua_setiuservalue(L, -2, VALUE_HELPERS);
    return box;
}

/*
 * template.compile(source, {mode="html"|"text"|"header"|"url"|"json", name=, fragments=, helpers=, limits=})
 *     -> Template | nil, message, {line=, column=, name=}
 */
static int l_compile(lua_State *L)
{
    static const char *const names[] = {"mode", "name", "fragments", "helpers", "limits", NULL};
    struct template_lua lua = {.L = L};
    struct template_helpers helpers = {.has = template_lua_has_helper, .arg = &lua};
    struct template_source source = {.fragment = template_lua_fragment,
                                     .fragment_name = template_lua_fragment_name,
                                     .fragment_arg = &lua,
                                     .helpers = &helpers};
    struct template_error error;
    struct template_box *box;
    int status;

    source.text = luaL_checklstring(L, 1, &source.len);
    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    options_check(L, 2, names);
    source.mode = read_mode(L);
    source.name = option_string(L, 2, "name", "template");
    lua.fragments = push_option(L, 2, "fragments", LUA_TTABLE, LUA_TFUNCTION, "a table or a function");
    lua.helpers = push_option(L, 2, "helpers", LUA_TTABLE, LUA_TTABLE, "a table");
    lua_newtable(L);
    lua.kept = lua_gettop(L);
    box = push_box(L, source.name, lua.helpers);
    read_limits(L, &box->limits);
    status = template_compile(&source, &box->template, &error);
    if (lua.has_failed) {
        lua_rawgeti(L, lua.kept, 1);
        return lua_error(L);
    }
    return status == STATUS_OK ? 1 : push_compile_failure(L, &error);
}

/* The JSON text at index as a document on top; NULL, pushing nothing, with a sentence in failure. */
static const struct payload *parse_root(lua_State *L, int index, char *failure, size_t failure_size)
{
    size_t len;
    const char *text = lua_tolstring(L, index, &len);

    if (utf8_is_valid(text, len)) return push_document(L, index, failure, failure_size);
    snprintf(failure, failure_size, "is not valid UTF-8");
    return NULL;
}

/* (value) -> its JSON text */
static int l_encode_root(lua_State *L)
{
    struct buffer *text = push_buffer(L);

    payload_encode(L, 1, text);
    lua_pushlstring(L, text->bytes, text->len);
    buffer_free(text);
    return 1;
}

/* Adds the root on top, whose name is below it, as JSON. */
static void add_root(lua_State *L, struct buffer *out)
{
    int value = lua_gettop(L);
    const char *what = lua_pushfstring(L, "render: the root '%s'", lua_tostring(L, value - 1));
    const struct payload *payload = test_document(L, value);
    const char *text;
    size_t len;

    if (payload != NULL) {
        text = payload_raw(payload, 1, &len);
    } else if (lua_type(L, value) == LUA_TSTRING) {
        text = lua_tolstring(L, value, &len);
    } else {
        lua_pushcfunction(L, l_encode_root);
        lua_pushvalue(L, value);
        if (lua_pcall(L, 1, 1, 0) != LUA_OK) luaL_error(L, "%s: %s", what, lua_tostring(L, -1));
        text = lua_tolstring(L, -1, &len);
    }
    buffer_add(out, text, len);
    lua_settop(L, value);
}

/* The roots at index 2 make no document: says which of them is no JSON. */
static int fail_roots(lua_State *L, const char *failure)
{
    char own_failure[FAILURE_SIZE];
    int key;

    lua_pushnil(L);
    key = lua_gettop(L);
    while (lua_next(L, 2) != 0) {
        if (lua_type(L, -1) == LUA_TSTRING && parse_root(L, -1, own_failure, sizeof(own_failure)) == NULL)
            return luaL_error(L, "render: the root '%s': %s", lua_tostring(L, key), own_failure);
        lua_settop(L, key);
    }
    return luaL_error(L, "render: the roots: %s", failure);
}

static const struct payload *push_root_table(lua_State *L)
{
    struct buffer *text = push_buffer(L);
    const struct payload *payload;
    char failure[FAILURE_SIZE];
    bool is_first = true;

    buffer_add_char(text, '{');
    lua_pushnil(L);
    while (lua_next(L, 2) != 0) {
        size_t len;
        const char *key;

        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "render: roots have names, and one here is a %s", luaL_typename(L, -2));
        key = lua_tolstring(L, -2, &len);
        if (!is_first) buffer_add_char(text, ',');
        is_first = false;
        payload_quote(key, len, text);
        buffer_add_char(text, ':');
        add_root(L, text);
        lua_pop(L, 1);
    }
    buffer_add_char(text, '}');
    lua_pushlstring(L, text->bytes, text->len);
    buffer_free(text);
    payload = parse_root(L, lua_gettop(L), failure, sizeof(failure));
    if (payload == NULL) fail_roots(L, failure);
    return payload;
}

/* The roots at index 2 as a document: one already, JSON text, or a table of root -> document, JSON text or table. */
static const struct payload *push_roots(lua_State *L)
{
    const struct payload *payload = test_document(L, 2);
    char failure[FAILURE_SIZE];

    if (payload != NULL) return payload;
    if (lua_type(L, 2) == LUA_TTABLE) return push_root_table(L);
    if (lua_type(L, 2) == LUA_TSTRING) {
        payload = parse_root(L, 2, failure, sizeof(failure));
        if (payload == NULL) luaL_error(L, "render: the roots: %s", failure);
        return payload;
    }
    luaL_error(L, "render: expected a document, a JSON text or a table as the roots, got %s", luaL_typename(L, 2));
    return NULL;
}

/* A rendering's random source: the same for the same message. */
static uint64_t seed_of(const struct payload *payload)
{
    uint64_t seed = 14695981039346656037u;
    uint32_t message = payload_find(payload, 1, "message", 7),
             id = message != 0 ? payload_find(payload, message, "id", 2) : 0;
    size_t len;
    const char *text;

    if (id == 0) return seed;
    text = payload_raw(payload, id, &len);
    for (size_t i = 0; i < len; i++)
        seed = (seed ^ (unsigned char)text[i]) * 1099511628211u;
    return seed;
}

static void read_render_options(lua_State *L, struct template_input *input)
{
    static const char *const names[] = {"now", "strict", "locale", "seed", "log", NULL};

    options_check(L, 3, names);
    input->now_ms = option_integer(L, 3, "now", INT64_MIN, INT64_MIN, INT64_MAX);
    if (input->now_ms == INT64_MIN) input->now_ms = clock_now_ms(host_clock(host_of(L)));
    input->is_strict = option_boolean(L, 3, "strict", false);
    input->locale = option_string(L, 3, "locale", NULL);
    input->random_seed = (uint64_t)option_integer(L, 3, "seed", (int64_t)input->random_seed, INT64_MIN, INT64_MAX);
}

/*
 * Template:render(roots, {now=, strict=, locale=, seed=, log=}) -> text | nil, message, code
 * roots: a document, its JSON text, or a table of root -> document, JSON text or table.
 */
static int l_render(lua_State *L)
{
    const struct template_box *box = check_template(L);
    struct template_lua lua = {.L = L};
    struct template_helpers helpers = {.has = template_lua_has_helper, .call = template_lua_call_helper, .arg = &lua};
    struct template_input input = {
        .limits = &box->limits, .helpers = &helpers, .log = template_lua_log, .log_arg = &lua};
    struct template_error error;
    struct buffer *out;
    int status;

    lua_settop(L, 3);
    if (lua_isnil(L, 3)) {
        lua_newtable(L);
        lua_replace(L, 3);
    }
    input.data = push_roots(L);
    input.random_seed = seed_of(input.data);
    read_render_options(L, &input);
    lua.log = push_option(L, 3, "log", LUA_TFUNCTION, LUA_TFUNCTION, "a function");
    lua_getiuservalue(L, 1, VALUE_HELPERS);
    lua.helpers = lua_gettop(L);
    lua_newtable(L);
    lua.kept = lua_gettop(L);
    out = push_buffer(L);
    status = template_render(box->template, &input, out, &error);
    if (status == STATUS_OK) {
        lua_pushlstring(L, out->bytes != NULL ? out->bytes : "", out->len);
        buffer_free(out);
        return 1;
    }
    buffer_free(out);
    return push_failure(L, status == STATUS_LIMIT ? "too-large" : "render-error", "%s:%d:%d: %s", error.name,
                        (int)error.line, (int)error.column, error.message);
}

/* Whose table of names is on top of the stack. */
struct name_list {
    lua_State *L;
    const struct template *template;
    struct template_cursor cursor;
};

static void push_place(lua_State *L, const struct template_error *place)
{
    lua_createtable(L, 0, 3);
    lua_pushstring(L, place->name);
    lua_setfield(L, -2, "name");
    lua_pushinteger(L, place->line);
    lua_setfield(L, -2, "line");
    lua_pushinteger(L, place->column);
    lua_setfield(L, -2, "column");
}

static void add_place(void *arg, const struct template_name *name)
{
    struct name_list *list = arg;
    lua_State *L = list->L;
    struct template_error place;

    if (lua_getfield(L, -1, name->path) == LUA_TNIL) {
        template_name_place(list->template, name, &list->cursor, &place);
        push_place(L, &place);
        lua_setfield(L, -3, name->path);
    }
    lua_pop(L, 1);
}

/* Template:places() -> table of each path that is read from the root -> {name=, line=, column=}, where it comes first */
static int l_places(lua_State *L)
{
    struct name_list list = {.L = L, .template = check_template(L)->template};

    lua_newtable(L);
    template_names(list.template, add_place, &list);
    return 1;
}

static void add_name(void *arg, const struct template_name *name)
{
    lua_State *L = arg;

    lua_pushboolean(L, 1);
    lua_setfield(L, -2, name->path);
}

/* Template:names() -> sorted array of the paths that are read from the root */
static int l_names(lua_State *L)
{
    lua_Integer count = 0;

    lua_newtable(L);
    template_names(check_template(L)->template, add_name, L);
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, -3) != 0) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, ++count);
    }
    lua_getglobal(L, "table");
    lua_getfield(L, -1, "sort");
    lua_pushvalue(L, -3);
    lua_call(L, 1, 0);
    lua_pop(L, 1);
    return 1;
}

static void append_warning(void *arg, const struct template_error *warning)
{
    lua_State *L = arg;

    lua_createtable(L, 0, 4);
    lua_pushstring(L, warning->message);
    lua_setfield(L, -2, "message");
    lua_pushstring(L, warning->name);
    lua_setfield(L, -2, "name");
    lua_pushinteger(L, warning->line);
    lua_setfield(L, -2, "line");
    lua_pushinteger(L, warning->column);
    lua_setfield(L, -2, "column");
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* Template:warnings() -> array of {message=, name=, line=, column=} */
static int l_warnings(lua_State *L)
{
    const struct template_box *box = check_template(L);

    lua_newtable(L);
    template_warnings(box->template, append_warning, L);
    return 1;
}

static void append_name(void *arg, const char *name)
{
    lua_State *L = arg;

    lua_pushstring(L, name);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* template.functions() -> sorted array of the names of the language's functions */
static int l_functions(lua_State *L)
{
    lua_newtable(L);
    template_functions(append_name, L);
    return 1;
}

static int l_collect(lua_State *L)
{
    struct template_box *box = luaL_checkudata(L, 1, TEMPLATE);

    template_free(box->template);
    box->template = NULL;
    return 0;
}

static const luaL_Reg methods[] = {{"render", l_render}, {"names", l_names}, {"places", l_places}, {"warnings", l_warnings}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"compile", l_compile}, {"functions", l_functions}, {NULL, NULL}};

int luaopen_herald_template(lua_State *L);

int luaopen_herald_template(lua_State *L)
{
    /* Roots are parsed by it. */
    lua_getglobal(L, "require");
    lua_pushliteral(L, "herald.payload");
    lua_call(L, 1, 0);
    if (luaL_newmetatable(L, TEMPLATE)) {
        luaL_newlib(L, methods);
        lua_setfield(L, -2, "__index");
        lua_pushcfunction(L, l_collect);
        lua_setfield(L, -2, "__gc");
    }
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    return 1;
}

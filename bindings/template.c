/* herald.template: the template language, compiled once and rendered over documents. */
#include "runtime/template.h"

#include <string.h>

#include "bindings/bindings.h"
#include "bindings/payload.h"
#include "runtime/buffer.h"
#include "runtime/payload.h"
#include "runtime/status.h"

#define TEMPLATE "herald.template"

struct template_box {
    struct template *template;
};

static struct template *check_template(lua_State *L)
{
    return ((struct template_box *)luaL_checkudata(L, 1, TEMPLATE))->template;
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

static void push_place(lua_State *L, const struct template_error *error, const char *name)
{
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, error->line);
    lua_setfield(L, -2, "line");
    lua_pushinteger(L, error->column);
    lua_setfield(L, -2, "column");
    lua_pushstring(L, name);
    lua_setfield(L, -2, "name");
}

/*
 * template.compile(source, {mode="html"|"text"|"header"|"url"|"json", name=, fragments=, helpers=})
 *     -> Template | nil, message, {line=, column=, name=}
 */
static int l_compile(lua_State *L)
{
    static const char *const names[] = {"mode", "name", "fragments", "helpers", NULL};
    size_t len;
    const char *source = luaL_checklstring(L, 1, &len), *name;
    enum template_mode mode;
    struct template_box *box;
    struct template_error error;

    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    options_check(L, 2, names);
    mode = read_mode(L);
    name = option_string(L, 2, "name", "template");
    box = lua_newuserdatauv(L, sizeof(*box), 1);
    box->template = NULL;
    luaL_setmetatable(L, TEMPLATE);
    lua_pushstring(L, name);
    lua_setiuservalue(L, -2, 1);
    if (template_compile(source, len, mode, &box->template, &error) == STATUS_OK) return 1;
    lua_pushnil(L);
    lua_pushfstring(L, "%s:%d:%d: %s", name, (int)error.line, (int)error.column, error.message);
    push_place(L, &error, name);
    return 3;
}

/* The roots at index 2 as a document: one already, JSON text, or a table of root -> document, JSON text or table. */
static const struct payload *push_roots(lua_State *L)
{
    const struct payload *payload = test_document(L, 2);
    struct buffer *text;
    bool is_first = true;

    if (payload != NULL) return payload;
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, "herald.payload");
    if (lua_isnil(L, -1)) luaL_error(L, "require herald.payload first");
    lua_getfield(L, -1, "parse");
    if (lua_type(L, 2) == LUA_TSTRING) {
        lua_pushvalue(L, 2);
    } else {
        luaL_checktype(L, 2, LUA_TTABLE);
        text = push_buffer(L);
        buffer_add_char(text, '{');
        lua_pushnil(L);
        while (lua_next(L, 2) != 0) {
            size_t len;
            const char *key = luaL_checklstring(L, -2, &len);

            if (!is_first) buffer_add_char(text, ',');
            is_first = false;
            payload_quote(key, len, text);
            buffer_add_char(text, ':');
            if (lua_type(L, -1) == LUA_TSTRING) {
                const char *value = lua_tolstring(L, -1, &len);

                buffer_add(text, value, len);
            } else if ((payload = test_document(L, -1)) != NULL) {
                const char *value = payload_raw(payload, 1, &len);

                buffer_add(text, value, len);
            } else {
                payload_encode(L, -1, text);
            }
            lua_pop(L, 1);
        }
        buffer_add_char(text, '}');
        lua_pushlstring(L, text->bytes, text->len);
        lua_remove(L, -2);
    }
    lua_call(L, 1, 2);
    if (lua_isnil(L, -2)) luaL_error(L, "roots: %s", lua_tostring(L, -1));
    lua_pop(L, 1);
    return test_document(L, -1);
}

/*
 * Template:render(roots, {now=, strict=, zone=, locale=}) -> text | nil, message, code
 * roots: a document, its JSON text, or a table of root -> document, JSON text or table.
 */
static int l_render(lua_State *L)
{
    static const char *const names[] = {"now", "strict", "zone", "locale", NULL};
    static const struct template_limits limits = TEMPLATE_LIMITS_DEFAULT;
    const struct template *template = check_template(L);
    const struct payload *payload;
    struct template_error error;
    struct buffer *out;
    bool is_strict = false;
    int status;

    lua_settop(L, 3);
    if (!lua_isnil(L, 3)) {
        options_check(L, 3, names);
        is_strict = option_boolean(L, 3, "strict", false);
    }
    payload = push_roots(L);
    out = push_buffer(L);
    status = template_render(template, payload, is_strict, &limits, out, &error);
    if (status == STATUS_OK) {
        lua_pushlstring(L, out->bytes != NULL ? out->bytes : "", out->len);
        buffer_free(out);
        return 1;
    }
    buffer_free(out);
    lua_getiuservalue(L, 1, 1);
    return push_failure(L, status == STATUS_LIMIT ? "too-large" : "render-error", "%s:%d:%d: %s", lua_tostring(L, -1),
                        (int)error.line, (int)error.column, error.message);
}

static void add_name(void *arg, const char *name)
{
    lua_State *L = arg;

    lua_pushboolean(L, 1);
    lua_setfield(L, -2, name);
}

/* Template:names() -> sorted array of the paths that are read from the root */
static int l_names(lua_State *L)
{
    lua_Integer count = 0;

    lua_newtable(L);
    template_names(check_template(L), add_name, L);
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

static int l_collect(lua_State *L)
{
    struct template_box *box = luaL_checkudata(L, 1, TEMPLATE);

    template_free(box->template);
    box->template = NULL;
    return 0;
}

static const luaL_Reg methods[] = {{"render", l_render}, {"names", l_names}, {NULL, NULL}};
static const luaL_Reg functions[] = {{"compile", l_compile}, {NULL, NULL}};

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

/* herald.files: folders and whole files, for the loader of a project. */
#include "runtime/files.h"

#include <string.h>

#include "bindings/bindings.h"
#include "runtime/buffer.h"
#include "runtime/status.h"

#define MOST_BYTES (INT64_C(64) << 20)

struct names {
    struct buffer text; /* "d" or "f", the name, NUL; one after the other */
};

static const char *check_path(lua_State *L, int index)
{
    size_t len;
    const char *path = luaL_checklstring(L, index, &len);

    luaL_argcheck(L, strlen(path) == len, index, "a path with a NUL in it");
    return path;
}

static void add_name(void *arg, const char *name, bool is_folder)
{
    struct names *names = arg;

    buffer_add_char(&names->text, is_folder ? 'd' : 'f');
    buffer_add(&names->text, name, strlen(name) + 1);
}

static int push_names(lua_State *L)
{
    const struct names *names = lua_touserdata(L, 1);
    const char *at = names->text.bytes, *end = at + names->text.len;

    lua_newtable(L);
    for (lua_Integer index = 1; at < end; index++) {
        lua_createtable(L, 0, 2);
        lua_pushstring(L, *at == 'd' ? "folder" : "file");
        lua_setfield(L, -2, "kind");
        lua_pushstring(L, at + 1);
        lua_setfield(L, -2, "name");
        lua_rawseti(L, -2, index);
        at += strlen(at) + 1;
    }
    return 1;
}

static int push_bytes(lua_State *L)
{
    const struct buffer *buffer = lua_touserdata(L, 1);

    lua_pushlstring(L, buffer->len > 0 ? buffer->bytes : "", buffer->len);
    return 1;
}

/* Runs push(arg) protected, frees the buffer, and raises again what it raised. */
static int push_and_free(lua_State *L, lua_CFunction push, void *arg, struct buffer *buffer)
{
    int status;

    lua_pushcfunction(L, push);
    lua_pushlightuserdata(L, arg);
    status = lua_pcall(L, 1, 1, 0);
    buffer_free(buffer);
    return status == LUA_OK ? 1 : lua_error(L);
}

static int push_problem(lua_State *L, int status, const char *path, struct buffer *buffer)
{
    buffer_free(buffer);
    return push_failure(L, status_name(status), "%s: %s", path, status_name(status));
}

/* files.list(folder) -> {{name, kind = "file"|"folder"}...} | nil, message, code  (in no order) */
static int l_list(lua_State *L)
{
    const char *folder = check_path(L, 1);
    struct names names = {BUFFER_EMPTY};
    int status;

    luaL_checkstack(L, 8, NULL);
    status = files_list(folder, add_name, &names);
    if (status != STATUS_OK) return push_problem(L, status, folder, &names.text);
    return push_and_free(L, push_names, &names, &names.text);
}

/* files.read(path) -> string | nil, message, code */
static int l_read(lua_State *L)
{
    const char *path = check_path(L, 1);
    struct buffer bytes = BUFFER_EMPTY;
    int status;

    luaL_checkstack(L, 8, NULL);
    status = files_read(path, MOST_BYTES, &bytes);
    if (status != STATUS_OK) return push_problem(L, status, path, &bytes);
    return push_and_free(L, push_bytes, &bytes, &bytes);
}

static const luaL_Reg functions[] = {{"list", l_list}, {"read", l_read}, {NULL, NULL}};

int luaopen_herald_files(lua_State *L);

int luaopen_herald_files(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}

/* herald.process: runs another program and waits for its end. For the command line. */
#include "runtime/process.h"

#include <string.h>

#include "bindings/bindings.h"
#include "bindings/host.h"
#include "runtime/status.h"

#define MOST_OUTPUT (INT64_C(64) << 20)

extern char **environ;

struct run {
    struct process *process;
    struct wait *wait;
};

static int push_result(lua_State *L, void *arg)
{
    const struct process_result *result = arg;

    if (L == NULL) return 0;
    lua_createtable(L, 0, 5);
    lua_pushinteger(L, result->exit_code);
    lua_setfield(L, -2, "exit");
    if (result->signal != 0) {
        lua_pushinteger(L, result->signal);
        lua_setfield(L, -2, "signal");
    }
    lua_pushboolean(L, result->is_late);
    lua_setfield(L, -2, "is_late");
    lua_pushboolean(L, result->is_cut);
    lua_setfield(L, -2, "is_cut");
    lua_pushlstring(L, result->output, result->output_len);
    lua_setfield(L, -2, "output");
    return 1;
}

static void on_done(void *arg, const struct process_result *result)
{
    struct run *run = arg;

    wait_finish(run->wait, push_result, (void *)result);
}

static void cancel_run(void *arg)
{
    struct run *run = arg;

    process_kill(run->process);
}

static const char *check_text(lua_State *L, const char *name)
{
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;

    if (text == NULL || strlen(text) != lua_rawlen(L, -1))
        luaL_error(L, "option '%s': expected strings without NUL", name);
    return text;
}

/* The strings of the array `command`, as argv; leaves the memory on the stack. */
static const char *const *check_command(lua_State *L, int index)
{
    const char **arguments;
    lua_Integer count;

    if (lua_getfield(L, index, "command") != LUA_TTABLE) luaL_error(L, "option 'command': expected a table");
    count = luaL_len(L, -1);
    if (count < 1) luaL_error(L, "option 'command': names no program");
    arguments = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof(*arguments), 0);
    for (lua_Integer i = 0; i < count; i++) {
        lua_rawgeti(L, -2, i + 1);
        arguments[i] = check_text(L, "command");
        lua_pop(L, 1); /* the table holds it */
    }
    arguments[count] = NULL;
    return arguments;
}

/* This process's environment with what `environment` says in front, whose names win; leaves the memory on the stack. */
static const char *const *check_environment(lua_State *L, int index)
{
    size_t own = 0, count = 0;
    const char **all;
    int texts;

    if (lua_getfield(L, index, "environment") == LUA_TNIL) return NULL;
    luaL_checktype(L, -1, LUA_TTABLE);
    while (environ[own] != NULL)
        own++;
    lua_newtable(L); /* holds NAME=VALUE */
    texts = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, texts - 1) != 0;) {
        const char *value = check_text(L, "environment"), *name;

        lua_pop(L, 1);
        name = check_text(L, "environment");
        lua_pushfstring(L, "%s=%s", name, value);
        lua_rawseti(L, texts, (lua_Integer)++count);
    }
    all = lua_newuserdatauv(L, (count + own + 1) * sizeof(*all), 0);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, texts, (lua_Integer)i + 1);
        all[i] = lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    for (size_t i = 0; i < own; i++) {
        lua_pushlstring(L, environ[i], strcspn(environ[i], "="));
        if (lua_rawget(L, texts - 1) == LUA_TNIL) all[count++] = environ[i];
        lua_pop(L, 1);
    }
    all[count] = NULL;
    return all;
}

/*
 * process.run({command = {program, ...}, environment = {NAME = value}, timeout_ms=, output_most=}) ->
 * {exit, signal, output, is_late, is_cut} | nil, message, code. Waits until the program has ended.
 */
static int l_run(lua_State *L)
{
    static const char *const names[] = {"command", "environment", "timeout_ms", "output_most", NULL};
    struct process_options options;
    struct run *run;
    int status;

    options_check(L, 1, names);
    options.timeout_ms = option_integer(L, 1, "timeout_ms", 0, 0, INT64_C(1) << 40);
    options.output_most = (size_t)option_integer(L, 1, "output_most", 1 << 20, 0, MOST_OUTPUT);
    options.arguments = check_command(L, 1);
    options.environment = check_environment(L, 1);
    run = lua_newuserdatauv(L, sizeof(*run), 0);
    run->wait = wait_new(L, cancel_run, run);
    status = process_start(host_loop(host_of(L)), &options, on_done, run, &run->process);
    if (status != STATUS_OK) {
        wait_abandon(run->wait);
        return push_failure(L, status_name(status), "%s cannot be started: %s", options.arguments[0],
                            status_name(status));
    }
    return wait_suspend(L, run->wait);
}

static const luaL_Reg functions[] = {{"run", l_run}, {NULL, NULL}};

int luaopen_herald_process(lua_State *L);

int luaopen_herald_process(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}

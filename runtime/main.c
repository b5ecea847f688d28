/*
 * The program: finds its scripts, makes the main Lua state and hands the command line to scripts/herald/main.lua.
 * Scripts and channels are looked for in $HERALD_SHARE, then share/herald beside the program or one folder up.
 */
#include <lauxlib.h>
#include <limits.h>
#include <lua.h>
#include <lualib.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bindings/preload.h"

static bool has_scripts(const char *share)
{
    char path[PATH_MAX + 64];

    snprintf(path, sizeof(path), "%s/scripts/herald/main.lua", share);
    return access(path, R_OK) == 0;
}

static bool find_share(const char *program, char share[PATH_MAX + 64])
{
    const char *told = getenv("HERALD_SHARE");
    const char *slash = strrchr(program, '/');
    int folder_len = slash != NULL ? (int)(slash - program) : 0;

    if (told != NULL) {
        snprintf(share, PATH_MAX + 64, "%s", told);
        return has_scripts(share);
    }
    snprintf(share, PATH_MAX + 64, "%.*s/share/herald", folder_len, program);
    if (has_scripts(share)) return true;
    snprintf(share, PATH_MAX + 64, "%.*s/../share/herald", folder_len, program);
    return has_scripts(share);
}

static int traceback(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

static void push_arguments(lua_State *L, int argc, char **argv, const char *share, const char *program)
{
    lua_createtable(L, argc, 0);
    for (int i = 1; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i);
    }
    lua_createtable(L, 0, 4);
    lua_pushstring(L, share);
    lua_setfield(L, -2, "share");
    lua_pushstring(L, program);
    lua_setfield(L, -2, "program");
    lua_pushliteral(L, HERALD_VERSION);
    lua_setfield(L, -2, "version");
    lua_pushboolean(L, isatty(STDOUT_FILENO));
    lua_setfield(L, -2, "isatty");
}

/* Returns the exit code: what the command says, or 1 when it failed inside. */
static int run(lua_State *L, int argc, char **argv, const char *share, const char *program)
{
    int exit_code;

    lua_pushcfunction(L, traceback);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "herald.main");
    if (lua_pcall(L, 1, 1, 1) != LUA_OK) goto failed;
    lua_getfield(L, -1, "run");
    push_arguments(L, argc, argv, share, program);
    if (lua_pcall(L, 2, 1, 1) != LUA_OK) goto failed;
    exit_code = (int)lua_tointeger(L, -1);
    return exit_code;

failed:
    fprintf(stderr, "herald: %s\n", lua_tostring(L, -1));
    return 1;
}

/* Workers take and give back the same memory all day: returning it to the system each time costs more than it saves. */
static void keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
}

int main(int argc, char **argv)
{
    char program[PATH_MAX] = "", share[PATH_MAX + 64];
    lua_State *L;
    int exit_code;

    /* A lost peer and a file at its limit are errors of one write, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    keep_memory();
    umask(027); /* what it writes are other people's addresses and names */
    if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0) program[0] = '\0';
    if (!find_share(program, share)) {
        fprintf(stderr,
                "herald: the scripts are not beside the program (share/herald): set HERALD_SHARE to their folder\n");
        return 1;
    }
    L = bindings_new_state(share);
    if (L == NULL) {
        fprintf(stderr, "herald: out of memory\n");
        return 1;
    }
    exit_code = run(L, argc, argv, share, program);
    bindings_close_state(L);
    return exit_code;
}

/* What a template asks Lua for: fragments while it is compiled, helpers while it renders. */
#ifndef HERALD_BINDINGS_TEMPLATE_CALL_H
#define HERALD_BINDINGS_TEMPLATE_CALL_H

#include <lua.h>

#include "runtime/template.h"

/* The stack slots that the callbacks read; they live on the stack of the call that compiles or renders. */
struct template_lua {
    lua_State *L;
    int fragments;   /* a table or a function, or nil */
    int helpers;     /* a table, or nil */
    int kept;        /* a table: what has to stay alive until the call is over */
    int log;         /* a function, or nil */
    bool has_failed; /* fragments raised; its error is kept[1] */
};

/* Callbacks for struct template_source and struct template_input; arg is a struct template_lua. Lua errors never leave
 * them. */
bool template_lua_fragment(void *arg, const char *id, size_t id_len, const char **out_text, size_t *out_len);
const char *template_lua_fragment_name(void *arg, const char *id, size_t id_len);
bool template_lua_has_helper(void *arg, const char *name, size_t len);
int template_lua_call_helper(void *arg, const char *name, size_t len, const struct template_argument *arguments,
                             size_t count, struct template_argument *out, char *message, size_t message_size);
void template_lua_log(void *arg, const char *text, size_t len);

#endif

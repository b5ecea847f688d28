/*
 * The methods of herald.store that are a list of values and an answer of rows: what they take, what they give.
 */
#ifndef HERALD_BINDINGS_STORE_REQUEST_H
#define HERALD_BINDINGS_STORE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "runtime/store_request.h"

enum store_shape {
    STORE_GIVES_TRUE,
    STORE_GIVES_ROW, /* a table; none: nil, message, "not-found" */
    STORE_GIVES_LIST,
    STORE_GIVES_INTEGER, /* nil when there is no row */
    STORE_GIVES_BOOLEAN,
    STORE_GIVES_EXECUTION,
    STORE_GIVES_STATS,
    STORE_GIVES_SAVED,
};

struct store_field;

struct store_method {
    const char *name;
    bool is_read;
    int what; /* enum store_query or enum store_operation */
    enum store_shape shape;
    const struct store_field *fields; /* ended by one without a name */
    bool has_options;                 /* the fields are keys of one table, not arguments */
    const char *missing;              /* what there is none of, for STORE_GIVES_ROW */
};

/* All of them; static. */
const struct store_method *store_methods(size_t *out_count);
const struct store_method *store_method_of(enum store_operation operation);

/*
 * The values of a call whose arguments start at index 2: checks them all (raises) and leaves the array in a userdata
 * on the stack when it is large. The texts are those of the arguments. *small has room for STORE_MOST_VALUES.
 */
#define STORE_MOST_VALUES 16
struct store_value *store_check_values(lua_State *L, const struct store_method *method, int64_t now_ms,
                                       struct store_value *small, size_t *out_count);

/* Pushes the method's results and returns their count. */
int store_push_rows(lua_State *L, const struct store_method *method, const struct store_rows *rows);

/* Why a change was not taken, as a sentence; the status is store_submit's. */
const char *store_refusal(int status);

/* The code that scripts see for a failed change. */
const char *store_code(enum store_operation operation, int status);

#endif

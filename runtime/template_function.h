/*
 * The functions of the expression language: what one is called with, and the table of all. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_FUNCTION_H
#define HERALD_TEMPLATE_FUNCTION_H

#include "runtime/template_value.h"

struct template_call {
    struct template_arena *arena;
    int64_t now_ms;        /* the engine's clock */
    const char *locale;    /* of functions that are given none, such as "en_US" */
    uint64_t random_seed;  /* of random(): the same for the same message */
    uint64_t random_count; /* calls so far in this rendering; the callee counts on */
    const struct template_value *arguments;
    size_t count;
    char message[256]; /* set by template_call_fail */
};

/* Sets message and returns STATUS_INVALID. */
int template_call_fail(struct template_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * One function. parameters: a letter each (s string, n number, b boolean, d date-time, a array, m map, * any), small
 * for one that must not be null, capital (S N B D A M) where null is allowed; behind a '?' they may be left out; a '+'
 * at the end repeats the last one. The caller has checked count and types of the arguments before call. result: a
 * letter of the same kind, * where it depends on the arguments, for the compiler's type inference.
 */
struct template_function {
    const char *name;
    const char *parameters;
    char result;
    bool is_constant; /* same arguments, same result: neither clock nor random source */
    int (*call)(struct template_call *call,
                struct template_value *out); /* STATUS_OK, or STATUS_INVALID by template_call_fail */
};

/* NULL: there is none of that name. */
const struct template_function *template_function_find(const char *name, size_t len);

/* All of them, sorted by name, for suggestions and the documentation's check. */
const struct template_function *template_function_list(size_t *out_count);

#endif

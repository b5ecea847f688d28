/*
 * A value while a template renders, typed as the expression language has it. For template_*.c alone.
 *
 * Values are small and copied; what they point to lives in the payload, the program, or the rendering's arena,
 * and is valid until the rendering ends.
 */
#ifndef HERALD_TEMPLATE_VALUE_H
#define HERALD_TEMPLATE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct payload;
struct template_value;
struct template_member;

enum template_type {
    TEMPLATE_NULL, /* null, and a name that is missing */
    TEMPLATE_BOOLEAN,
    TEMPLATE_NUMBER,
    TEMPLATE_STRING,
    TEMPLATE_DATETIME,
    TEMPLATE_ARRAY,
    TEMPLATE_MAP,
};

struct template_text {
    const char *bytes; /* UTF-8, not NUL-terminated; never NULL where the value is a string */
    size_t len;
};

/* is_integer: integer holds the value, exactly; decimal holds it always, as near as a double can.
 * text: the characters of the payload or template that it was written with; NULL for one that was computed. */
struct template_number {
    struct template_text text;
    double decimal;
    int64_t integer;
    bool is_integer;
};

/* An instant and how it is shown: in zone (an IANA name in the arena or static) where that is not NULL, else at
 * offset_s from UTC. is_local: it came without zone or offset (a date-time only); ms then counts its fields as UTC. */
struct template_datetime {
    int64_t ms; /* since 1970-01-01T00:00:00Z */
    const char *zone;
    int32_t offset_s;
    bool is_local;
};

/* Either a node of a payload (payload not NULL), or items made by the template. */
struct template_array {
    const struct payload *payload;
    uint32_t node;
    const struct template_value *items;
    size_t count;
};

struct template_map {
    const struct payload *payload;
    uint32_t node;
    const struct template_member *members;
    size_t count;
};

struct template_value {
    enum template_type type;
    bool is_missing; /* of TEMPLATE_NULL: the name was not there at all */
    union {
        bool boolean;
        struct template_number number;
        struct template_text text;
        struct template_datetime datetime;
        struct template_array array;
        struct template_map map;
    };
};

struct template_member {
    struct template_text key;
    struct template_value value;
};

/* Memory of one rendering, freed as a whole. */
struct template_arena;
void *template_arena_take(struct template_arena *arena, size_t size); /* aligned for any of these structs; not zeroed */

/* "string", "number", "boolean", "datetime", "array", "map" or "null", as errors name them; static. */
const char *template_type_name(enum template_type type);

/* Elements and members in turn, wherever the value lives; the walk begins zeroed and may be asked count times. */
struct template_walk {
    size_t index;
    uint32_t node; /* the one before, of a payload */
};

size_t template_array_count(const struct template_array *array);
struct template_value template_array_next(const struct template_array *array, struct template_walk *walk,
                                          struct template_arena *arena);
size_t template_map_count(const struct template_map *map);
struct template_member template_map_next(const struct template_map *map, struct template_walk *walk,
                                         struct template_arena *arena);
bool template_map_find(const struct template_map *map, struct template_text key, struct template_arena *arena,
                       struct template_value *out);

/* = of the language: same type and same content; numbers by value, date-times by instant. False once the arena's watch
 * is over. */
bool template_value_equal(const struct template_value *a, const struct template_value *b, struct template_arena *arena);

struct template_value template_null(void);
struct template_value template_boolean(bool value);
struct template_value template_integer(int64_t value);
struct template_value template_decimal(double value);                 /* an integer where it is one below 2^53 */
struct template_value template_string(const char *bytes, size_t len); /* not copied */
struct template_value template_string_copy(struct template_arena *arena, const char *bytes, size_t len);

/* The characters that a null ("") , boolean, number, string or date-time (ISO 8601) prints; of a number, those it came
 * with. STATUS_INVALID for arrays and maps. */
int template_value_text(const struct template_value *value, struct template_arena *arena, struct template_text *out);

/* A node of a payload as a value, and its decoded name; node 0 is a missing one. */
struct template_value template_value_of_node(const struct payload *payload, uint32_t node,
                                             struct template_arena *arena);
struct template_text template_key_of_node(const struct payload *payload, uint32_t node, struct template_arena *arena);

bool template_text_equal(struct template_text a, struct template_text b);
bool template_text_is(struct template_text text, const char *word);

#endif

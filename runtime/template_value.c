/* Values made by the template itself; numbers print as the shortest text that reads back as the same double. */
#include "runtime/template_value.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calendar.h"
#include "runtime/status.h"

#define EXACT_MOST 9007199254740992.0 /* 2^53 */

const char *template_type_name(enum template_type type)
{
    switch (type) {
    case TEMPLATE_NULL: return "null";
    case TEMPLATE_BOOLEAN: return "boolean";
    case TEMPLATE_NUMBER: return "number";
    case TEMPLATE_STRING: return "string";
    case TEMPLATE_DATETIME: return "datetime";
    case TEMPLATE_ARRAY: return "array";
    case TEMPLATE_MAP: return "map";
    }
    return "value";
}

size_t template_array_count(const struct template_array *array)
{
    return array->count;
}

struct template_value template_array_item(const struct template_array *array, size_t index,
                                          struct template_arena *arena)
{
    (void)arena;
    return array->items[index];
}

size_t template_map_count(const struct template_map *map)
{
    return map->count;
}

struct template_member template_map_member(const struct template_map *map, size_t index, struct template_arena *arena)
{
    (void)arena;
    return map->members[index];
}

static bool same_text(struct template_text a, struct template_text b)
{
    return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

bool template_map_find(const struct template_map *map, struct template_text key, struct template_arena *arena,
                       struct template_value *out)
{
    (void)arena;
    for (size_t i = 0; i < map->count; i++) {
        if (!same_text(map->members[i].key, key)) continue;
        *out = map->members[i].value;
        return true;
    }
    return false;
}

static bool equal_arrays(const struct template_array *a, const struct template_array *b, struct template_arena *arena)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!template_value_equal(&a->items[i], &b->items[i], arena)) return false;
    }
    return true;
}

static bool equal_maps(const struct template_map *a, const struct template_map *b, struct template_arena *arena)
{
    struct template_value other;

    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!template_map_find(b, a->members[i].key, arena, &other)) return false;
        if (!template_value_equal(&a->members[i].value, &other, arena)) return false;
    }
    return true;
}

bool template_value_equal(const struct template_value *a, const struct template_value *b, struct template_arena *arena)
{
    if (a->type != b->type) return false;
    switch (a->type) {
    case TEMPLATE_NULL: return true;
    case TEMPLATE_BOOLEAN: return a->boolean == b->boolean;
    case TEMPLATE_NUMBER:
        if (a->number.is_integer && b->number.is_integer) return a->number.integer == b->number.integer;
        return a->number.decimal == b->number.decimal;
    case TEMPLATE_STRING: return same_text(a->text, b->text);
    case TEMPLATE_DATETIME: return a->datetime.ms == b->datetime.ms;
    case TEMPLATE_ARRAY: return equal_arrays(&a->array, &b->array, arena);
    case TEMPLATE_MAP: return equal_maps(&a->map, &b->map, arena);
    }
    return false;
}

struct template_value template_null(void)
{
    return (struct template_value){.type = TEMPLATE_NULL};
}

struct template_value template_boolean(bool value)
{
    return (struct template_value){.type = TEMPLATE_BOOLEAN, .boolean = value};
}

struct template_value template_integer(int64_t value)
{
    return (struct template_value){.type = TEMPLATE_NUMBER,
                                   .number = {.decimal = (double)value, .integer = value, .is_integer = true}};
}

struct template_value template_decimal(double value)
{
    if (trunc(value) == value && fabs(value) < EXACT_MOST) return template_integer((int64_t)value);
    return (struct template_value){.type = TEMPLATE_NUMBER, .number = {.decimal = value}};
}

struct template_value template_string(const char *bytes, size_t len)
{
    return (struct template_value){.type = TEMPLATE_STRING, .text = {bytes, len}};
}

struct template_value template_string_copy(struct template_arena *arena, const char *bytes, size_t len)
{
    char *copy = template_arena_take(arena, len + 1);

    memcpy(copy, bytes, len);
    copy[len] = '\0';
    return template_string(copy, len);
}

static void print_datetime(const struct template_datetime *date, char *out, size_t size)
{
    struct calendar_fields at;
    int offset = date->offset_s / 60, sign = offset < 0 ? -1 : 1, len;

    calendar_fields_of(date->ms + (int64_t)date->offset_s * 1000, &at);
    len =
        snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d", at.year, at.month, at.day, at.hour, at.minute, at.second);
    if (at.millisecond != 0) len += snprintf(out + len, size - (size_t)len, ".%03d", at.millisecond);
    if (date->is_local) return;
    if (offset == 0) {
        snprintf(out + len, size - (size_t)len, "Z");
    } else {
        len += snprintf(out + len, size - (size_t)len, "%c%02d:%02d", sign < 0 ? '-' : '+', sign * offset / 60,
                        sign * offset % 60);
        if (date->zone != NULL) snprintf(out + len, size - (size_t)len, "[%s]", date->zone);
    }
}

int template_value_text(const struct template_value *value, struct template_arena *arena, struct template_text *out)
{
    char text[160] = "";

    switch (value->type) {
    case TEMPLATE_NULL: break;
    case TEMPLATE_BOOLEAN: snprintf(text, sizeof(text), "%s", value->boolean ? "true" : "false"); break;
    case TEMPLATE_NUMBER:
        if (value->number.text.bytes != NULL) {
            *out = value->number.text;
            return STATUS_OK;
        }
        if (value->number.is_integer) {
            snprintf(text, sizeof(text), "%" PRId64, value->number.integer);
        } else {
            snprintf(text, sizeof(text), "%.15g", value->number.decimal);
            if (strtod(text, NULL) != value->number.decimal)
                snprintf(text, sizeof(text), "%.17g", value->number.decimal);
        }
        break;
    case TEMPLATE_STRING: *out = value->text; return STATUS_OK;
    case TEMPLATE_DATETIME: print_datetime(&value->datetime, text, sizeof(text)); break;
    case TEMPLATE_ARRAY:
    case TEMPLATE_MAP: return STATUS_INVALID;
    }
    *out = template_string_copy(arena, text, strlen(text)).text;
    return STATUS_OK;
}

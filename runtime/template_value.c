/* Values: made, compared, taken apart, and as text. */
#include "runtime/template_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/template_arena.h"
#include "runtime/template_number.h"
#include "runtime/window.h"
#include "runtime/window_zone.h"

#define ZONE_SIZE 72 /* of "[America/Argentina/ComodRivadavia]", with room */

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
    return "null";
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
    struct template_value result = {.type = TEMPLATE_NUMBER, .number = {.decimal = value}};

    if (value == floor(value) && fabs(value) < 9007199254740992.0) {
        result.number.integer = (int64_t)value;
        result.number.is_integer = true;
    }
    return result;
}

struct template_value template_string(const char *bytes, size_t len)
{
    return (struct template_value){.type = TEMPLATE_STRING, .text = {bytes, len}};
}

struct template_value template_string_copy(struct template_arena *arena, const char *bytes, size_t len)
{
    struct template_text copy = template_arena_copy(arena, bytes, len);

    return template_string(copy.bytes, copy.len);
}

static struct template_text decoded_text(const struct payload *payload, uint32_t node, bool is_key,
                                         struct template_arena *arena)
{
    struct buffer decoded = BUFFER_EMPTY;
    struct template_text text;

    if (is_key) {
        payload_add_key(payload, node, &decoded);
    } else {
        payload_add_text(payload, node, &decoded);
    }
    text = template_arena_copy(arena, decoded.bytes, decoded.len);
    buffer_free(&decoded);
    return text;
}

struct template_value template_value_of_node(const struct payload *payload, uint32_t node, struct template_arena *arena)
{
    const struct payload_node *found = &payload->nodes[node];
    struct template_text text = {payload->text + found->start, found->end - found->start};

    if (node == 0) return (struct template_value){.type = TEMPLATE_NULL, .is_missing = true};
    switch ((enum payload_kind)found->kind) {
    case PAYLOAD_NULL: return template_null();
    case PAYLOAD_FALSE: return template_boolean(false);
    case PAYLOAD_TRUE: return template_boolean(true);
    case PAYLOAD_NUMBER: return (struct template_value){.type = TEMPLATE_NUMBER, .number = template_number_read(text)};
    case PAYLOAD_STRING:
        if (found->has_escapes) text = decoded_text(payload, node, false, arena);
        return template_string(text.bytes, text.len);
    case PAYLOAD_ARRAY:
        return (struct template_value){.type = TEMPLATE_ARRAY, .array = {payload, node, NULL, found->count}};
    case PAYLOAD_OBJECT:
        return (struct template_value){.type = TEMPLATE_MAP, .map = {payload, node, NULL, found->count}};
    }
    return template_null();
}

struct template_text template_key_of_node(const struct payload *payload, uint32_t node, struct template_arena *arena)
{
    const struct payload_node *found = &payload->nodes[node];

    if (found->key_has_escapes) return decoded_text(payload, node, true, arena);
    return (struct template_text){payload->text + found->key_start, found->key_end - found->key_start};
}

size_t template_array_count(const struct template_array *array)
{
    return array->payload != NULL ? array->payload->nodes[array->node].count : array->count;
}

static uint32_t next_node(const struct payload *payload, uint32_t container, struct template_walk *walk)
{
    walk->node = walk->index++ == 0 ? container + 1 : payload->nodes[walk->node].next;
    return walk->node;
}

struct template_value template_array_next(const struct template_array *array, struct template_walk *walk,
                                          struct template_arena *arena)
{
    if (array->payload == NULL) return array->items[walk->index++];
    return template_value_of_node(array->payload, next_node(array->payload, array->node, walk), arena);
}

size_t template_map_count(const struct template_map *map)
{
    return map->payload != NULL ? map->payload->nodes[map->node].count : map->count;
}

struct template_member template_map_next(const struct template_map *map, struct template_walk *walk,
                                         struct template_arena *arena)
{
    uint32_t node;

    if (map->payload == NULL) return map->members[walk->index++];
    node = next_node(map->payload, map->node, walk);
    return (struct template_member){template_key_of_node(map->payload, node, arena),
                                    template_value_of_node(map->payload, node, arena)};
}

bool template_map_find(const struct template_map *map, struct template_text key, struct template_arena *arena,
                       struct template_value *out)
{
    if (map->payload != NULL) {
        uint32_t node = payload_find(map->payload, map->node, key.bytes, key.len);

        if (node == 0) return false;
        *out = template_value_of_node(map->payload, node, arena);
        return true;
    }
    for (size_t i = map->count; i-- > 0;) {
        if (!template_text_equal(map->members[i].key, key)) continue;
        *out = map->members[i].value;
        return true;
    }
    return false;
}

bool template_text_equal(struct template_text a, struct template_text b)
{
    return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

bool template_text_is(struct template_text text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.bytes, word, text.len) == 0;
}

static bool arrays_equal(const struct template_array *a, const struct template_array *b, struct template_arena *arena)
{
    size_t count = template_array_count(a);
    struct template_walk walk = {0}, other_walk = {0};

    if (count != template_array_count(b)) return false;
    for (size_t i = 0; i < count; i++) {
        struct template_value one = template_array_next(a, &walk, arena),
                              other = template_array_next(b, &other_walk, arena);

        if (template_watch_turn(arena->watch) || !template_value_equal(&one, &other, arena)) return false;
    }
    return true;
}

static bool maps_equal(const struct template_map *a, const struct template_map *b, struct template_arena *arena)
{
    size_t count = template_map_count(a);
    struct template_walk walk = {0};

    if (count != template_map_count(b)) return false;
    for (size_t i = 0; i < count; i++) {
        struct template_member member = template_map_next(a, &walk, arena);
        struct template_value other;

        if (template_watch_turn(arena->watch) || !template_map_find(b, member.key, arena, &other)) return false;
        if (!template_value_equal(&member.value, &other, arena)) return false;
    }
    return true;
}

bool template_value_equal(const struct template_value *a, const struct template_value *b, struct template_arena *arena)
{
    if (a->type != b->type) return false;
    switch (a->type) {
    case TEMPLATE_NULL: return true;
    case TEMPLATE_BOOLEAN: return a->boolean == b->boolean;
    case TEMPLATE_NUMBER: return template_number_compare(&a->number, &b->number) == 0;
    case TEMPLATE_STRING: return template_text_equal(a->text, b->text);
    case TEMPLATE_DATETIME: return a->datetime.ms == b->datetime.ms;
    case TEMPLATE_ARRAY: return arrays_equal(&a->array, &b->array, arena);
    case TEMPLATE_MAP: return maps_equal(&a->map, &b->map, arena);
    }
    return false;
}

/* 2026-11-24T10:00:00.000+01:00 without what is zero at the end of the time. */
static void drop_zeros(char *text)
{
    char *second = text + strlen("2026-11-24T10:00"), *end = second + strlen(":00");

    if (strncmp(end, ".000", 4) == 0) memmove(end, end + 4, strlen(end + 4) + 1);
    if (strncmp(second, ":00", 3) == 0 && *end != '.') memmove(second, end, strlen(end) + 1);
}

/* "+01:00"; with seconds where there are some, as before standard time. */
static size_t write_offset(int64_t offset_s, char *out, size_t size)
{
    int seconds = (int)llabs(offset_s);
    int len = snprintf(out, size, "%c%02d:%02d", offset_s < 0 ? '-' : '+', seconds / 3600, seconds / 60 % 60);

    if (seconds % 60 != 0) len += snprintf(out + len, size - (size_t)len, ":%02d", seconds % 60);
    return (size_t)len;
}

/* As java.time writes it: 2026-11-24T10:00+01:00[Europe/Paris], with seconds and milliseconds where there are some. */
static int datetime_text(const struct template_datetime *datetime, struct template_arena *arena,
                         struct template_text *out)
{
    char text[WINDOW_TEXT_SIZE + ZONE_SIZE];
    const char *zone = datetime->is_local ? NULL : datetime->zone;
    int64_t offset_ms = datetime->is_local ? 0 : (int64_t)datetime->offset_s * 1000;
    size_t len;

    if (zone != NULL && window_zone_offset(zone, datetime->ms, &offset_ms) != STATUS_OK) return STATUS_INVALID;
    if (window_format(datetime->ms + offset_ms, NULL, text) != STATUS_OK) return STATUS_INVALID;
    drop_zeros(text);
    len = strlen(text);
    if (datetime->is_local || offset_ms != 0) len--;
    if (offset_ms != 0) len += write_offset(offset_ms / 1000, text + len, sizeof(text) - len);
    if (zone != NULL) len += (size_t)snprintf(text + len, sizeof(text) - len, "[%.*s]", ZONE_SIZE - 3, zone);
    *out = template_arena_copy(arena, text, len);
    return STATUS_OK;
}

int template_value_text(const struct template_value *value, struct template_arena *arena, struct template_text *out)
{
    switch (value->type) {
    case TEMPLATE_NULL: *out = (struct template_text){"", 0}; return STATUS_OK;
    case TEMPLATE_BOOLEAN:
        *out = value->boolean ? (struct template_text){"true", 4} : (struct template_text){"false", 5};
        return STATUS_OK;
    case TEMPLATE_NUMBER: *out = template_number_text(&value->number, arena); return STATUS_OK;
    case TEMPLATE_STRING: *out = value->text; return STATUS_OK;
    case TEMPLATE_DATETIME: return datetime_text(&value->datetime, arena, out);
    case TEMPLATE_ARRAY:
    case TEMPLATE_MAP: break;
    }
    return STATUS_INVALID;
}

/* Open addressing, at most half full. */
#include "runtime/template_value_set.h"

#include <string.h>

#include "runtime/template_arena.h"

struct slot {
    struct template_value value;
    uint64_t hash;
    bool is_used;
};

struct template_value_set {
    struct template_arena *arena;
    uint64_t seed;
    size_t mask;
    struct slot slots[];
};

struct template_value_set *template_value_set_new(struct template_arena *arena, size_t most, uint64_t seed)
{
    size_t size = 8;
    struct template_value_set *set;

    while (size < most * 2)
        size *= 2;
    set = template_arena_take(arena, sizeof(*set) + size * sizeof(struct slot));
    *set = (struct template_value_set){.arena = arena, .seed = seed, .mask = size - 1};
    memset(set->slots, 0, size * sizeof(struct slot));
    return set;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t len)
{
    uint64_t eight;

    for (; len >= sizeof(eight); bytes += sizeof(eight), len -= sizeof(eight)) {
        memcpy(&eight, bytes, sizeof(eight));
        hash = mix(hash, eight);
    }
    eight = len;
    for (size_t i = 0; i < len; i++)
        eight = eight << 8 | (unsigned char)bytes[i];
    return mix(hash, eight);
}

/* By the decimal, which equal numbers have in common, be they integers or not; 0.0 and -0.0 are equal too. */
static uint64_t hash_number(uint64_t hash, double decimal)
{
    uint64_t bits;

    if (decimal == 0) decimal = 0;
    memcpy(&bits, &decimal, sizeof(bits));
    return mix(hash, bits);
}

static uint64_t hash_of(const struct template_value *value, uint64_t seed, struct template_arena *arena);

static uint64_t hash_array(const struct template_array *array, uint64_t seed, struct template_arena *arena)
{
    size_t count = template_array_count(array);
    uint64_t hash = mix(seed, count);
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(arena->watch); i++) {
        struct template_value item = template_array_next(array, &walk, arena);

        hash = mix(hash, hash_of(&item, seed, arena));
    }
    return hash;
}

/* Summed up, because members have no order. */
static uint64_t hash_map(const struct template_map *map, uint64_t seed, struct template_arena *arena)
{
    size_t count = template_map_count(map);
    uint64_t hash = mix(seed, count);
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(arena->watch); i++) {
        struct template_member member = template_map_next(map, &walk, arena);

        hash += mix(hash_bytes(seed, member.key.bytes, member.key.len), hash_of(&member.value, seed, arena));
    }
    return hash;
}

static uint64_t hash_of(const struct template_value *value, uint64_t seed, struct template_arena *arena)
{
    uint64_t hash = mix(seed, (uint64_t)value->type);

    switch (value->type) {
    case TEMPLATE_NULL: return hash;
    case TEMPLATE_BOOLEAN: return mix(hash, value->boolean ? 1 : 0);
    case TEMPLATE_NUMBER: return hash_number(hash, value->number.decimal);
    case TEMPLATE_STRING: return hash_bytes(hash, value->text.bytes, value->text.len);
    case TEMPLATE_DATETIME: return mix(hash, (uint64_t)value->datetime.ms);
    case TEMPLATE_ARRAY: return hash_array(&value->array, hash, arena);
    case TEMPLATE_MAP: return hash_map(&value->map, hash, arena);
    }
    return hash;
}

/* The slot that has the value, or where it belongs. */
static size_t place_of(const struct template_value_set *set, const struct template_value *value, uint64_t hash)
{
    size_t at = (size_t)hash & set->mask;

    while (set->slots[at].is_used) {
        if (set->slots[at].hash == hash && template_value_equal(&set->slots[at].value, value, set->arena)) break;
        at = (at + 1) & set->mask;
    }
    return at;
}

bool template_value_set_has(const struct template_value_set *set, const struct template_value *value)
{
    return set->slots[place_of(set, value, hash_of(value, set->seed, set->arena))].is_used;
}

bool template_value_set_add(struct template_value_set *set, const struct template_value *value)
{
    uint64_t hash = hash_of(value, set->seed, set->arena);
    size_t at = place_of(set, value, hash);

    if (set->slots[at].is_used) return false;
    set->slots[at] = (struct slot){*value, hash, true};
    return true;
}

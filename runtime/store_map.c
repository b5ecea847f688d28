/* Open addressing over an array of entries in the order of insertion; keys are copied one by one. */
#include "runtime/store_map.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/crypto.h"
#include "runtime/memory.h"

#define FIRST_SLOTS 64

struct store_map {
    uint64_t seed;
    struct store_map_entry *entries;
    size_t count, room;
    uint32_t *slots; /* index into entries + 1; 0: free */
    size_t slot_count;
};

uint64_t store_map_hash(uint64_t seed, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    uint64_t hash = seed ^ (len * UINT64_C(0x9e3779b97f4a7c15)), word;

    for (; len >= 8; len -= 8, at += 8) {
        memcpy(&word, at, 8);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    word = 0;
    if (len > 0) memcpy(&word, at, len);
    hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 29;
}

struct store_map *store_map_new(void)
{
    struct store_map *map = memory_zeroed(1, sizeof(*map));

    crypto_random(&map->seed, sizeof(map->seed));
    map->slot_count = FIRST_SLOTS;
    map->slots = memory_zeroed(map->slot_count, sizeof(*map->slots));
    return map;
}

void store_map_clear(struct store_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        memory_free((char *)map->entries[i].key);
    map->count = 0;
    memset(map->slots, 0, map->slot_count * sizeof(*map->slots));
}

void store_map_free(struct store_map *map)
{
    if (map == NULL) return;
    store_map_clear(map);
    memory_free(map->entries);
    memory_free(map->slots);
    memory_free(map);
}

static uint32_t *find_slot(struct store_map *map, uint64_t hash, const void *key, size_t len)
{
    size_t mask = map->slot_count - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        const struct store_map_entry *entry;

        if (map->slots[i] == 0) return &map->slots[i];
        entry = &map->entries[map->slots[i] - 1];
        if (entry->hash == hash && entry->key_len == len && memcmp(entry->key, key, len) == 0) return &map->slots[i];
    }
}

struct store_map_entry *store_map_find(struct store_map *map, const void *key, size_t len)
{
    uint32_t slot = *find_slot(map, store_map_hash(map->seed, key, len), key, len);

    return slot != 0 ? &map->entries[slot - 1] : NULL;
}

static void grow(struct store_map *map)
{
    size_t mask = map->slot_count * 2 - 1;

    memory_free(map->slots);
    map->slot_count *= 2;
    map->slots = memory_zeroed(map->slot_count, sizeof(*map->slots));
    for (size_t index = 0; index < map->count; index++) {
        size_t i = map->entries[index].hash & mask;

        while (map->slots[i] != 0)
            i = (i + 1) & mask;
        map->slots[i] = (uint32_t)(index + 1);
    }
}

struct store_map_entry *store_map_add(struct store_map *map, const void *key, size_t len)
{
    uint64_t hash = store_map_hash(map->seed, key, len);
    uint32_t *slot = find_slot(map, hash, key, len);
    struct store_map_entry *entry;

    if (*slot != 0) return &map->entries[*slot - 1];
    if (map->count == map->room) {
        map->room = map->room == 0 ? FIRST_SLOTS / 2 : map->room * 2;
        map->entries = memory_resize(map->entries, map->room, sizeof(*map->entries));
    }
    entry = &map->entries[map->count++];
    *entry = (struct store_map_entry){hash, len, memory_copy(key, len), 0, 0};
    *slot = (uint32_t)map->count;
    if (map->count * 2 > map->slot_count) grow(map);
    return entry;
}

size_t store_map_count(const struct store_map *map)
{
    return map->count;
}

struct store_map_entry *store_map_at(struct store_map *map, size_t index)
{
    return &map->entries[index];
}

/*
 * A small hash map from bytes to two integers, for the store's writer: names to their numbers, and sums to add.
 * Belongs to one thread.
 */
#ifndef HERALD_STORE_MAP_H
#define HERALD_STORE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct store_map;

struct store_map_entry {
    uint64_t hash;
    size_t key_len;
    const char *key; /* the map's copy */
    int64_t first, second;
};

struct store_map *store_map_new(void);
void store_map_free(struct store_map *map);

/* The entry of this key, or NULL. Valid until the next store_map_add or store_map_clear. */
struct store_map_entry *store_map_find(struct store_map *map, const void *key, size_t len);

/* The same; a missing entry is made with zeros. */
struct store_map_entry *store_map_add(struct store_map *map, const void *key, size_t len);

size_t store_map_count(const struct store_map *map);

/* Entries in the order of their making; index below the count. */
struct store_map_entry *store_map_at(struct store_map *map, size_t index);

/* Forgets all entries and keeps the memory. */
void store_map_clear(struct store_map *map);

/* A 64-bit hash; different seeds give unrelated hashes. */
uint64_t store_map_hash(uint64_t seed, const void *bytes, size_t len);

#endif

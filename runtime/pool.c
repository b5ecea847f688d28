#include "runtime/pool.h"

#include <stdlib.h>
#include <string.h>

#define STEP 16
#define SMALL_MOST 512
#define PIECE_SIZE ((size_t)64 * 1024)

struct free_block {
    struct free_block *next;
};

struct piece {
    struct piece *next;
    max_align_t bytes[];
};

struct pool {
    struct free_block *free[SMALL_MOST / STEP + 1]; /* by size in steps */
    struct piece *pieces;
    char *at, *end; /* what is left of the newest piece */
};

struct pool *pool_new(void)
{
    return calloc(1, sizeof(struct pool));
}

void pool_free(struct pool *pool)
{
    if (pool == NULL) return;
    while (pool->pieces != NULL) {
        struct piece *next = pool->pieces->next;

        free(pool->pieces);
        pool->pieces = next;
    }
    free(pool);
}

static size_t steps_of(size_t size)
{
    return (size + STEP - 1) / STEP;
}

static void put_back(struct pool *pool, void *block, size_t steps)
{
    struct free_block *freed = block;

    freed->next = pool->free[steps];
    pool->free[steps] = freed;
}

static void *cut(struct pool *pool, size_t steps)
{
    size_t size = steps * STEP;
    struct piece *piece;
    void *block;

    if ((size_t)(pool->end - pool->at) < size) {
        piece = malloc(sizeof(*piece) + PIECE_SIZE);
        if (piece == NULL) return NULL;
        /* The rest of the old piece is one block more of its size. */
        if (pool->end > pool->at) put_back(pool, pool->at, (size_t)(pool->end - pool->at) / STEP);
        piece->next = pool->pieces;
        pool->pieces = piece;
        pool->at = (char *)piece->bytes;
        pool->end = pool->at + PIECE_SIZE;
    }
    block = pool->at;
    pool->at += size;
    return block;
}

static void *take(struct pool *pool, size_t size)
{
    size_t steps = steps_of(size);
    struct free_block *block;

    if (size > SMALL_MOST) return malloc(size);
    block = pool->free[steps];
    if (block == NULL) return cut(pool, steps);
    pool->free[steps] = block->next;
    return block;
}

static void give(struct pool *pool, void *block, size_t size)
{
    if (size > SMALL_MOST) {
        free(block);
    } else if (size > 0) {
        put_back(pool, block, steps_of(size));
    }
}

void *pool_resize(struct pool *pool, void *block, size_t old_size, size_t new_size)
{
    void *moved;

    if (block == NULL) return new_size == 0 ? NULL : take(pool, new_size);
    if (new_size == 0) {
        give(pool, block, old_size);
        return NULL;
    }
    if (old_size > SMALL_MOST && new_size > SMALL_MOST) return realloc(block, new_size);
    if (old_size <= SMALL_MOST && new_size <= SMALL_MOST && steps_of(old_size) == steps_of(new_size)) return block;
    moved = take(pool, new_size);
    /* A block that shrinks may stay: it is larger than its new size says, and serves as one of that size from then on.
     */
    if (moved == NULL) return new_size <= old_size ? block : NULL;
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give(pool, block, old_size);
    return moved;
}

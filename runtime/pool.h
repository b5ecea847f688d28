/*
 * Memory for many small blocks of one owner, such as a Lua state's: a list of free blocks for each size, cut from
 * larger pieces, which go back to the system together with the pool. Larger blocks are the system's. One thread at a
 * time.
 */
#ifndef HERALD_POOL_H
#define HERALD_POOL_H

#include <stddef.h>

struct pool;

/* NULL: out of memory. */
struct pool *pool_new(void);

/* Frees everything that came from the pool, but for blocks above 512 bytes. NULL is allowed. */
void pool_free(struct pool *pool);

/*
 * As realloc, for who knows a block's size: block is NULL or of old_size bytes from this pool; new_size 0 frees it.
 * NULL: out of memory, and block stays as it was; never when new_size is not larger than old_size.
 */
void *pool_resize(struct pool *pool, void *block, size_t old_size, size_t new_size);

#endif

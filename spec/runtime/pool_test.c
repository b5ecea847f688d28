#include "runtime/pool.h"

#include <stdint.h>

#include "spec/runtime/check.h"

#define BLOCKS 4000
#define TURNS 200000

/* Each block is filled with its own byte, so that two that overlap would be seen. */
static struct {
    unsigned char *bytes;
    size_t size;
} blocks[BLOCKS];

static void check_block(size_t i)
{
    for (size_t at = 0; at < blocks[i].size; at++)
        CHECK_INT(i % 251, blocks[i].bytes[at]);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void resize_block(struct pool *pool, size_t i, size_t size)
{
    size_t kept = size < blocks[i].size ? size : blocks[i].size;

    check_block(i);
    blocks[i].bytes = pool_resize(pool, blocks[i].bytes, blocks[i].size, size);
    CHECK((blocks[i].bytes != NULL) == (size > 0));
    CHECK_INT(0, (uintptr_t)blocks[i].bytes % 16);
    blocks[i].size = kept;
    check_block(i);
    blocks[i].size = size;
    if (size > 0) memset(blocks[i].bytes, (int)(i % 251), size);
}

int main(void)
{
    struct pool *pool = pool_new();
    uint32_t state = 1;

    CHECK(pool_resize(pool, NULL, 0, 0) == NULL);
    for (size_t turn = 0; turn < TURNS; turn++) {
        uint32_t random = next_random(&state);
        size_t most = random % 10 == 0 ? 3000 : 600;

        resize_block(pool, random % BLOCKS, random % 5 == 0 ? 0 : next_random(&state) % most);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        resize_block(pool, i, 0);
    /* Small blocks need not be given back one by one. */
    for (size_t i = 0; i < BLOCKS; i++)
        resize_block(pool, i, 1 + i % 512);
    pool_free(pool);
    pool_free(NULL);
    return 0;
}

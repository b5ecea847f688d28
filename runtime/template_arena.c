#include "runtime/template_arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/memory.h"

#define ALIGNMENT 16
#define FIRST_SIZE 4096
#define LARGEST_STEP ((size_t)1 << 20)

struct template_arena_chunk {
    struct template_arena_chunk *older;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
};

static void add_chunk(struct template_arena *arena, size_t least)
{
    size_t size = arena->total < FIRST_SIZE ? FIRST_SIZE : arena->total < LARGEST_STEP ? arena->total : LARGEST_STEP;
    struct template_arena_chunk *chunk;

    if (size < least) size = least;
    chunk = memory_resize(NULL, sizeof(*chunk) + size, 1);
    chunk->older = arena->chunk;
    chunk->size = size;
    arena->chunk = chunk;
    arena->used = 0;
    arena->total += size;
}

void *template_arena_take(struct template_arena *arena, size_t size)
{
    char *taken;

    if (size > SIZE_MAX / 4) abort();
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (size == 0) size = ALIGNMENT;
    if (arena->chunk == NULL || arena->chunk->size - arena->used < size) add_chunk(arena, size);
    taken = arena->chunk->bytes + arena->used;
    arena->used += size;
    return taken;
}

void *template_arena_zeroed(struct template_arena *arena, size_t count, size_t size)
{
    void *taken;

    if (size > 0 && count > SIZE_MAX / 4 / size) abort();
    taken = template_arena_take(arena, count * size);
    memset(taken, 0, count * size);
    return taken;
}

struct template_text template_arena_copy(struct template_arena *arena, const char *bytes, size_t len)
{
    char *copy = template_arena_take(arena, len + 1);

    if (len > 0) memcpy(copy, bytes, len);
    copy[len] = '\0';
    return (struct template_text){copy, len};
}

struct template_arena_mark template_arena_mark(const struct template_arena *arena)
{
    return (struct template_arena_mark){arena->chunk, arena->used};
}

void template_arena_rewind(struct template_arena *arena, struct template_arena_mark mark)
{
    while (arena->chunk != mark.chunk) {
        struct template_arena_chunk *older = arena->chunk->older;

        arena->total -= arena->chunk->size;
        memory_free(arena->chunk);
        arena->chunk = older;
    }
    arena->used = mark.used;
}

void template_arena_free(struct template_arena *arena)
{
    template_arena_rewind(arena, (struct template_arena_mark){NULL, 0});
}

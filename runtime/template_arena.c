#include "runtime/template_arena.h"

#include <stdalign.h>
#include <stddef.h>

#include "runtime/memory.h"
#include "runtime/template_value.h"

struct template_arena_chunk {
    struct template_arena_chunk *next;
    alignas(max_align_t) unsigned char bytes[];
};

void *template_arena_take(struct template_arena *arena, size_t size)
{
    struct template_arena_chunk *chunk = memory_resize(NULL, 1, sizeof(*chunk) + size);

    chunk->next = arena->chunk;
    arena->chunk = chunk;
    return chunk->bytes;
}

void template_arena_free(struct template_arena *arena)
{
    struct template_arena_chunk *next;

    for (struct template_arena_chunk *chunk = arena->chunk; chunk != NULL; chunk = next) {
        next = chunk->next;
        memory_free(chunk);
    }
    arena->chunk = NULL;
}

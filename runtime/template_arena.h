/*
 * The memory of one rendering. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_ARENA_H
#define HERALD_TEMPLATE_ARENA_H

struct template_arena_chunk;

/* A zeroed struct is an empty arena. */
struct template_arena {
    struct template_arena_chunk *chunk;
};

void template_arena_free(struct template_arena *arena);

#endif

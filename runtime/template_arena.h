/*
 * Memory that is taken piece by piece and freed as a whole: a compiled template's, or one rendering's.
 * A zeroed struct is an empty arena; nothing is allocated before the first take. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_ARENA_H
#define HERALD_TEMPLATE_ARENA_H

#include <stddef.h>

#include "runtime/template_value.h"
#include "runtime/template_watch.h"

struct template_arena_chunk;

struct template_arena {
    struct template_arena_chunk *chunk; /* the newest */
    size_t used;                        /* of it */
    size_t total;                       /* bytes held in all chunks */
    struct template_watch *watch;       /* of a rendering: the bound of its time, for loops; may be NULL */
};

/* A point to go back to: what was taken since is given up, and may be overwritten. */
struct template_arena_mark {
    struct template_arena_chunk *chunk;
    size_t used;
};

struct template_arena_mark template_arena_mark(const struct template_arena *arena);
void template_arena_rewind(struct template_arena *arena, struct template_arena_mark mark);

/* count * size bytes, zeroed. */
void *template_arena_zeroed(struct template_arena *arena, size_t count, size_t size);

/* A copy, with a NUL behind it. */
struct template_text template_arena_copy(struct template_arena *arena, const char *bytes, size_t len);

void template_arena_free(struct template_arena *arena);

#endif

/*
 * Allocation for the daemon's own structures: it either succeeds or ends the process with a message.
 */
#ifndef HERALD_MEMORY_H
#define HERALD_MEMORY_H

#include <stddef.h>

/* count * size bytes, zeroed; the product is checked for overflow. Free with memory_free. */
void *memory_zeroed(size_t count, size_t size);

/* As realloc, for count * size bytes. */
void *memory_resize(void *block, size_t count, size_t size);

/* A copy of len bytes with a NUL behind them. */
char *memory_copy(const void *bytes, size_t len);

/* A copy of a string; NULL gives NULL. */
char *memory_copy_string(const char *text);

void memory_free(void *block);

/* Overwrites a secret so that the compiler cannot leave it out. */
void memory_wipe(void *block, size_t len);

#endif

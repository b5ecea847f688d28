#include "runtime/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_abort(void *block, size_t count, size_t size)
{
    if (block == NULL) {
        fprintf(stderr, "herald: out of memory (%zu x %zu bytes)\n", count, size);
        abort();
    }
    return block;
}

void *memory_zeroed(size_t count, size_t size)
{
    if (count == 0 || size == 0) count = size = 1;
    return or_abort(calloc(count, size), count, size);
}

void *memory_resize(void *block, size_t count, size_t size)
{
    if (count == 0 || size == 0) count = size = 1;
    return or_abort(reallocarray(block, count, size), count, size);
}

char *memory_copy(const void *bytes, size_t len)
{
    char *copy = memory_zeroed(len + 1, 1);

    if (len > 0) memcpy(copy, bytes, len);
    return copy;
}

char *memory_copy_string(const char *text)
{
    return text != NULL ? memory_copy(text, strlen(text)) : NULL;
}

void memory_free(void *block)
{
    free(block);
}

void memory_wipe(void *block, size_t len)
{
    if (len > 0) explicit_bzero(block, len);
}

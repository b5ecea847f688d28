/*
 * A growing run of bytes: what renders, encodes and composes writes into.
 * Always has a NUL behind its bytes, so that buffer.bytes may be read as a string.
 */
#ifndef HERALD_BUFFER_H
#define HERALD_BUFFER_H

#include <stddef.h>

struct buffer {
    char *bytes; /* NULL until something was written */
    size_t len;
    size_t size;
};

#define BUFFER_EMPTY \
    {                \
        NULL, 0, 0   \
    }

/* Makes room for extra more bytes behind len. */
void buffer_reserve(struct buffer *buffer, size_t extra);

void buffer_add(struct buffer *buffer, const void *bytes, size_t len);
void buffer_add_string(struct buffer *buffer, const char *text);
void buffer_add_char(struct buffer *buffer, char byte);
void buffer_add_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the bytes, keeps the memory. */
void buffer_clear(struct buffer *buffer);

/* Frees the memory; the buffer is empty and usable again. */
void buffer_free(struct buffer *buffer);

/* Gives the bytes (NUL behind them) to the caller, who frees them with memory_free; the buffer is empty. out_len may be
 * NULL. */
char *buffer_take(struct buffer *buffer, size_t *out_len);

#endif

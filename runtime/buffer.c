#include "runtime/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/memory.h"

void buffer_reserve(struct buffer *buffer, size_t extra)
{
    size_t wanted, size = buffer->size > 0 ? buffer->size : 64;

    if (extra > SIZE_MAX / 2 - buffer->len) abort();
    wanted = buffer->len + extra + 1;
    if (wanted <= buffer->size) return;
    while (size < wanted)
        size *= 2;
    buffer->bytes = memory_resize(buffer->bytes, size, 1);
    buffer->size = size;
    buffer->bytes[buffer->len] = '\0';
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t len)
{
    buffer_reserve(buffer, len);
    if (len > 0) memcpy(buffer->bytes + buffer->len, bytes, len);
    buffer->len += len;
    buffer->bytes[buffer->len] = '\0';
}

void buffer_add_string(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_char(struct buffer *buffer, char byte)
{
    buffer_add(buffer, &byte, 1);
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    int len;

    va_start(arguments, format);
    va_copy(again, arguments);
    len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (len > 0) {
        buffer_reserve(buffer, (size_t)len);
        vsnprintf(buffer->bytes + buffer->len, (size_t)len + 1, format, again);
        buffer->len += (size_t)len;
    }
    va_end(again);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    if (buffer->bytes != NULL) buffer->bytes[0] = '\0';
}

void buffer_free(struct buffer *buffer)
{
    memory_free(buffer->bytes);
    buffer->bytes = NULL;
    buffer->len = buffer->size = 0;
}

char *buffer_take(struct buffer *buffer, size_t *out_len)
{
    char *bytes;

    buffer_reserve(buffer, 0);
    buffer->bytes[buffer->len] = '\0';
    bytes = buffer->bytes;
    if (out_len != NULL) *out_len = buffer->len;
    buffer->bytes = NULL;
    buffer->len = buffer->size = 0;
    return bytes;
}

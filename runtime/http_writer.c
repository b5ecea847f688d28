/* Writes at once what the socket takes, and hands the rest to libuv. */
#include "runtime/http_writer.h"

#include <uv.h>

#include "runtime/memory.h"
#include "runtime/status.h"

/* A quiet connection does not hold on to the memory of an unusually large answer. */
#define KEPT_BYTES 65536

struct write {
    uv_write_t request;
    struct http_writer *writer;
    char *bytes;
};

void http_writer_init(struct http_writer *writer, struct uv_stream_s *stream,
                      void (*on_written)(void *ctx, bool has_failed), void *ctx)
{
    *writer = (struct http_writer){.stream = stream, .on_written = on_written, .ctx = ctx};
}

static void free_write(struct write *write)
{
    write->writer->writes--;
    memory_free(write->bytes);
    memory_free(write);
}

static void on_written(uv_write_t *request, int status)
{
    struct write *write = (struct write *)request;
    struct http_writer *writer = write->writer;

    free_write(write);
    writer->on_written(writer->ctx, status < 0);
}

static void forget(struct buffer *out)
{
    if (out->size > KEPT_BYTES) {
        buffer_free(out);
    } else {
        buffer_clear(out);
    }
}

static int queue(struct http_writer *writer, const char *bytes, size_t len, int64_t now_ms)
{
    struct write *write = memory_zeroed(1, sizeof(*write));
    uv_buf_t piece;

    if (writer->writes == 0) writer->taken_at_ms = now_ms;
    write->writer = writer;
    write->bytes = memory_copy(bytes, len);
    piece = uv_buf_init(write->bytes, (unsigned)len);
    writer->writes++;
    if (uv_write(&write->request, writer->stream, &piece, 1, on_written) != 0) {
        free_write(write);
        return STATUS_UNAVAILABLE;
    }
    writer->given += len;
    return STATUS_OK;
}

int http_writer_flush(struct http_writer *writer, int64_t now_ms)
{
    struct buffer *out = &writer->out;
    uv_buf_t piece = uv_buf_init(out->bytes, (unsigned)out->len);
    int written = 0, status = STATUS_OK;

    if (out->len == 0) return STATUS_OK;
    if (writer->writes == 0) written = uv_try_write(writer->stream, &piece, 1);
    if (written == UV_EAGAIN) written = 0;
    if (written < 0) return STATUS_UNAVAILABLE;
    if ((size_t)written < out->len) {
        status = queue(writer, out->bytes + written, out->len - (size_t)written, now_ms);
    }
    forget(out);
    return status;
}

size_t http_writer_unsent(const struct http_writer *writer)
{
    return writer->out.len + uv_stream_get_write_queue_size(writer->stream);
}

bool http_writer_is_stuck(struct http_writer *writer, int64_t now_ms, int64_t patience_ms)
{
    uint64_t taken = writer->given - uv_stream_get_write_queue_size(writer->stream);

    if (writer->writes == 0) return false;
    if (taken != writer->taken) {
        writer->taken = taken;
        writer->taken_at_ms = now_ms;
    }
    return now_ms - writer->taken_at_ms >= patience_ms;
}

void http_writer_free(struct http_writer *writer)
{
    buffer_free(&writer->out);
}

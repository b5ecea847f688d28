/*
 * The way out of one connection: what is added to `out` goes to the socket with http_writer_flush, and what the peer
 * does not take yet waits in libuv. Belongs to the loop's thread and to its connection.
 */
#ifndef HERALD_HTTP_WRITER_H
#define HERALD_HTTP_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"

struct uv_stream_s;

struct http_writer {
    struct buffer out;          /* not yet given to the socket */
    struct uv_stream_s *stream; /* borrowed */
    unsigned writes;            /* under way */
    uint64_t given, taken;      /* bytes given to libuv, and how many of them the socket had when last looked at */
    int64_t taken_at_ms;        /* when the peer last took some */
    void (*on_written)(void *ctx, bool has_failed);
    void *ctx;
};

/* on_written is called, never from within flush, when bytes that had to wait have gone or cannot go. */
void http_writer_init(struct http_writer *writer, struct uv_stream_s *stream,
                      void (*on_written)(void *ctx, bool has_failed), void *ctx);

/* Gives `out` to the socket. STATUS_UNAVAILABLE: the peer has gone. */
int http_writer_flush(struct http_writer *writer, int64_t now_ms);

/* Bytes that wait for the peer to take them. */
size_t http_writer_unsent(const struct http_writer *writer);

/* True when bytes wait and the peer took none of them for so long. */
bool http_writer_is_stuck(struct http_writer *writer, int64_t now_ms, int64_t patience_ms);

/* Only once the stream is closed. */
void http_writer_free(struct http_writer *writer);

#endif

/*
 * The thread that writes: takes every change that waits, applies them in one transaction, and answers all of them
 * after the commit. When the database fails, all are answered with STATUS_UNAVAILABLE and nothing of them was kept.
 */
#ifndef HERALD_STORE_WRITER_H
#define HERALD_STORE_WRITER_H

#include <stdint.h>

struct log;
struct store_backend;
struct store_request;
struct store_writer;
struct store_writer_side;

/* Takes the side over; log may be NULL. */
struct store_writer *store_writer_start(const struct store_backend *backend, struct store_writer_side *side,
                                        struct log *log);

/* Writes what waits, ends the thread, closes the side, frees. */
void store_writer_stop(struct store_writer *writer);

/* As store_submit, for any thread. */
int store_writer_submit(struct store_writer *writer, struct store_request *request);

int64_t store_writer_revision(const struct store_writer *writer);

#endif

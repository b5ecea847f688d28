/*
 * Ids of executions, messages and events: 63 bits, growing with time, that any node makes without asking another.
 *
 *     41 bits milliseconds since 2020-01-01 | 8 bits node | 14 bits sequence
 *
 * A source belongs to one thread. It never gives an id twice, also when the clock goes back.
 */
#ifndef HERALD_ID_H
#define HERALD_ID_H

#include <stdint.h>

#define ID_MOST_AT_ONCE 4096

struct id_source {
    int64_t last;  /* the greatest id that was given, or that must not be given again */
    unsigned node; /* 0 to 255 */
};

/* The first of count (1 to ID_MOST_AT_ONCE) consecutive ids, all greater than any before. */
int64_t id_next(struct id_source *source, int64_t now_ms, int64_t count);

/* The least id that can have been made at this time, for ranges. */
int64_t id_least_at(int64_t now_ms);

#endif

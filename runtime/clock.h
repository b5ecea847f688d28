/*
 * The engine's clock: the system's, or one that a test moves. Handed in wherever time matters.
 */
#ifndef HERALD_CLOCK_H
#define HERALD_CLOCK_H

#include <stdint.h>

struct clock;

/* The system's wall clock. Owned by the caller; clock_free it. */
struct clock *clock_new_system(void);

/* A clock that stands at now_ms until it is moved. Safe to read from any thread. */
struct clock *clock_new_manual(int64_t now_ms);

void clock_free(struct clock *clock);

/* Milliseconds since the Unix epoch, UTC. Any thread. */
int64_t clock_now_ms(const struct clock *clock);

/* Moves a manual clock; STATUS_INVALID for the system's. Any thread. */
int clock_set_ms(struct clock *clock, int64_t now_ms);

/* Milliseconds and nanoseconds that only grow, for measuring durations; unrelated to the epoch. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_ns(void);

#endif

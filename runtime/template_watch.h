/*
 * The bound of a rendering's time, for loops over data: a counter that looks at the clock once in many turns.
 * For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_WATCH_H
#define HERALD_TEMPLATE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEMPLATE_WATCH_TURNS 256 /* between looks at the clock */

struct template_watch {
    unsigned time_ms;    /* 0: no bound */
    int64_t deadline_ns; /* from the first look on */
    uint32_t turns;
    bool is_over;
};

/* Looks at the clock: true once the time is up, from then on always. The first look begins to count. */
bool template_watch_look(struct template_watch *watch);

/* One turn of a loop: true once the time is up. What the loop has to give is of no use then: whoever called it looks at
 * the watch too, and fails the rendering. watch may be NULL. */
static inline bool template_watch_turn(struct template_watch *watch)
{
    if (watch == NULL) return false;
    if (++watch->turns % TEMPLATE_WATCH_TURNS == 0) return template_watch_look(watch);
    return watch->is_over;
}

#endif

#include "runtime/template_watch.h"

#include <time.h>

static int64_t monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool template_watch_look(struct template_watch *watch)
{
    if (watch->time_ms == 0 || watch->is_over) return watch->is_over;
    if (watch->deadline_ns == 0) {
        watch->deadline_ns = monotonic_ns() + (int64_t)watch->time_ms * 1000000;
    } else {
        watch->is_over = monotonic_ns() > watch->deadline_ns;
    }
    return watch->is_over;
}

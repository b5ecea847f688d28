#include "runtime/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "runtime/memory.h"
#include "runtime/status.h"

struct clock {
    bool is_manual;
    _Atomic int64_t manual_ms;
};

static int64_t read_ms(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct clock *clock_new_system(void)
{
    return memory_zeroed(1, sizeof(struct clock));
}

struct clock *clock_new_manual(int64_t now_ms)
{
    struct clock *clock = memory_zeroed(1, sizeof(struct clock));

    clock->is_manual = true;
    atomic_init(&clock->manual_ms, now_ms);
    return clock;
}

void clock_free(struct clock *clock)
{
    memory_free(clock);
}

int64_t clock_now_ms(const struct clock *clock)
{
    return clock->is_manual ? atomic_load(&clock->manual_ms) : read_ms(CLOCK_REALTIME);
}

int clock_set_ms(struct clock *clock, int64_t now_ms)
{
    if (!clock->is_manual) return STATUS_INVALID;
    atomic_store(&clock->manual_ms, now_ms);
    return STATUS_OK;
}

int64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

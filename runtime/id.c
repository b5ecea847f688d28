/* Ids from time, node and sequence. */
#include "runtime/id.h"

#define EPOCH_MS INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */
#define TIME_BITS 41
#define NODE_BITS 8
#define SEQUENCE_BITS 14
#define SEQUENCE_COUNT (INT64_C(1) << SEQUENCE_BITS)

static int64_t ticks_at(int64_t now_ms)
{
    int64_t most = (INT64_C(1) << TIME_BITS) - 1;

    if (now_ms < EPOCH_MS) return 0;
    return now_ms - EPOCH_MS < most ? now_ms - EPOCH_MS : most;
}

int64_t id_least_at(int64_t now_ms)
{
    return ticks_at(now_ms) << (NODE_BITS + SEQUENCE_BITS);
}

int64_t id_next(struct id_source *source, int64_t now_ms, int64_t count)
{
    int64_t ticks = ticks_at(now_ms), last_ticks = source->last >> (NODE_BITS + SEQUENCE_BITS), sequence = 0, first;

    if (last_ticks >= ticks) {
        ticks = last_ticks;
        sequence = (source->last & (SEQUENCE_COUNT - 1)) + 1;
    }
    /* A full millisecond, or another node's id as the last one: go on in the next millisecond. */
    if (sequence + count > SEQUENCE_COUNT ||
        (sequence > 0 && ((source->last >> SEQUENCE_BITS) & 255) != source->node)) {
        ticks++;
        sequence = 0;
    }
    first = ticks << (NODE_BITS + SEQUENCE_BITS) | (int64_t)source->node << SEQUENCE_BITS | sequence;
    source->last = first + count - 1;
    return first;
}

/*
 * The offsets of time zones, by ICU. Behind runtime/window.h and the template language's dates.
 */
#ifndef HERALD_WINDOW_ZONE_H
#define HERALD_WINDOW_ZONE_H

#include <stdint.h>

/* The zone's offset from UTC at an instant, east positive. STATUS_INVALID: no such zone. */
int window_zone_offset(const char *zone, int64_t ms, int64_t *out_offset_ms);

/* The instant at which clocks in the zone show local_ms (counted as if they showed UTC); gaps and overlaps as
 * window_parse has them. */
int window_zone_instant(const char *zone, int64_t local_ms, int64_t *out_ms);

#endif

/*
 * Instants and durations as people write them, and a campaign's window of dates.
 * An instant is milliseconds since the Unix epoch, UTC, in the years 0001 to 9999. Stateless; safe from any thread.
 */
#ifndef HERALD_WINDOW_H
#define HERALD_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WINDOW_TEXT_SIZE 32

/* The ends of a window that has none. */
#define WINDOW_NO_START INT64_MIN
#define WINDOW_NO_END INT64_MAX

/* The first and the last instant that can be written. */
#define WINDOW_LEAST_MS INT64_C(-62135596800000)
#define WINDOW_MOST_MS INT64_C(253402300799999)

/*
 * Reads RFC 3339 ("2026-11-23T10:00:00Z", an offset, a fraction that is cut to milliseconds), or a local time without
 * offset ("2026-11-23T10:00", seconds optional) in the IANA zone; with an offset the zone is not looked at. zone may be
 * NULL: then the offset is needed.
 * A local time that a clock change skips is the instant of that change; one that comes twice is the earlier.
 * A leap second (23:59:60 UTC, 30 June or 31 December) is the second after it, as POSIX clocks have none.
 * STATUS_INVALID: *out_why is a static sentence without the text in it.
 */
int window_parse(const char *text, size_t len, const char *zone, int64_t *out_ms, const char **out_why);

/*
 * Writes "2026-11-23T10:00:00.000Z", or with an IANA zone "2026-11-23T11:00:00.000+01:00" (UTC's form where the zone's
 * offset has seconds, before standard time). STATUS_INVALID: outside the years above, or no such zone.
 */
int window_format(int64_t ms, const char *zone, char out[WINDOW_TEXT_SIZE]);

/*
 * Reads a duration in words: "30 minutes", "1 hour 30 minutes", "500 ms"; units from week to ms, each once, larger
 * first, singular or plural, at most 100 years. STATUS_INVALID: *out_why as above.
 */
int window_parse_duration(const char *text, size_t len, int64_t *out_ms, const char **out_why);

/* True for a zone of the IANA database, such as "Europe/Paris" or "UTC". */
bool window_is_zone(const char *name);

enum window_state { WINDOW_BEFORE, WINDOW_OPEN, WINDOW_AFTER };

/* The start belongs to the window, the end does not. */
enum window_state window_state(int64_t starts_ms, int64_t ends_ms, int64_t now_ms);

#endif

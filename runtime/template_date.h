/*
 * Date-times of the expression language: read from text, moved, and shown in their zone. For template_do_*.c alone.
 * The clock's changes are Java's: a time that is skipped moves behind the gap by the gap's length; of one that comes
 * twice the offset that the date-time already had is kept, else the earlier is meant.
 */
#ifndef HERALD_TEMPLATE_DATE_H
#define HERALD_TEMPLATE_DATE_H

#include "runtime/calendar.h"
#include "runtime/template_function.h"

/* The date-time there, or the one that an ISO 8601 string there stands for. */
int template_argument_date(struct template_call *call, size_t index, struct template_datetime *out);

/* "2026-11-24", "2026-11-24T10:00[:00[.000]]" with or without "Z", "+01:00" and "[Europe/Paris]". STATUS_INVALID. */
int template_date_read_iso(struct template_text text, struct template_arena *arena, struct template_datetime *out);

/* By a pattern of Java's DateTimeFormatter with the locale's names. Fails where the text, argument 1, does not fit. */
int template_date_read(struct template_call *call, struct template_text text, struct template_text pattern,
                       const char *locale, struct template_datetime *out);

/*
 * Java's pattern (argument index) as ICU's, into out with a NUL behind it. What the two do not have in common is
 * written for this date-time alone.
 */
int template_date_pattern(struct template_call *call, size_t index, struct template_text pattern,
                          const struct template_datetime *date, char *out, size_t size);

/* Sets the zone or offset ("Europe/Paris", "UTC", "Z", "+05:30") and shows the same instant in it. STATUS_INVALID. */
int template_date_set_zone(struct template_datetime *date, const char *zone);

/* What clocks show there and then. */
void template_date_fields(const struct template_datetime *date, struct calendar_fields *out);
int64_t template_date_local_ms(const struct template_datetime *date);

/* Date at another instant. Fails outside the years 0001 to 9999. */
int template_date_at(struct template_call *call, const struct template_datetime *date, int64_t ms,
                     struct template_datetime *out);

/* Date when clocks there show local_ms, counted as if they showed UTC: of a time that comes twice the one with the
 * offset of date. Fails as above. */
int template_date_at_local(struct template_call *call, const struct template_datetime *date, int64_t local_ms,
                           struct template_datetime *out);

/* The same, but the first of a time that comes twice. */
int template_date_at_first(struct template_call *call, const struct template_datetime *date, int64_t local_ms,
                           struct template_datetime *out);

struct template_value template_date_value(const struct template_datetime *date);

#endif

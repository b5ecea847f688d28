/*
 * The Gregorian calendar counted in days and milliseconds from 1970-01-01, with no zone: fields in, count out, and
 * back. Proleptic, years 0001 to 9999. Stateless; safe from any thread.
 */
#ifndef HERALD_CALENDAR_H
#define HERALD_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define CALENDAR_DAY_MS INT64_C(86400000)

struct calendar_fields {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second, millisecond;
};

bool calendar_is_leap_year(int year);

/* month: 1 to 12. */
int calendar_days_in_month(int year, int month);

/* Days from 1970-01-01. */
int64_t calendar_days(int year, int month, int day);

/* Milliseconds from 1970-01-01T00:00:00.000. */
int64_t calendar_ms(const struct calendar_fields *fields);

/* The fields that stand for ms. */
void calendar_fields_of(int64_t ms, struct calendar_fields *out);

/* 1 (Monday) to 7 (Sunday). */
int calendar_day_of_week(const struct calendar_fields *fields);

/* 1 to 366. */
int calendar_day_of_year(const struct calendar_fields *fields);

/* The week's number by ISO 8601: from Monday, the first has the year's first Thursday. */
int calendar_week_of_year(const struct calendar_fields *fields);

#endif

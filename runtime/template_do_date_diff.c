/*
 * The time between two date-times, in complete units. Java's ChronoUnit is the model: the second is shown in the first
 * one's zone; days, months and years are the calendar's there, shorter units the clock's.
 */
#include "runtime/status.h"
#include "runtime/template_date.h"
#include "runtime/template_do.h"

struct span {
    struct template_datetime from, to;
};

static int64_t between_instants(const struct span *span, int64_t unit_ms)
{
    return (span->to.ms - span->from.ms) / unit_ms;
}

static int64_t seconds_between(const struct span *span)
{
    return between_instants(span, 1000);
}

static int64_t minutes_between(const struct span *span)
{
    return between_instants(span, 60000);
}

static int64_t hours_between(const struct span *span)
{
    return between_instants(span, 3600000);
}

/* What clocks show at both, where the first one is. */
static void local_times(const struct span *span, int64_t *out_from, int64_t *out_to)
{
    struct template_datetime to = span->from;

    to.ms = span->to.ms;
    *out_from = template_date_local_ms(&span->from);
    *out_to = template_date_local_ms(&to);
}

static int64_t days_between(const struct span *span)
{
    int64_t from, to;

    local_times(span, &from, &to);
    return (to - from) / CALENDAR_DAY_MS;
}

static int64_t day_and_month(const struct calendar_fields *fields)
{
    return ((int64_t)fields->year * 12 + fields->month) * 32 + fields->day;
}

/* The later date steps back a day when its time is too early for it to be complete, and only then months count. */
static int64_t months_between(const struct span *span)
{
    struct calendar_fields first, last;
    int64_t from, to, from_time, to_time, from_day, to_day;

    local_times(span, &from, &to);
    calendar_fields_of(from, &first);
    calendar_fields_of(to, &last);
    from_day = calendar_days(first.year, first.month, first.day);
    to_day = calendar_days(last.year, last.month, last.day);
    from_time = from - from_day * CALENDAR_DAY_MS;
    to_time = to - to_day * CALENDAR_DAY_MS;
    if (to_day > from_day && to_time < from_time) to_day--;
    if (to_day < from_day && to_time > from_time) to_day++;
    calendar_fields_of(to_day * CALENDAR_DAY_MS, &last);
    return (day_and_month(&last) - day_and_month(&first)) / 32;
}

static int64_t years_between(const struct span *span)
{
    return months_between(span) / 12;
}

static int give_between(struct template_call *call, size_t from, size_t to, int64_t (*count)(const struct span *),
                        struct template_value *out)
{
    struct span span;

    if (template_argument_date(call, from, &span.from) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_date(call, to, &span.to) != STATUS_OK) return STATUS_INVALID;
    *out = template_integer(count(&span));
    return STATUS_OK;
}

static int give_age(struct template_call *call, int64_t (*count)(const struct span *), struct template_value *out)
{
    struct span span = {.to = {.ms = call->now_ms}};

    if (template_argument_date(call, 0, &span.from) != STATUS_OK) return STATUS_INVALID;
    *out = template_integer(count(&span));
    return STATUS_OK;
}

int template_do_age(struct template_call *call, struct template_value *out)
{
    return give_age(call, years_between, out);
}

int template_do_age_in_days(struct template_call *call, struct template_value *out)
{
    return give_age(call, days_between, out);
}

int template_do_age_in_months(struct template_call *call, struct template_value *out)
{
    return give_age(call, months_between, out);
}

/* From the first to the second, unlike the others. */
int template_do_date_diff(struct template_call *call, struct template_value *out)
{
    return give_between(call, 0, 1, days_between, out);
}

int template_do_diff_in_seconds(struct template_call *call, struct template_value *out)
{
    return give_between(call, 1, 0, seconds_between, out);
}

int template_do_diff_in_minutes(struct template_call *call, struct template_value *out)
{
    return give_between(call, 1, 0, minutes_between, out);
}

int template_do_diff_in_hours(struct template_call *call, struct template_value *out)
{
    return give_between(call, 1, 0, hours_between, out);
}

int template_do_diff_in_days(struct template_call *call, struct template_value *out)
{
    return give_between(call, 1, 0, days_between, out);
}

int template_do_diff_in_months(struct template_call *call, struct template_value *out)
{
    return give_between(call, 1, 0, months_between, out);
}

int template_do_diff_in_years(struct template_call *call, struct template_value *out)
{
    return give_between(call, 1, 0, years_between, out);
}

int template_do_compare_dates(struct template_call *call, struct template_value *out)
{
    struct template_datetime a, b;

    if (template_argument_date(call, 0, &a) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_date(call, 1, &b) != STATUS_OK) return STATUS_INVALID;
    *out = template_integer((a.ms > b.ms) - (a.ms < b.ms));
    return STATUS_OK;
}

int template_do_date_between(struct template_call *call, struct template_value *out)
{
    struct template_datetime date, first, last;

    if (template_argument_date(call, 0, &date) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_date(call, 1, &first) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_date(call, 2, &last) != STATUS_OK) return STATUS_INVALID;
    *out = template_boolean(date.ms >= first.ms && date.ms <= last.ms);
    return STATUS_OK;
}

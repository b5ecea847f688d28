/* Date-times moved: days, months and years by the calendar of their zone, shorter spans by the instant. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_argument.h"
#include "runtime/template_date.h"
#include "runtime/template_do.h"

#define AMOUNT_MOST INT64_C(400000000000) /* seconds of more than 9999 years */

static int read_amount(struct template_call *call, struct template_datetime *out_date, int64_t *out_amount)
{
    if (template_argument_date(call, 0, out_date) != STATUS_OK) return STATUS_INVALID;
    return template_argument_whole(call, 1, -AMOUNT_MOST, AMOUNT_MOST, out_amount);
}

static int out_of_range(struct template_call *call)
{
    return template_call_fail(call, "the date-time would be outside the years 0001 to 9999");
}

static int give_at(struct template_call *call, const struct template_datetime *date, int64_t ms,
                   struct template_value *out)
{
    struct template_datetime moved;

    if (template_date_at(call, date, ms, &moved) != STATUS_OK) return STATUS_INVALID;
    *out = template_date_value(&moved);
    return STATUS_OK;
}

static int give_at_local(struct template_call *call, const struct template_datetime *date, int64_t local_ms,
                         struct template_value *out)
{
    struct template_datetime moved;

    if (template_date_at_local(call, date, local_ms, &moved) != STATUS_OK) return STATUS_INVALID;
    *out = template_date_value(&moved);
    return STATUS_OK;
}

static int add_span(struct template_call *call, int64_t unit_ms, struct template_value *out)
{
    struct template_datetime date;
    int64_t amount, ms;

    if (read_amount(call, &date, &amount) != STATUS_OK) return STATUS_INVALID;
    if (__builtin_mul_overflow(amount, unit_ms, &ms) || __builtin_add_overflow(ms, date.ms, &ms)) {
        return out_of_range(call);
    }
    return give_at(call, &date, ms, out);
}

int template_do_add_seconds(struct template_call *call, struct template_value *out)
{
    return add_span(call, 1000, out);
}

int template_do_add_minutes(struct template_call *call, struct template_value *out)
{
    return add_span(call, 60000, out);
}

int template_do_add_hours(struct template_call *call, struct template_value *out)
{
    return add_span(call, 3600000, out);
}

int template_do_add_days(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;
    int64_t amount, ms;

    if (read_amount(call, &date, &amount) != STATUS_OK) return STATUS_INVALID;
    if (__builtin_mul_overflow(amount, CALENDAR_DAY_MS, &ms)) return out_of_range(call);
    if (__builtin_add_overflow(ms, template_date_local_ms(&date), &ms)) return out_of_range(call);
    return give_at_local(call, &date, ms, out);
}

/* A day that the month does not have is its last. */
static int add_months(struct template_call *call, int64_t months_of_amount, struct template_value *out)
{
    struct template_datetime date;
    struct calendar_fields fields;
    int64_t amount, month;
    int last;

    if (read_amount(call, &date, &amount) != STATUS_OK) return STATUS_INVALID;
    template_date_fields(&date, &fields);
    month = (int64_t)fields.year * 12 + fields.month - 1 + amount * months_of_amount;
    if (month < 12 || month >= INT64_C(10000) * 12) return out_of_range(call);
    fields.year = (int)(month / 12);
    fields.month = (int)(month % 12) + 1;
    last = calendar_days_in_month(fields.year, fields.month);
    if (fields.day > last) fields.day = last;
    return give_at_local(call, &date, calendar_ms(&fields), out);
}

int template_do_add_months(struct template_call *call, struct template_value *out)
{
    return add_months(call, 1, out);
}

int template_do_add_years(struct template_call *call, struct template_value *out)
{
    return add_months(call, 12, out);
}

int template_do_set_days(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;
    struct calendar_fields fields;
    int64_t day;

    if (template_argument_date(call, 0, &date) != STATUS_OK) return STATUS_INVALID;
    template_date_fields(&date, &fields);
    if (template_argument_whole(call, 1, 1, calendar_days_in_month(fields.year, fields.month), &day) != STATUS_OK) {
        return STATUS_INVALID;
    }
    fields.day = (int)day;
    return give_at_local(call, &date, calendar_ms(&fields), out);
}

int template_do_set_hours(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;
    struct calendar_fields fields;
    int64_t hour;

    if (template_argument_date(call, 0, &date) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_whole(call, 1, 0, 23, &hour) != STATUS_OK) return STATUS_INVALID;
    template_date_fields(&date, &fields);
    fields.hour = (int)hour;
    return give_at_local(call, &date, calendar_ms(&fields), out);
}

int template_do_convert_zoned_date_time(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;
    const char *zone;

    if (template_argument_date(call, 0, &date) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_name(call, 1, "", &zone) != STATUS_OK) return STATUS_INVALID;
    if (template_date_set_zone(&date, zone) != STATUS_OK) {
        return template_call_fail(call, "argument 2: expected a time zone such as \"Europe/Paris\"");
    }
    return give_at(call, &date, date.ms, out);
}

int template_do_to_utc(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;

    if (template_argument_date(call, 0, &date) != STATUS_OK) return STATUS_INVALID;
    date = (struct template_datetime){.ms = date.ms};
    *out = template_date_value(&date);
    return STATUS_OK;
}

/* The begin of the day in argument 1's zone, as fields. */
static int read_day(struct template_call *call, struct template_datetime *out_date, struct calendar_fields *out)
{
    if (template_argument_date(call, 0, out_date) != STATUS_OK) return STATUS_INVALID;
    template_date_fields(out_date, out);
    out->hour = out->minute = out->second = out->millisecond = 0;
    return STATUS_OK;
}

/* A midnight that comes twice is the first. */
static int give_begin(struct template_call *call, const struct template_datetime *date, int64_t local_ms,
                      struct template_value *out)
{
    struct template_datetime begin;

    if (template_date_at_first(call, date, local_ms, &begin) != STATUS_OK) return STATUS_INVALID;
    *out = template_date_value(&begin);
    return STATUS_OK;
}

int template_do_truncate_to_start_of_day(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;
    struct calendar_fields day;

    if (read_day(call, &date, &day) != STATUS_OK) return STATUS_INVALID;
    return give_begin(call, &date, calendar_ms(&day), out);
}

int template_do_truncate_to_start_of_week(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;
    struct calendar_fields day;

    if (read_day(call, &date, &day) != STATUS_OK) return STATUS_INVALID;
    return give_begin(call, &date, calendar_ms(&day) - (calendar_day_of_week(&day) - 1) * CALENDAR_DAY_MS, out);
}

int template_do_truncate_to_start_of_quarter(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;
    struct calendar_fields day;

    if (read_day(call, &date, &day) != STATUS_OK) return STATUS_INVALID;
    day.month = (day.month - 1) / 3 * 3 + 1;
    day.day = 1;
    return give_begin(call, &date, calendar_ms(&day), out);
}

int template_do_truncate_to_start_of_year(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;
    struct calendar_fields day;

    if (read_day(call, &date, &day) != STATUS_OK) return STATUS_INVALID;
    day.month = day.day = 1;
    return give_begin(call, &date, calendar_ms(&day), out);
}

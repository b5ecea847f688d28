/* Single fields of a date-time, as clocks and calendars in its zone show them. */
#include "runtime/status.h"
#include "runtime/template_date.h"
#include "runtime/template_do.h"

static int give_part(struct template_call *call, int (*part)(const struct calendar_fields *),
                     struct template_value *out)
{
    struct template_datetime date;
    struct calendar_fields fields;

    if (template_argument_date(call, 0, &date) != STATUS_OK) return STATUS_INVALID;
    template_date_fields(&date, &fields);
    *out = template_integer(part(&fields));
    return STATUS_OK;
}

static int year_of(const struct calendar_fields *fields)
{
    return fields->year;
}

static int month_of(const struct calendar_fields *fields)
{
    return fields->month;
}

static int day_of(const struct calendar_fields *fields)
{
    return fields->day;
}

static int hour_of(const struct calendar_fields *fields)
{
    return fields->hour;
}

static int minute_of(const struct calendar_fields *fields)
{
    return fields->minute;
}

static int second_of(const struct calendar_fields *fields)
{
    return fields->second;
}

int template_do_extract_year(struct template_call *call, struct template_value *out)
{
    return give_part(call, year_of, out);
}

int template_do_extract_month(struct template_call *call, struct template_value *out)
{
    return give_part(call, month_of, out);
}

int template_do_extract_day(struct template_call *call, struct template_value *out)
{
    return give_part(call, day_of, out);
}

int template_do_extract_hours(struct template_call *call, struct template_value *out)
{
    return give_part(call, hour_of, out);
}

int template_do_extract_minutes(struct template_call *call, struct template_value *out)
{
    return give_part(call, minute_of, out);
}

int template_do_extract_seconds(struct template_call *call, struct template_value *out)
{
    return give_part(call, second_of, out);
}

int template_do_day_of_month(struct template_call *call, struct template_value *out)
{
    return give_part(call, day_of, out);
}

int template_do_day_of_week(struct template_call *call, struct template_value *out)
{
    return give_part(call, calendar_day_of_week, out);
}

int template_do_day_of_year(struct template_call *call, struct template_value *out)
{
    return give_part(call, calendar_day_of_year, out);
}

int template_do_week_of_year(struct template_call *call, struct template_value *out)
{
    return give_part(call, calendar_week_of_year, out);
}

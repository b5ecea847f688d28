#include "runtime/calendar.h"

bool calendar_is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int calendar_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && calendar_is_leap_year(year) ? 29 : days[month - 1];
}

/* Years are counted from March, so that the leap day is the last of its year. */
int64_t calendar_days(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

int64_t calendar_ms(const struct calendar_fields *fields)
{
    int64_t seconds = ((int64_t)fields->hour * 60 + fields->minute) * 60 + fields->second;

    return calendar_days(fields->year, fields->month, fields->day) * CALENDAR_DAY_MS + seconds * 1000 +
           fields->millisecond;
}

static void set_date(int64_t days, struct calendar_fields *out)
{
    int64_t since_march_0 = days + 719468;
    int64_t era = since_march_0 / 146097, day_of_era = since_march_0 % 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;

    out->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    out->month = (int)(month < 10 ? month + 3 : month - 9);
    out->year = (int)(year_of_era + era * 400 + (out->month <= 2 ? 1 : 0));
}

void calendar_fields_of(int64_t ms, struct calendar_fields *out)
{
    int64_t days = ms / CALENDAR_DAY_MS, left = ms % CALENDAR_DAY_MS;

    if (left < 0) {
        left += CALENDAR_DAY_MS;
        days--;
    }
    set_date(days, out);
    out->millisecond = (int)(left % 1000);
    out->second = (int)(left / 1000 % 60);
    out->minute = (int)(left / 60000 % 60);
    out->hour = (int)(left / 3600000);
}

int calendar_day_of_week(const struct calendar_fields *fields)
{
    int64_t since_thursday = calendar_days(fields->year, fields->month, fields->day) % 7;

    return (int)((since_thursday + 10) % 7) + 1;
}

int calendar_day_of_year(const struct calendar_fields *fields)
{
    return (int)(calendar_days(fields->year, fields->month, fields->day) - calendar_days(fields->year, 1, 1)) + 1;
}

int calendar_week_of_year(const struct calendar_fields *fields)
{
    int64_t days = calendar_days(fields->year, fields->month, fields->day);
    struct calendar_fields thursday;

    calendar_fields_of((days + 4 - calendar_day_of_week(fields)) * CALENDAR_DAY_MS, &thursday);
    return (calendar_day_of_year(&thursday) - 1) / 7 + 1;
}

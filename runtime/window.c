/* RFC 3339 by hand, local times through the zone's offsets. */
#include "runtime/window.h"

#include <stdio.h>
#include <string.h>

#include "runtime/calendar.h"
#include "runtime/status.h"
#include "runtime/window_zone.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)

/* A date-time as it is written. */
struct fields {
    int year, month, day, hour, minute, second, millisecond;
    bool has_offset, has_seconds;
    int offset_minutes; /* east positive */
};

struct reader {
    const char *at, *end;
    const char *why;
};

static bool read_number(struct reader *reader, int digits, int *out)
{
    int value = 0;

    for (int i = 0; i < digits; i++) {
        if (reader->at == reader->end || *reader->at < '0' || *reader->at > '9') return false;
        value = value * 10 + (*reader->at++ - '0');
    }
    *out = value;
    return true;
}

static bool read_one_of(struct reader *reader, const char *bytes)
{
    if (reader->at == reader->end || *reader->at == '\0' || strchr(bytes, *reader->at) == NULL) return false;
    reader->at++;
    return true;
}

static bool read_fraction(struct reader *reader, int *out_ms)
{
    int scale = 100;

    *out_ms = 0;
    if (!read_one_of(reader, ".")) return true;
    if (reader->at == reader->end || *reader->at < '0' || *reader->at > '9') return false;
    for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
        *out_ms += (*reader->at - '0') * scale;
        scale /= 10;
    }
    return true;
}

static bool read_offset(struct reader *reader, struct fields *out)
{
    int hours, minutes, sign;

    out->has_offset = true;
    if (read_one_of(reader, "Zz")) return true;
    if (reader->at == reader->end) {
        out->has_offset = false;
        return true;
    }
    sign = *reader->at == '-' ? -1 : 1;
    if (!read_one_of(reader, "+-") || !read_number(reader, 2, &hours) || !read_one_of(reader, ":")) return false;
    if (!read_number(reader, 2, &minutes) || hours > 23 || minutes > 59) return false;
    out->offset_minutes = sign * (hours * 60 + minutes);
    return true;
}

static bool read_fields(struct reader *reader, struct fields *out)
{
    bool is_good =
        read_number(reader, 4, &out->year) && read_one_of(reader, "-") && read_number(reader, 2, &out->month) &&
        read_one_of(reader, "-") && read_number(reader, 2, &out->day) && read_one_of(reader, "Tt ") &&
        read_number(reader, 2, &out->hour) && read_one_of(reader, ":") && read_number(reader, 2, &out->minute);

    if (!is_good) return false;
    if (read_one_of(reader, ":")) {
        out->has_seconds = true;
        if (!read_number(reader, 2, &out->second) || !read_fraction(reader, &out->millisecond)) return false;
    }
    return read_offset(reader, out) && reader->at == reader->end && (out->has_seconds || !out->has_offset);
}

static const char *range_error(const struct fields *fields)
{
    if (fields->year < 1) return "the year is not between 0001 and 9999";
    if (fields->month < 1 || fields->month > 12) return "there is no such month";
    if (fields->day < 1 || fields->day > calendar_days_in_month(fields->year, fields->month))
        return "that month has no such day";
    if (fields->hour > 23) return "the hour is not between 00 and 23";
    if (fields->minute > 59) return "the minute is not between 00 and 59";
    if (fields->second > 60) return "the second is not between 00 and 59";
    return NULL;
}

static bool is_before_leap_second(int64_t ms)
{
    struct calendar_fields date;

    calendar_fields_of(ms, &date);
    return date.hour == 23 && date.minute == 59 && date.second == 59 &&
           ((date.month == 6 && date.day == 30) || (date.month == 12 && date.day == 31));
}

/* A leap second is read as the one before it, checked, and moved. */
static const char *resolve(const struct fields *fields, const char *zone, int64_t *out_ms)
{
    bool is_leap = fields->second == 60;
    int64_t ms = calendar_days(fields->year, fields->month, fields->day) * CALENDAR_DAY_MS + fields->hour * HOUR_MS +
                 fields->minute * MINUTE_MS + (is_leap ? 59 : fields->second) * SECOND_MS;

    if (fields->has_offset) {
        ms -= fields->offset_minutes * MINUTE_MS;
    } else if (zone == NULL) {
        return "a time without offset needs a time zone";
    } else if (window_zone_instant(zone, ms, &ms) != STATUS_OK) {
        return "there is no such time zone";
    }
    if (is_leap) {
        if (ms < WINDOW_LEAST_MS || !is_before_leap_second(ms)) return "there is no leap second at that time";
        ms += SECOND_MS;
    }
    ms += fields->millisecond;
    if (ms < WINDOW_LEAST_MS || ms > WINDOW_MOST_MS) return "the year is not between 0001 and 9999";
    *out_ms = ms;
    return NULL;
}

int window_parse(const char *text, size_t len, const char *zone, int64_t *out_ms, const char **out_why)
{
    struct reader reader = {text, text + len, NULL};
    struct fields fields = {0};
    const char *why;

    if (!read_fields(&reader, &fields)) {
        why = "not a date and time such as 2026-11-23T10:00:00Z";
    } else {
        why = range_error(&fields);
        if (why == NULL) why = resolve(&fields, zone, out_ms);
    }
    if (why == NULL) return STATUS_OK;
    *out_why = why;
    return STATUS_INVALID;
}

/* The last `count` decimal digits of a number that is not negative, and one character behind them. */
static char *put_digits(char *at, int number, int count, char behind)
{
    for (int i = count - 1; i >= 0; i--, number /= 10)
        at[i] = (char)('0' + number % 10);
    at[count] = behind;
    return at + count + 1;
}

int window_format(int64_t ms, const char *zone, char out[WINDOW_TEXT_SIZE])
{
    struct calendar_fields fields;
    int64_t offset_ms = 0, local_ms;
    char *at = out;
    int offset;

    if (ms < WINDOW_LEAST_MS || ms > WINDOW_MOST_MS) return STATUS_INVALID;
    if (zone != NULL && window_zone_offset(zone, ms, &offset_ms) != STATUS_OK) return STATUS_INVALID;
    if (offset_ms % MINUTE_MS != 0) {
        zone = NULL;
        offset_ms = 0;
    }
    local_ms = ms + offset_ms;
    if (local_ms < WINDOW_LEAST_MS || local_ms > WINDOW_MOST_MS) return STATUS_INVALID;
    calendar_fields_of(local_ms, &fields);
    at = put_digits(at, fields.year, 4, '-');
    at = put_digits(at, fields.month, 2, '-');
    at = put_digits(at, fields.day, 2, 'T');
    at = put_digits(at, fields.hour, 2, ':');
    at = put_digits(at, fields.minute, 2, ':');
    at = put_digits(at, fields.second, 2, '.');
    offset = (int)(offset_ms / MINUTE_MS);
    at = put_digits(at, fields.millisecond, 3, zone == NULL ? 'Z' : offset < 0 ? '-' : '+');
    if (offset < 0) offset = -offset;
    if (zone != NULL) {
        at = put_digits(at, offset / 60, 2, ':');
        at = put_digits(at, offset % 60, 2, '\0');
    } else {
        *at = '\0';
    }
    return STATUS_OK;
}

enum window_state window_state(int64_t starts_ms, int64_t ends_ms, int64_t now_ms)
{
    if (now_ms < starts_ms) return WINDOW_BEFORE;
    return ends_ms != WINDOW_NO_END && now_ms >= ends_ms ? WINDOW_AFTER : WINDOW_OPEN;
}

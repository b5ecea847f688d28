/* Reads a date-time by a pattern of Java's DateTimeFormatter, as strictly as Java reads: no digit more or less. */
#include <string.h>
#include <strings.h>

#include "runtime/locale_format.h"
#include "runtime/status.h"
#include "runtime/template_date.h"
#include "runtime/utf8.h"

#define ZONE_SIZE 64
#define ABSENT (-1)

/* The text as far as it is read, and what was found in it. */
struct reading {
    struct template_call *call;
    const char *locale;
    const char *at, *end;
    struct calendar_fields fields; /* ABSENT where nothing was said */
    int day_of_year, half, hour_of_half, weekday;
    struct template_datetime shown; /* its zone or offset */
    bool is_unsupported;            /* of the letter read last */
};

static bool read_number(struct reading *reading, size_t least, size_t most, int *out)
{
    int value = 0;
    size_t count = 0;

    while (count < most && reading->at < reading->end && *reading->at >= '0' && *reading->at <= '9') {
        value = value * 10 + (*reading->at++ - '0');
        count++;
    }
    *out = value;
    return count >= least;
}

/* A number as wide as its letters: one stands for one digit or more, up to most. */
static bool read_field(struct reading *reading, size_t count, size_t most, int *out)
{
    return count <= most && read_number(reading, count, count == 1 ? most : count, out);
}

static bool read_year(struct reading *reading, size_t count)
{
    if (count == 2) {
        if (!read_number(reading, 2, 2, &reading->fields.year)) return false;
        reading->fields.year += 2000;
        return true;
    }
    return count <= 4 && read_number(reading, count, 4, &reading->fields.year);
}

/* Digits behind the third are cut off. */
static bool read_fraction(struct reading *reading, size_t count)
{
    int scale = 100, digit;

    reading->fields.millisecond = 0;
    for (size_t i = 0; i < count; i++, scale /= 10) {
        if (!read_number(reading, 1, 1, &digit)) return false;
        reading->fields.millisecond += digit * scale;
    }
    return true;
}

/* The longest of the language's names that stands there. */
static bool read_name(struct reading *reading, enum locale_names kind, int *out)
{
    char names[LOCALE_NAMES_MOST][LOCALE_NAME_SIZE];
    size_t count = locale_date_names(reading->locale, kind, names), best = 0;

    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(names[i]);

        if (len <= best || len > (size_t)(reading->end - reading->at)) continue;
        if (strncasecmp(names[i], reading->at, len) != 0) continue;
        best = len;
        *out = (int)i;
    }
    reading->at += best;
    return best > 0;
}

static bool read_month(struct reading *reading, char letter, size_t count)
{
    bool is_alone = letter == 'L';
    enum locale_names kind = is_alone ? LOCALE_MONTHS_ALONE : LOCALE_MONTHS;

    if (count <= 2) return read_field(reading, count, 2, &reading->fields.month);
    if (count == 3) kind = is_alone ? LOCALE_MONTHS_ALONE_SHORT : LOCALE_MONTHS_SHORT;
    if (count > 4 || !read_name(reading, kind, &reading->fields.month)) return false;
    reading->fields.month++;
    return true;
}

/* A zone's name, or an offset; either may be where Java allows both. */
static bool read_zone(struct reading *reading, char letter)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-/_:";
    size_t len = 0, most = (size_t)(reading->end - reading->at);
    bool is_offset = letter == 'X' || letter == 'x' || letter == 'Z', has_sign = most > 0 && strchr("+-", *reading->at);
    char *zone;

    while (len < most && len < ZONE_SIZE - 1 && reading->at[len] != '\0' && strchr(allowed, reading->at[len]) != NULL)
        len++;
    if (is_offset && most > 0 && *reading->at == 'Z') len = 1;
    if (len == 0 || (is_offset && !has_sign && *reading->at != 'Z')) return false;
    zone = template_arena_take(reading->call->arena, len + 1);
    memcpy(zone, reading->at, len);
    zone[len] = '\0';
    reading->at += len;
    return template_date_set_zone(&reading->shown, zone) == STATUS_OK;
}

static bool read_letters(struct reading *reading, char letter, size_t count)
{
    struct calendar_fields *fields = &reading->fields;

    switch (letter) {
    case 'y':
    case 'u': return read_year(reading, count);
    case 'M':
    case 'L': return read_month(reading, letter, count);
    case 'd': return read_field(reading, count, 2, &fields->day);
    case 'D': return read_field(reading, count, 3, &reading->day_of_year);
    case 'H': return read_field(reading, count, 2, &fields->hour);
    case 'm': return read_field(reading, count, 2, &fields->minute);
    case 's': return read_field(reading, count, 2, &fields->second);
    case 'S': return read_fraction(reading, count);
    case 'h': return read_field(reading, count, 2, &reading->hour_of_half);
    case 'a': return read_name(reading, LOCALE_HALVES, &reading->half);
    case 'E': return read_name(reading, count == 4 ? LOCALE_WEEKDAYS : LOCALE_WEEKDAYS_SHORT, &reading->weekday);
    case 'X':
    case 'x':
    case 'Z':
    case 'V':
    case 'z': return read_zone(reading, letter);
    default: reading->is_unsupported = true; return false;
    }
}

static bool read_literal(struct reading *reading, char byte)
{
    if (reading->at == reading->end || *reading->at != byte) return false;
    reading->at++;
    return true;
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Reads all of the text by all of the pattern. */
static bool read_all(struct reading *reading, const char *at, const char *end)
{
    bool is_quoted = false;

    while (at < end) {
        const char *next = at + 1;

        if (*at == '\'' && next < end && *next == '\'') {
            if (!read_literal(reading, '\'')) return false;
            next++;
        } else if (*at == '\'') {
            is_quoted = !is_quoted;
        } else if (is_quoted || !is_letter(*at)) {
            if (!read_literal(reading, *at)) return false;
        } else {
            while (next < end && *next == *at)
                next++;
            if (!read_letters(reading, *at, (size_t)(next - at))) return false;
        }
        at = next;
    }
    return !is_quoted && reading->at == reading->end;
}

static bool set_hour(struct reading *reading)
{
    int *hour = &reading->fields.hour;

    if (reading->hour_of_half != ABSENT && reading->half != ABSENT) {
        if (reading->hour_of_half < 1 || reading->hour_of_half > 12) return false;
        *hour = reading->hour_of_half % 12 + (reading->half == 1 ? 12 : 0);
    } else if (reading->hour_of_half != ABSENT) {
        return false; /* of which half? */
    }
    return true;
}

static bool set_day_of_year(struct reading *reading)
{
    struct calendar_fields *fields = &reading->fields, date;

    if (reading->day_of_year < 1 || reading->day_of_year > (calendar_is_leap_year(fields->year) ? 366 : 365))
        return false;
    calendar_fields_of((calendar_days(fields->year, 1, 1) + reading->day_of_year - 1) * CALENDAR_DAY_MS, &date);
    fields->month = date.month;
    fields->day = date.day;
    return true;
}

/* Completes the fields and checks that there is such a day and time. */
static bool complete(struct reading *reading)
{
    struct calendar_fields *fields = &reading->fields;
    int *const times[] = {&fields->hour, &fields->minute, &fields->second, &fields->millisecond};

    if (!set_hour(reading) || fields->year < 1) return false;
    if (reading->day_of_year != ABSENT && !set_day_of_year(reading)) return false;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        if (*times[i] == ABSENT) *times[i] = 0;
    }
    if (fields->month < 1 || fields->month > 12 || fields->day < 1) return false;
    if (fields->day > calendar_days_in_month(fields->year, fields->month)) return false;
    if (fields->hour > 23 || fields->minute > 59 || fields->second > 59) return false;
    return reading->weekday == ABSENT || reading->weekday + 1 == calendar_day_of_week(fields);
}

int template_date_read(struct template_call *call, struct template_text text, struct template_text pattern,
                       const char *locale, struct template_datetime *out)
{
    struct reading reading = {
        .call = call,
        .locale = locale,
        .at = text.bytes,
        .end = text.bytes + text.len,
        .fields = {ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT},
        .day_of_year = ABSENT,
        .half = ABSENT,
        .hour_of_half = ABSENT,
        .weekday = ABSENT,
        .shown = {.is_local = true},
    };

    if (!read_all(&reading, pattern.bytes, pattern.bytes + pattern.len)) {
        if (reading.is_unsupported) {
            return template_call_fail(call, "argument 2: the pattern has a letter by which no date is read");
        }
        return template_call_fail(
            call, "argument 1: expected a date as the pattern %.*s has it",
            (int)(pattern.len < 60 && utf8_is_valid(pattern.bytes, pattern.len) ? pattern.len : 0), pattern.bytes);
    }
    if (!complete(&reading)) {
        return template_call_fail(call, "argument 1: expected year, month and day of a date that there is");
    }
    return template_date_at_first(call, &reading.shown, calendar_ms(&reading.fields), out);
}

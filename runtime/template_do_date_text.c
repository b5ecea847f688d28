/* Date-times made: of texts, numbers and the engine's clock; and written by a pattern. */
#include <stdio.h>
#include <string.h>

#include "runtime/locale_format.h"
#include "runtime/status.h"
#include "runtime/template_argument.h"
#include "runtime/template_characters.h"
#include "runtime/template_date.h"
#include "runtime/template_do.h"

#define ZONE_SIZE 64
#define PATTERN_SIZE 1024
#define DATE_TEXT_SIZE 4096

int template_do_current_time_in_millis(struct template_call *call, struct template_value *out)
{
    *out = template_integer(call->now_ms);
    return STATUS_OK;
}

int template_do_now(struct template_call *call, struct template_value *out)
{
    struct template_datetime now = {.ms = call->now_ms};

    *out = template_date_value(&now);
    return STATUS_OK;
}

int template_do_get_current_zoned_date_time(struct template_call *call, struct template_value *out)
{
    return template_do_now(call, out);
}

/* As ICU names it: of an offset it knows no better than "GMT+05:30". */
static void icu_zone(const struct template_datetime *date, char out[ZONE_SIZE])
{
    int minutes = date->is_local ? 0 : date->offset_s / 60, size = minutes < 0 ? -minutes : minutes;

    if (date->zone != NULL) {
        snprintf(out, ZONE_SIZE, "%s", date->zone);
    } else {
        snprintf(out, ZONE_SIZE, "GMT%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60);
    }
}

int template_do_format_date(struct template_call *call, struct template_value *out)
{
    char zone[ZONE_SIZE], pattern[PATTERN_SIZE], text[DATE_TEXT_SIZE];
    struct template_datetime date;
    const char *locale;
    size_t len;

    if (template_argument_date(call, 0, &date) != STATUS_OK) return STATUS_INVALID;
    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_locale(call, 2, &locale) != STATUS_OK) return STATUS_INVALID;
    if (memchr(call->arguments[1].text.bytes, '\0', call->arguments[1].text.len) != NULL) {
        return template_call_fail(call, "argument 2: has a NUL character in it");
    }
    if (template_date_pattern(call, 1, call->arguments[1].text, &date, pattern, sizeof(pattern)) != STATUS_OK) {
        return STATUS_INVALID;
    }
    icu_zone(&date, zone);
    len = locale_format_date(locale, zone, date.ms, pattern, text, sizeof(text));
    if (len > sizeof(text)) return template_call_fail(call, "argument 2: the date cannot be written by that pattern");
    *out = template_string_copy(call->arena, text, len);
    return STATUS_OK;
}

/* Reads argument 1 by the pattern in argument 2, or as ISO 8601 where there is none. */
static int read_text(struct template_call *call, struct template_datetime *out)
{
    const char *locale;

    if (call->count < 2) return template_argument_date(call, 0, out);
    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_locale(call, 2, &locale) != STATUS_OK) return STATUS_INVALID;
    return template_date_read(call, call->arguments[0].text, call->arguments[1].text, locale, out);
}

/* Reads a string, a date-time, or a number of milliseconds since 1970. */
static int read_any(struct template_call *call, struct template_datetime *out)
{
    struct template_datetime epoch = {.ms = 0};
    int64_t ms;

    if (call->arguments[0].type == TEMPLATE_STRING) return read_text(call, out);
    if (call->arguments[0].type != TEMPLATE_NUMBER) return template_argument_date(call, 0, out);
    if (template_argument_whole(call, 0, INT64_MIN, INT64_MAX, &ms) != STATUS_OK) return STATUS_INVALID;
    return template_date_at(call, &epoch, ms, out);
}

int template_do_string_to_date(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;

    if (read_text(call, &date) != STATUS_OK) return STATUS_INVALID;
    *out = template_date_value(&date);
    return STATUS_OK;
}

int template_do_to_date_time(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;

    if (read_any(call, &date) != STATUS_OK) return STATUS_INVALID;
    *out = template_date_value(&date);
    return STATUS_OK;
}

/* Keeps what clocks show, and forgets where. */
int template_do_to_date_time_only(struct template_call *call, struct template_value *out)
{
    struct template_datetime date;

    if (read_any(call, &date) != STATUS_OK) return STATUS_INVALID;
    date = (struct template_datetime){.ms = template_date_local_ms(&date), .is_local = true};
    *out = template_date_value(&date);
    return STATUS_OK;
}

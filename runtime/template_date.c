#include "runtime/template_date.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/status.h"
#include "runtime/window.h"
#include "runtime/window_zone.h"

#define OFFSET_MOST_S (18 * 3600)

int template_argument_date(struct template_call *call, size_t index, struct template_datetime *out)
{
    const struct template_value *value = &call->arguments[index];

    if (value->type == TEMPLATE_DATETIME) {
        *out = value->datetime;
        return STATUS_OK;
    }
    if (value->type != TEMPLATE_STRING) {
        return template_call_fail(call, "argument %zu: expected a date-time such as 2026-11-24T10:00:00Z, got %s",
                                  index + 1, template_type_name(value->type));
    }
    if (template_date_read_iso(value->text, call->arena, out) != STATUS_OK) {
        return template_call_fail(call,
                                  "argument %zu: expected a date-time such as 2026-11-24T10:00:00Z, got a string "
                                  "that is none",
                                  index + 1);
    }
    return STATUS_OK;
}

static int64_t zone_offset_ms(const char *zone, int64_t ms)
{
    int64_t offset_ms = 0;

    return window_zone_offset(zone, ms, &offset_ms) == STATUS_OK ? offset_ms : 0;
}

static int64_t offset_ms_of(const struct template_datetime *date)
{
    if (date->is_local) return 0;
    return date->zone != NULL ? zone_offset_ms(date->zone, date->ms) : (int64_t)date->offset_s * 1000;
}

int64_t template_date_local_ms(const struct template_datetime *date)
{
    return date->ms + offset_ms_of(date);
}

void template_date_fields(const struct template_datetime *date, struct calendar_fields *out)
{
    calendar_fields_of(template_date_local_ms(date), out);
}

struct template_value template_date_value(const struct template_datetime *date)
{
    return (struct template_value){.type = TEMPLATE_DATETIME, .datetime = *date};
}

int template_date_at(struct template_call *call, const struct template_datetime *date, int64_t ms,
                     struct template_datetime *out)
{
    struct template_datetime moved = *date;
    int64_t local_ms;

    if (ms < WINDOW_LEAST_MS || ms > WINDOW_MOST_MS) goto fail;
    moved.ms = ms;
    if (moved.zone != NULL) moved.offset_s = (int32_t)(zone_offset_ms(moved.zone, ms) / 1000);
    local_ms = template_date_local_ms(&moved);
    if (local_ms < WINDOW_LEAST_MS || local_ms > WINDOW_MOST_MS) goto fail;
    *out = moved;
    return STATUS_OK;

fail:
    return template_call_fail(call, "the date-time would be outside the years 0001 to 9999");
}

/* The offsets a day before and a day after bracket whatever change there is. */
static int64_t resolve(const struct template_datetime *date, int64_t local_ms)
{
    int64_t kept = offset_ms_of(date), before, after;

    if (date->zone == NULL) return local_ms - kept;
    if (zone_offset_ms(date->zone, local_ms - kept) == kept) return local_ms - kept;
    before = zone_offset_ms(date->zone, local_ms - CALENDAR_DAY_MS);
    after = zone_offset_ms(date->zone, local_ms + CALENDAR_DAY_MS);
    if (zone_offset_ms(date->zone, local_ms - before) == before) return local_ms - before;
    if (zone_offset_ms(date->zone, local_ms - after) == after) return local_ms - after;
    return local_ms - before;
}

int template_date_at_local(struct template_call *call, const struct template_datetime *date, int64_t local_ms,
                           struct template_datetime *out)
{
    if (local_ms < WINDOW_LEAST_MS || local_ms > WINDOW_MOST_MS) {
        return template_call_fail(call, "the date-time would be outside the years 0001 to 9999");
    }
    return template_date_at(call, date, resolve(date, local_ms), out);
}

int template_date_at_first(struct template_call *call, const struct template_datetime *date, int64_t local_ms,
                           struct template_datetime *out)
{
    struct template_datetime before = *date;

    before.ms = local_ms - CALENDAR_DAY_MS;
    return template_date_at_local(call, &before, local_ms, out);
}

/* "+hh", "+hhmm", "+hh:mm"; false for anything else. */
static bool read_offset(const char *text, int32_t *out_s)
{
    size_t len = strlen(text);
    bool has_colon = len == 6 && text[3] == ':';
    char digits[5] = "0000";
    int32_t value;

    if ((text[0] != '+' && text[0] != '-') || (len != 3 && len != 5 && !has_colon)) return false;
    memcpy(digits, text + 1, 2);
    if (len > 3) memcpy(digits + 2, text + (has_colon ? 4 : 3), 2);
    if (strspn(digits, "0123456789") != 4) return false;
    value = (int32_t)strtol(digits, NULL, 10);
    if (value % 100 > 59) return false;
    value = value / 100 * 3600 + value % 100 * 60;
    if (value > OFFSET_MOST_S) return false;
    *out_s = text[0] == '-' ? -value : value;
    return true;
}

int template_date_set_zone(struct template_datetime *date, const char *zone)
{
    int32_t offset_s = 0;

    if (strcmp(zone, "Z") == 0 || read_offset(zone, &offset_s)) {
        date->zone = NULL;
    } else if (window_is_zone(zone)) {
        offset_s = (int32_t)(zone_offset_ms(zone, date->ms) / 1000);
        date->zone = zone;
    } else {
        return STATUS_INVALID;
    }
    date->offset_s = offset_s;
    date->is_local = false;
    return STATUS_OK;
}

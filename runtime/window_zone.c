/* Time zones by ICU, whose database Debian keeps current. Opened per call: zones are read when campaigns load. */
#include "runtime/window_zone.h"

#include <string.h>
#include <unicode/ucal.h>

#include "runtime/status.h"
#include "runtime/window.h"

#define ZONE_NAME_SIZE 64
#define DAY_MS INT64_C(86400000)

/* ICU's form of the name; its length, or 0 when ICU's database has no such zone. */
static int32_t find_zone(const char *name, UChar out[ZONE_NAME_SIZE])
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-/_";
    UChar canonical[ZONE_NAME_SIZE];
    UErrorCode error = U_ZERO_ERROR;
    UBool is_system = 0;
    size_t len = strlen(name);

    if (len == 0 || len >= ZONE_NAME_SIZE || strspn(name, allowed) != len) return 0;
    if (strcmp(name, "Etc/Unknown") == 0) return 0;
    for (size_t i = 0; i < len; i++)
        out[i] = (UChar)name[i];
    ucal_getCanonicalTimeZoneID(out, (int32_t)len, canonical, ZONE_NAME_SIZE, &is_system, &error);
    return U_SUCCESS(error) && is_system ? (int32_t)len : 0;
}

bool window_is_zone(const char *name)
{
    UChar id[ZONE_NAME_SIZE];

    return find_zone(name, id) > 0;
}

static UCalendar *open_zone(const char *name)
{
    UChar id[ZONE_NAME_SIZE];
    UErrorCode error = U_ZERO_ERROR;
    int32_t len = find_zone(name, id);
    UCalendar *calendar = len > 0 ? ucal_open(id, len, "en", UCAL_GREGORIAN, &error) : NULL;

    if (calendar != NULL && U_FAILURE(error)) {
        ucal_close(calendar);
        calendar = NULL;
    }
    return calendar;
}

static int64_t offset_at(UCalendar *calendar, int64_t ms)
{
    UErrorCode error = U_ZERO_ERROR;

    ucal_setMillis(calendar, (UDate)ms, &error);
    return (int64_t)ucal_get(calendar, UCAL_ZONE_OFFSET, &error) + ucal_get(calendar, UCAL_DST_OFFSET, &error);
}

int window_zone_offset(const char *zone, int64_t ms, int64_t *out_offset_ms)
{
    UCalendar *calendar = open_zone(zone);

    if (calendar == NULL) return STATUS_INVALID;
    *out_offset_ms = offset_at(calendar, ms);
    ucal_close(calendar);
    return STATUS_OK;
}

/*
 * The offsets a day before and a day after bracket whatever change there is; each gives a candidate, which is right
 * when the zone has that very offset there. Both right: the time comes twice, or nothing changes. None: it is skipped.
 */
static int64_t resolve(UCalendar *calendar, int64_t local_ms)
{
    int64_t before = offset_at(calendar, local_ms - DAY_MS), after = offset_at(calendar, local_ms + DAY_MS);
    int64_t with_before = local_ms - before, with_after = local_ms - after;
    UErrorCode error = U_ZERO_ERROR;
    UDate change;

    if (offset_at(calendar, with_before) == before) {
        return offset_at(calendar, with_after) == after && with_after < with_before ? with_after : with_before;
    }
    if (offset_at(calendar, with_after) == after) return with_after;
    ucal_setMillis(calendar, (UDate)with_before, &error);
    if (ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_PREVIOUS_INCLUSIVE, &change, &error) &&
        U_SUCCESS(error)) {
        return (int64_t)change;
    }
    return with_before;
}

int window_zone_instant(const char *zone, int64_t local_ms, int64_t *out_ms)
{
    UCalendar *calendar = open_zone(zone);

    if (calendar == NULL) return STATUS_INVALID;
    *out_ms = resolve(calendar, local_ms);
    ucal_close(calendar);
    return STATUS_OK;
}

/* ISO 8601 as java.time writes it: no more forms than those, so that no date is guessed. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_date.h"
#include "runtime/window.h"

#define ZONE_SIZE 64

struct reader {
    const char *at, *end;
};

static bool read_digits(struct reader *reader, int count, int *out)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (reader->at == reader->end || *reader->at < '0' || *reader->at > '9') return false;
        value = value * 10 + (*reader->at++ - '0');
    }
    *out = value;
    return true;
}

static bool read_byte(struct reader *reader, const char *one_of)
{
    if (reader->at == reader->end || *reader->at == '\0' || strchr(one_of, *reader->at) == NULL) return false;
    reader->at++;
    return true;
}

static bool read_date(struct reader *reader, struct calendar_fields *out)
{
    return read_digits(reader, 4, &out->year) && read_byte(reader, "-") && read_digits(reader, 2, &out->month) &&
           read_byte(reader, "-") && read_digits(reader, 2, &out->day) && out->year >= 1 && out->month >= 1 &&
           out->month <= 12 && out->day >= 1 && out->day <= calendar_days_in_month(out->year, out->month);
}

/* Digits behind the third are cut off. */
static bool read_fraction(struct reader *reader, struct calendar_fields *out)
{
    int scale = 100, digit;

    if (!read_byte(reader, ".,")) return true;
    if (!read_digits(reader, 1, &digit)) return false;
    do {
        out->millisecond += digit * scale;
        scale /= 10;
    } while (read_digits(reader, 1, &digit));
    return true;
}

static bool read_time(struct reader *reader, struct calendar_fields *out)
{
    if (!read_digits(reader, 2, &out->hour) || !read_byte(reader, ":") || !read_digits(reader, 2, &out->minute)) {
        return false;
    }
    if (read_byte(reader, ":") && (!read_digits(reader, 2, &out->second) || !read_fraction(reader, out))) return false;
    return out->hour <= 23 && out->minute <= 59 && out->second <= 59;
}

/* Copies what stands until a byte of marks; false for what is too long. */
static bool read_name(struct reader *reader, const char *marks, char out[ZONE_SIZE])
{
    size_t len = 0;

    while (reader->at < reader->end && *reader->at != '\0' && strchr(marks, *reader->at) == NULL) {
        if (len == ZONE_SIZE - 1) return false;
        out[len++] = *reader->at++;
    }
    out[len] = '\0';
    return len > 0;
}

/* "[Europe/Paris]" behind a time; the zone's name goes to the arena. */
static bool read_zone(struct reader *reader, struct template_arena *arena, struct template_datetime *date)
{
    char name[ZONE_SIZE], *kept;

    if (!read_byte(reader, "[")) return true;
    if (!read_name(reader, "]", name) || !read_byte(reader, "]") || !window_is_zone(name)) return false;
    kept = template_arena_take(arena, strlen(name) + 1);
    strcpy(kept, name);
    date->zone = kept;
    return true;
}

int template_date_read_iso(struct template_text text, struct template_arena *arena, struct template_datetime *out)
{
    struct reader reader = {text.bytes, text.bytes + text.len};
    struct template_datetime date = {.is_local = true};
    struct calendar_fields fields = {0};
    struct template_call call = {.arena = arena};
    char offset[ZONE_SIZE];
    int64_t local_ms;

    if (!read_date(&reader, &fields)) return STATUS_INVALID;
    if (read_byte(&reader, "Tt ") && !read_time(&reader, &fields)) return STATUS_INVALID;
    local_ms = calendar_ms(&fields);
    date.ms = local_ms;
    if (reader.at < reader.end && strchr("Zz+-", *reader.at) != NULL) {
        if (!read_name(&reader, "[", offset)) return STATUS_INVALID;
        if (offset[0] == 'z') offset[0] = 'Z';
        if (template_date_set_zone(&date, offset) != STATUS_OK || date.zone != NULL) return STATUS_INVALID;
        date.ms = local_ms - (int64_t)date.offset_s * 1000;
        if (!read_zone(&reader, arena, &date)) return STATUS_INVALID;
    } else {
        if (!read_zone(&reader, arena, &date)) return STATUS_INVALID;
        date.is_local = date.zone == NULL;
        if (template_date_at_first(&call, &date, local_ms, &date) != STATUS_OK) return STATUS_INVALID;
    }
    if (reader.at != reader.end) return STATUS_INVALID;
    return template_date_at(&call, &date, date.ms, out);
}

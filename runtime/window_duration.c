/* Durations in words. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/window.h"

#define MOST_MS (INT64_C(36525) * 86400000)

struct unit {
    const char *name; /* singular; an s may follow, but for ms */
    int64_t ms;
};

/* Larger first, in the order in which they may follow each other. */
static const struct unit units[] = {
    {"week", 604800000}, {"day", 86400000}, {"hour", 3600000},  {"minute", 60000},
    {"second", 1000},    {"ms", 1},         {"millisecond", 1},
};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static size_t find_unit(const char *word, size_t len)
{
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        size_t name_len = strlen(units[i].name);

        if (len < name_len || memcmp(word, units[i].name, name_len) != 0) continue;
        if (len == name_len || (len == name_len + 1 && word[name_len] == 's' && strcmp(units[i].name, "ms") != 0))
            return i;
    }
    return UNIT_COUNT;
}

static void skip_spaces(const char **at, const char *end)
{
    while (*at < end && **at == ' ')
        (*at)++;
}

/* Reads "30 minutes" at *at and adds it; a sentence when that cannot be. */
static const char *read_part(const char **at, const char *end, size_t *last_unit, int64_t *sum_ms)
{
    const char *start = *at, *word;
    int64_t count = 0;
    size_t unit;

    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
        if (count > MOST_MS) return "longer than 100 years";
        count = count * 10 + (**at - '0');
    }
    if (*at == start) return "expected a whole number and a unit, such as 30 minutes";
    skip_spaces(at, end);
    word = *at;
    while (*at < end && **at >= 'a' && **at <= 'z')
        (*at)++;
    unit = find_unit(word, (size_t)(*at - word));
    if (unit == UNIT_COUNT || (*at < end && **at != ' '))
        return "expected a unit: weeks, days, hours, minutes, seconds or ms";
    if (*last_unit < UNIT_COUNT && units[unit].ms >= units[*last_unit].ms)
        return "units go from larger to smaller, each once";
    if (count > MOST_MS / units[unit].ms || *sum_ms > MOST_MS - count * units[unit].ms) return "longer than 100 years";
    *last_unit = unit;
    *sum_ms += count * units[unit].ms;
    return NULL;
}

int window_parse_duration(const char *text, size_t len, int64_t *out_ms, const char **out_why)
{
    const char *at = text, *end = text + len, *why;
    size_t last_unit = UNIT_COUNT;
    int64_t sum_ms = 0;

    skip_spaces(&at, end);
    do {
        why = read_part(&at, end, &last_unit, &sum_ms);
        skip_spaces(&at, end);
    } while (why == NULL && at < end);
    if (why != NULL) {
        *out_why = why;
        return STATUS_INVALID;
    }
    *out_ms = sum_ms;
    return STATUS_OK;
}

/*
 * Patterns of Java's DateTimeFormatter as ICU's, which has the same letters for most. Where it does not, or where a
 * letter means something else there, the text is written out in quotes.
 */
#include <stdio.h>
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_date.h"

#define LITERAL_SIZE 80
#define MODIFIED_JULIAN_EPOCH 40587 /* days from 1858-11-17 to 1970-01-01 */

struct writer {
    char *at, *end;
    bool is_quoted;
};

/* How often a letter may stand in a row in Java; 0 where it may not at all. */
static size_t most_of(char letter)
{
    static const struct {
        const char *letters;
        size_t most;
    } groups[] = {
        {"uyYAnNg", 19}, {"S", 9}, {"GMLQqEecXxZ", 5}, {"zOvB", 5}, {"D", 3}, {"dwhHkKmsV", 2}, {"WFa", 1},
    };

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (strchr(groups[i].letters, letter) != NULL) return groups[i].most;
    }
    return 0;
}

static bool is_count_right(char letter, size_t count)
{
    if (letter == 'V') return count == 2;
    if (letter == 'O' || letter == 'v') return count == 1 || count == 4;
    if (letter == 'B') return count == 1 || count == 4 || count == 5;
    if (letter == 'z') return count <= 4;
    if (letter == 'c') return count != 2 && count <= 5;
    return count <= most_of(letter);
}

static void put(struct writer *writer, char byte)
{
    if (writer->at < writer->end) *writer->at++ = byte;
}

static void set_quoted(struct writer *writer, bool is_quoted)
{
    if (writer->is_quoted != is_quoted) put(writer, '\'');
    writer->is_quoted = is_quoted;
}

/* In quotes, which stay open: in ICU's patterns as in Java's two in a row are one that is meant. */
static void put_literal(struct writer *writer, const char *bytes, size_t len)
{
    set_quoted(writer, true);
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\'') put(writer, '\'');
        put(writer, bytes[i]);
    }
}

/* The name by which Java knows the zone or offset. */
static void zone_name(const struct template_datetime *date, char out[LITERAL_SIZE])
{
    int minutes = date->offset_s / 60, size = minutes < 0 ? -minutes : minutes;

    if (date->zone != NULL) {
        snprintf(out, LITERAL_SIZE, "%s", date->zone);
    } else if (minutes == 0) {
        snprintf(out, LITERAL_SIZE, "Z");
    } else {
        snprintf(out, LITERAL_SIZE, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60);
    }
}

/* The text of a letter that ICU has none for, or another one; false for those that it has. */
static bool own_text(char letter, size_t count, const struct template_datetime *date, char out[LITERAL_SIZE])
{
    struct calendar_fields fields;
    long long of_day, day, width = (long long)count;

    template_date_fields(date, &fields);
    of_day = ((fields.hour * 60LL + fields.minute) * 60 + fields.second) * 1000 + fields.millisecond;
    day = calendar_days(fields.year, fields.month, fields.day) + MODIFIED_JULIAN_EPOCH;
    switch (letter) {
    case 'A': snprintf(out, LITERAL_SIZE, "%0*lld", (int)width, of_day); return true;
    case 'N': snprintf(out, LITERAL_SIZE, "%0*lld", (int)width, of_day * 1000000); return true;
    case 'n': snprintf(out, LITERAL_SIZE, "%0*lld", (int)width, fields.millisecond * 1000000LL); return true;
    case 'g': snprintf(out, LITERAL_SIZE, "%0*lld", (int)width + (day < 0 ? 1 : 0), day); return true;
    case 'V': zone_name(date, out); return true;
    case 'z':
    case 'v': zone_name(date, out); return date->zone == NULL;
    default: return false;
    }
}

static int put_letters(struct template_call *call, size_t index, struct writer *writer, char letter, size_t count,
                       const struct template_datetime *date)
{
    char literal[LITERAL_SIZE];

    if (most_of(letter) == 0) {
        return template_call_fail(call, "argument %zu: not a date pattern: '%c' is no letter of it", index + 1, letter);
    }
    if (!is_count_right(letter, count)) {
        return template_call_fail(call, "argument %zu: not a date pattern: %zu times '%c'", index + 1, count, letter);
    }
    if (date->is_local && strchr("VzvOXxZ", letter) != NULL) {
        return template_call_fail(call, "argument %zu: '%c' needs a zone, and the date-time has none", index + 1,
                                  letter);
    }
    if (own_text(letter, count, date, literal)) {
        put_literal(writer, literal, strlen(literal));
        return STATUS_OK;
    }
    set_quoted(writer, false);
    for (size_t i = 0; i < count; i++)
        put(writer, letter == 'u' ? 'y' : letter);
    return STATUS_OK;
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Copies what stands in quotes, from behind the first; where it ends, or NULL. */
static const char *put_quoted(struct writer *writer, const char *at, const char *end)
{
    if (at < end && *at == '\'') {
        put_literal(writer, "'", 1);
        return at + 1;
    }
    while (at < end) {
        if (*at != '\'') {
            put_literal(writer, at++, 1);
        } else if (at + 1 < end && at[1] == '\'') {
            put_literal(writer, "'", 1);
            at += 2;
        } else {
            return at + 1;
        }
    }
    return NULL;
}

static int put_other(struct template_call *call, size_t index, struct writer *writer, char byte)
{
    if (byte == '{' || byte == '}' || byte == '#') {
        return template_call_fail(call, "argument %zu: not a date pattern: %c means nothing in it", index + 1, byte);
    }
    if (byte != '[' && byte != ']') put_literal(writer, &byte, 1);
    return STATUS_OK;
}

int template_date_pattern(struct template_call *call, size_t index, struct template_text pattern,
                          const struct template_datetime *date, char *out, size_t size)
{
    struct writer writer = {out, out + size - 2, false};
    const char *at = pattern.bytes, *end = at + pattern.len, *next;
    int status = STATUS_OK;

    for (; at < end && status == STATUS_OK; at = next) {
        next = at + 1;
        if (*at == '\'') {
            next = put_quoted(&writer, next, end);
            if (next == NULL) {
                return template_call_fail(call, "argument %zu: not a date pattern: a quote is not closed", index + 1);
            }
        } else if (is_letter(*at)) {
            while (next < end && *next == *at)
                next++;
            status = put_letters(call, index, &writer, *at, (size_t)(next - at), date);
        } else {
            status = put_other(call, index, &writer, *at);
        }
    }
    if (status != STATUS_OK) return status;
    if (writer.at == writer.end || pattern.len == 0) {
        return template_call_fail(call, "argument %zu: the date pattern is %s", index + 1,
                                  pattern.len == 0 ? "empty" : "too long");
    }
    writer.end += 1;
    set_quoted(&writer, false);
    *writer.at = '\0';
    return STATUS_OK;
}

/*
 * A pattern becomes a row of items; matching walks the row and goes back over it. Only items that can match in more
 * than one way recurse, so their number bounds the depth.
 */
#include "runtime/pattern.h"

#include <ctype.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/status.h"

#define MOST_LEN 65536
#define MOST_BRANCHES 200
#define STILL_OPEN (SIZE_MAX - 1) /* a capture's len before it is closed */

enum item_kind {
    ITEM_BYTE,
    ITEM_ANY,
    ITEM_SET,
    ITEM_OPEN,
    ITEM_POSITION,
    ITEM_CLOSE,
    ITEM_BALANCED,
    ITEM_FRONTIER,
    ITEM_BACK,
    ITEM_END
};
enum item_count { COUNT_ONE, COUNT_ANY, COUNT_SOME, COUNT_FEWEST, COUNT_OPTIONAL };

struct item {
    enum item_kind kind;
    enum item_count count;
    unsigned char first, second; /* the byte; both ends of a balanced pair; the index of a capture */
    uint32_t set[8];
};

struct pattern {
    struct item *items;
    size_t item_count;
    bool is_anchored;
};

/* What is read while compiling. */
struct source {
    const unsigned char *at, *end;
    struct pattern *pattern;
    unsigned char open[PATTERN_MOST_CAPTURES];
    size_t open_count, capture_count, branches;
    bool is_closed[PATTERN_MOST_CAPTURES];
    const char *error;
};

static void set_add(uint32_t set[8], unsigned char byte)
{
    set[byte / 32] |= UINT32_C(1) << (byte % 32);
}

static bool set_has(const uint32_t set[8], unsigned char byte)
{
    return (set[byte / 32] >> (byte % 32) & 1) != 0;
}

static bool in_class(int byte, int letter)
{
    switch (letter) {
    case 'a': return isalpha(byte) != 0;
    case 'c': return iscntrl(byte) != 0;
    case 'd': return isdigit(byte) != 0;
    case 'g': return isgraph(byte) != 0;
    case 'l': return islower(byte) != 0;
    case 'p': return ispunct(byte) != 0;
    case 's': return isspace(byte) != 0;
    case 'u': return isupper(byte) != 0;
    case 'w': return isalnum(byte) != 0;
    case 'x': return isxdigit(byte) != 0;
    case 'z': return byte == 0; /* of old, still there */
    }
    return false;
}

/* What stands behind a % : a class of bytes, or the byte itself. */
static void set_add_class(uint32_t set[8], unsigned char letter)
{
    int lower = tolower(letter);

    if (strchr("acdglpsuwxz", lower) == NULL || lower == 0) {
        set_add(set, letter);
        return;
    }
    for (int byte = 0; byte < 256; byte++) {
        if (in_class(byte, lower) != (isupper(letter) != 0)) set_add(set, (unsigned char)byte);
    }
}

/* The closing bracket of a set whose content begins at `at`; a bracket in the first place is content. */
static const unsigned char *set_end(const unsigned char *at, const unsigned char *end)
{
    do {
        if (at >= end) return NULL;
        at += *at == '%' ? 2 : 1;
    } while (at < end && *at != ']');
    return at < end ? at : NULL;
}

static void read_set_content(uint32_t set[8], const unsigned char *at, const unsigned char *close)
{
    while (at < close) {
        if (*at == '%') {
            set_add_class(set, at[1]);
            at += 2;
        } else if (close - at > 2 && at[1] == '-') {
            for (int byte = at[0]; byte <= at[2]; byte++)
                set_add(set, (unsigned char)byte);
            at += 3;
        } else {
            set_add(set, *at++);
        }
    }
}

/* Reads [...] from its bracket. */
static bool read_set(struct source *source, uint32_t set[8])
{
    bool is_negated = source->at + 1 < source->end && source->at[1] == '^';
    const unsigned char *start = source->at + (is_negated ? 2 : 1);
    const unsigned char *close = set_end(start, source->end);

    if (close == NULL) {
        source->error = "malformed pattern (missing ']')";
        return false;
    }
    read_set_content(set, start, close);
    for (size_t i = 0; is_negated && i < 8; i++)
        set[i] = ~set[i];
    source->at = close + 1;
    return true;
}

static struct item *add_item(struct source *source, enum item_kind kind)
{
    struct item *item = &source->pattern->items[source->pattern->item_count++];

    item->kind = kind;
    return item;
}

static bool read_open(struct source *source)
{
    bool is_position = source->at + 1 < source->end && source->at[1] == ')';

    if (source->capture_count >= PATTERN_MOST_CAPTURES) {
        source->error = "too many captures";
        return false;
    }
    add_item(source, is_position ? ITEM_POSITION : ITEM_OPEN);
    if (is_position) {
        source->is_closed[source->capture_count] = true;
    } else {
        source->open[source->open_count++] = (unsigned char)source->capture_count;
    }
    source->capture_count++;
    source->branches++;
    source->at += is_position ? 2 : 1;
    return true;
}

static bool read_close(struct source *source)
{
    if (source->open_count == 0) {
        source->error = "invalid pattern capture";
        return false;
    }
    source->open_count--;
    source->is_closed[source->open[source->open_count]] = true;
    add_item(source, ITEM_CLOSE)->first = source->open[source->open_count];
    source->branches++;
    source->at++;
    return true;
}

static bool read_balanced(struct source *source)
{
    struct item *item;

    if (source->end - source->at < 4) {
        source->error = "malformed pattern (missing arguments to '%b')";
        return false;
    }
    item = add_item(source, ITEM_BALANCED);
    item->first = source->at[2];
    item->second = source->at[3];
    source->at += 4;
    return true;
}

static bool read_frontier(struct source *source)
{
    source->at += 2;
    if (source->at >= source->end || *source->at != '[') {
        source->error = "missing '[' after '%f' in pattern";
        return false;
    }
    return read_set(source, add_item(source, ITEM_FRONTIER)->set);
}

static bool read_back(struct source *source)
{
    size_t index = (size_t)(source->at[1] - '1');

    if (index >= source->capture_count || !source->is_closed[index]) {
        source->error = "invalid capture index in pattern";
        return false;
    }
    add_item(source, ITEM_BACK)->first = (unsigned char)index;
    source->at += 2;
    return true;
}

static void read_count(struct source *source, struct item *item)
{
    if (source->at >= source->end) return;
    switch (*source->at) {
    case '*': item->count = COUNT_ANY; break;
    case '+': item->count = COUNT_SOME; break;
    case '-': item->count = COUNT_FEWEST; break;
    case '?': item->count = COUNT_OPTIONAL; break;
    default: return;
    }
    source->branches++;
    source->at++;
}

/* One byte, class, set or dot, and how often. */
static bool read_single(struct source *source)
{
    unsigned char byte = *source->at;
    struct item *item;

    if (byte == '[') {
        item = add_item(source, ITEM_SET);
        if (!read_set(source, item->set)) return false;
    } else if (byte == '%') {
        item = add_item(source, ITEM_SET);
        set_add_class(item->set, source->at[1]);
        source->at += 2;
    } else {
        item = add_item(source, byte == '.' ? ITEM_ANY : ITEM_BYTE);
        item->first = byte;
        source->at++;
    }
    read_count(source, item);
    return true;
}

static bool read_item(struct source *source)
{
    unsigned char byte = *source->at;

    if (byte == '(') return read_open(source);
    if (byte == ')') return read_close(source);
    if (byte == '$' && source->at + 1 == source->end) {
        add_item(source, ITEM_END);
        source->at++;
        return true;
    }
    if (byte != '%') return read_single(source);
    if (source->at + 1 >= source->end) {
        source->error = "malformed pattern (ends with '%')";
        return false;
    }
    if (source->at[1] == 'b') return read_balanced(source);
    if (source->at[1] == 'f') return read_frontier(source);
    if (source->at[1] >= '0' && source->at[1] <= '9') return read_back(source);
    return read_single(source);
}

static bool read_all(struct source *source)
{
    while (source->at < source->end) {
        if (!read_item(source)) return false;
    }
    if (source->open_count > 0) source->error = "unfinished capture";
    if (source->branches > MOST_BRANCHES) source->error = "pattern too complex";
    return source->error == NULL;
}

int pattern_compile(const char *text, size_t len, bool is_anchorable, struct pattern **out, const char **out_error)
{
    struct source source = {0};

    if (len > MOST_LEN) {
        *out_error = "pattern too long";
        return STATUS_INVALID;
    }
    source.at = (const unsigned char *)text;
    source.end = source.at + len;
    source.pattern = memory_zeroed(1, sizeof(*source.pattern));
    source.pattern->items = memory_zeroed(len + 1, sizeof(struct item));
    if (is_anchorable && len > 0 && text[0] == '^') {
        source.pattern->is_anchored = true;
        source.at++;
    }
    if (!read_all(&source)) {
        *out_error = source.error;
        pattern_free(source.pattern);
        return STATUS_INVALID;
    }
    *out = source.pattern;
    return STATUS_OK;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL) return;
    memory_free(pattern->items);
    memory_free(pattern);
}

bool pattern_is_anchored(const struct pattern *pattern)
{
    return pattern->is_anchored;
}

/* One try. */
struct attempt {
    const struct pattern *pattern;
    const char *begin, *end;
    int64_t steps;
    struct pattern_match *match;
};

static bool fits(const struct attempt *attempt, const struct item *item, const char *at)
{
    if (at >= attempt->end) return false;
    switch (item->kind) {
    case ITEM_BYTE: return (unsigned char)*at == item->first;
    case ITEM_ANY: return true;
    case ITEM_SET: return set_has(item->set, (unsigned char)*at);
    case ITEM_OPEN:
    case ITEM_POSITION:
    case ITEM_CLOSE:
    case ITEM_BALANCED:
    case ITEM_FRONTIER:
    case ITEM_BACK:
    case ITEM_END: break;
    }
    return false;
}

static const char *walk(struct attempt *attempt, const char *at, size_t index);

static const char *walk_open(struct attempt *attempt, const char *at, size_t index, size_t len)
{
    struct pattern_match *match = attempt->match;
    const char *end;

    match->captures[match->capture_count].start = at;
    match->captures[match->capture_count].len = len;
    match->capture_count++;
    end = walk(attempt, at, index + 1);
    if (end == NULL) match->capture_count--;
    return end;
}

static const char *walk_close(struct attempt *attempt, const char *at, size_t index)
{
    struct pattern_capture *capture = &attempt->match->captures[attempt->pattern->items[index].first];
    const char *end;

    capture->len = (size_t)(at - capture->start);
    end = walk(attempt, at, index + 1);
    if (end == NULL) capture->len = STILL_OPEN;
    return end;
}

/* As many as there are, then fewer. */
static const char *walk_most(struct attempt *attempt, const char *at, size_t index, size_t least)
{
    const struct item *item = &attempt->pattern->items[index];
    const char *end;
    size_t count = 0;

    while (fits(attempt, item, at + count))
        count++;
    attempt->steps -= (int64_t)count;
    for (;; count--) {
        if (count < least) return NULL;
        end = walk(attempt, at + count, index + 1);
        if (end != NULL || attempt->steps < 0 || count == 0) return end;
    }
}

static const char *walk_fewest(struct attempt *attempt, const char *at, size_t index)
{
    const struct item *item = &attempt->pattern->items[index];
    const char *end;

    for (;; at++) {
        end = walk(attempt, at, index + 1);
        if (end != NULL || attempt->steps < 0) return end;
        if (!fits(attempt, item, at)) return NULL;
    }
}

/* Behind the pair that begins at `at`; NULL when it is not closed. */
static const char *skip_balanced(struct attempt *attempt, const struct item *item, const char *at)
{
    size_t depth = 1;

    if (at >= attempt->end || (unsigned char)*at != item->first) return NULL;
    for (at++; at < attempt->end; at++) {
        attempt->steps--;
        if ((unsigned char)*at == item->second) {
            if (--depth == 0) return at + 1;
        } else if ((unsigned char)*at == item->first) {
            depth++;
        }
    }
    return NULL;
}

static bool is_frontier(const struct attempt *attempt, const struct item *item, const char *at)
{
    unsigned char before = at > attempt->begin ? (unsigned char)at[-1] : 0;
    unsigned char here = at < attempt->end ? (unsigned char)*at : 0;

    return !set_has(item->set, before) && set_has(item->set, here);
}

static const char *skip_back(struct attempt *attempt, const struct item *item, const char *at)
{
    const struct pattern_capture *capture = &attempt->match->captures[item->first];
    size_t len = capture->len;

    if (len == PATTERN_POSITION) return NULL;
    attempt->steps -= (int64_t)(len / 16);
    if (len > (size_t)(attempt->end - at) || memcmp(capture->start, at, len) != 0) return NULL;
    return at + len;
}

static const char *walk(struct attempt *attempt, const char *at, size_t index)
{
    for (; index < attempt->pattern->item_count; index++) {
        const struct item *item = &attempt->pattern->items[index];
        const char *end;

        if (--attempt->steps < 0) return NULL;
        switch (item->kind) {
        case ITEM_OPEN: return walk_open(attempt, at, index, STILL_OPEN);
        case ITEM_POSITION: return walk_open(attempt, at, index, PATTERN_POSITION);
        case ITEM_CLOSE: return walk_close(attempt, at, index);
        case ITEM_END: return at == attempt->end ? at : NULL;
        case ITEM_FRONTIER:
            if (!is_frontier(attempt, item, at)) return NULL;
            continue;
        case ITEM_BALANCED:
        case ITEM_BACK:
            at = item->kind == ITEM_BACK ? skip_back(attempt, item, at) : skip_balanced(attempt, item, at);
            if (at == NULL) return NULL;
            continue;
        case ITEM_BYTE:
        case ITEM_ANY:
        case ITEM_SET: break;
        }
        switch (item->count) {
        case COUNT_ANY: return walk_most(attempt, at, index, 0);
        case COUNT_SOME: return walk_most(attempt, at, index, 1);
        case COUNT_FEWEST: return walk_fewest(attempt, at, index);
        case COUNT_OPTIONAL:
            if (!fits(attempt, item, at)) continue;
            end = walk(attempt, at + 1, index + 1);
            if (end != NULL) return end;
            continue;
        case COUNT_ONE:
            if (!fits(attempt, item, at)) return NULL;
            at++;
        }
    }
    return at;
}

int pattern_match_at(const struct pattern *pattern, const char *subject, size_t len, size_t offset, int64_t *steps,
                     struct pattern_match *out)
{
    struct attempt attempt = {pattern, subject, subject + len, *steps - 1, out};

    out->capture_count = 0;
    out->end = walk(&attempt, subject + offset, 0);
    *steps = attempt.steps;
    if (attempt.steps < 0) return STATUS_LIMIT;
    return out->end != NULL ? STATUS_OK : STATUS_NOT_FOUND;
}

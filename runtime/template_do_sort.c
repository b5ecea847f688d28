/* topN and bottomN: the items of an array that come first, by a property of each. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_arena.h"
#include "runtime/template_argument.h"
#include "runtime/template_do.h"

struct entry {
    struct template_value item;
    struct template_value key; /* null comes last in both orders */
};

/* Follows names with dots between them; null where one is not there. */
static struct template_value property(struct template_call *call, struct template_value value,
                                      struct template_text path)
{
    const char *at = path.bytes, *end = path.bytes + path.len;

    while (at <= end) {
        const char *dot = at < end ? memchr(at, '.', (size_t)(end - at)) : NULL;
        struct template_text name = {at, (size_t)((dot != NULL ? dot : end) - at)};

        if (value.type != TEMPLATE_MAP || !template_map_find(&value.map, name, call->arena, &value))
            return template_null();
        at = dot != NULL ? dot + 1 : end + 1;
    }
    return value;
}

static int read_entries(struct template_call *call, struct template_text path, struct entry *entries, size_t count)
{
    enum template_type type = TEMPLATE_NULL;
    struct template_walk walk = {0};

    for (size_t i = 0; i < count; i++) {
        bool is_over = template_watch_turn(call->arena->watch);
        struct entry *entry = &entries[i];

        entry->item = template_array_next(&call->arguments[0].array, &walk, call->arena);
        entry->key = is_over ? template_null() : path.len > 0 ? property(call, entry->item, path) : entry->item;
        if (entry->key.type == TEMPLATE_NULL) continue;
        if (!template_value_has_order(&entry->key)) {
            return template_call_fail(call, "argument 1: element %zu: expected a number to sort by, got %s", i + 1,
                                      template_type_name(entry->key.type));
        }
        if (type != TEMPLATE_NULL && type != entry->key.type) {
            return template_call_fail(call, "argument 1: element %zu: a value of type %s among those of type %s", i + 1,
                                      template_type_name(entry->key.type), template_type_name(type));
        }
        type = entry->key.type;
    }
    return STATUS_OK;
}

static int by_key(const struct entry *a, const struct entry *b, int direction)
{
    int order = (a->key.type == TEMPLATE_NULL) - (b->key.type == TEMPLATE_NULL);

    return order == 0 && a->key.type != TEMPLATE_NULL ? direction * template_value_compare(&a->key, &b->key) : order;
}

/* Two runs that are in order, of which the first wins where both are equal; one behind the other once time is up. */
static void merge(const struct entry *first, size_t first_count, const struct entry *second, size_t second_count,
                  int direction, struct template_watch *watch, struct entry *out)
{
    while (first_count > 0 && second_count > 0 && !template_watch_turn(watch)) {
        if (by_key(first, second, direction) <= 0) {
            *out++ = *first++;
            first_count--;
        } else {
            *out++ = *second++;
            second_count--;
        }
    }
    memcpy(out, first, first_count * sizeof(*out));
    memcpy(out + first_count, second, second_count * sizeof(*out));
}

/* A merge sort, because qsort cannot be ended when the time is up; returns where the entries are then. */
static struct entry *sort(struct entry *entries, struct entry *spare, size_t count, int direction,
                          struct template_watch *watch)
{
    for (size_t width = 1; width < count && !template_watch_turn(watch); width *= 2) {
        struct entry *sorted = spare;

        for (size_t at = 0; at < count; at += width * 2) {
            size_t left = count - at, first = left < width ? left : width,
                   second = left - first < width ? left - first : width;

            merge(entries + at, first, entries + at + first, second, direction, watch, sorted + at);
        }
        spare = entries;
        entries = sorted;
    }
    return entries;
}

static int first_of(struct template_call *call, int direction, struct template_value *out)
{
    size_t count = template_array_count(&call->arguments[0].array);
    struct entry *entries = template_arena_take(call->arena, (count + 1) * sizeof(*entries)),
                 *spare = template_arena_take(call->arena, (count + 1) * sizeof(*entries));
    struct template_text path = {"", 0};
    struct template_value *items;
    int64_t most = 0;

    if (call->count == 3) {
        if (call->arguments[1].type != TEMPLATE_STRING || call->arguments[1].text.len == 0) {
            return template_call_fail(call, "argument 2: expected the name of a property, such as \"price\"");
        }
        path = call->arguments[1].text;
    }
    if (call->arguments[call->count - 1].type != TEMPLATE_NUMBER) {
        return template_call_fail(call, "argument %zu: expected a number, got %s", call->count,
                                  template_type_name(call->arguments[call->count - 1].type));
    }
    if (template_argument_whole(call, call->count - 1, 0, INT32_MAX, &most) != STATUS_OK) return STATUS_INVALID;
    if (read_entries(call, path, entries, count) != STATUS_OK) return STATUS_INVALID;
    entries = sort(entries, spare, count, direction, call->arena->watch);
    if (count > (size_t)most) count = (size_t)most;
    items = template_result_items(call, count);
    for (size_t i = 0; i < count; i++)
        items[i] = entries[i].item;
    *out = template_result_array(items, count);
    return STATUS_OK;
}

int template_do_top_n(struct template_call *call, struct template_value *out)
{
    return first_of(call, -1, out);
}

int template_do_bottom_n(struct template_call *call, struct template_value *out)
{
    return first_of(call, 1, out);
}

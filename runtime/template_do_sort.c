/* topN and bottomN: the items of an array that come first, by a property of each. */
#include <stdlib.h>
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_arena.h"
#include "runtime/template_argument.h"
#include "runtime/template_do.h"

struct entry {
    struct template_value item;
    struct template_value key; /* null comes last in both orders */
    size_t index;
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

        entry->index = i;
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

    if (order == 0 && a->key.type != TEMPLATE_NULL) order = direction * template_value_compare(&a->key, &b->key);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static int ascending(const void *a, const void *b)
{
    return by_key(a, b, 1);
}

static int descending(const void *a, const void *b)
{
    return by_key(a, b, -1);
}

static int first_of(struct template_call *call, int (*order)(const void *, const void *), struct template_value *out)
{
    size_t count = template_array_count(&call->arguments[0].array);
    struct entry *entries = template_arena_take(call->arena, (count + 1) * sizeof(*entries));
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
    if (count > 1) qsort(entries, count, sizeof(*entries), order);
    if (count > (size_t)most) count = (size_t)most;
    items = template_result_items(call, count);
    for (size_t i = 0; i < count; i++)
        items[i] = entries[i].item;
    *out = template_result_array(items, count);
    return STATUS_OK;
}

int template_do_top_n(struct template_call *call, struct template_value *out)
{
    return first_of(call, descending, out);
}

int template_do_bottom_n(struct template_call *call, struct template_value *out)
{
    return first_of(call, ascending, out);
}

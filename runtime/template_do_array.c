/* Arrays: what is in them, and what two have in common. */
#include "runtime/status.h"
#include "runtime/template_arena.h"
#include "runtime/template_argument.h"
#include "runtime/template_do.h"
#include "runtime/template_value_set.h"

int template_do_head(struct template_call *call, struct template_value *out)
{
    const struct template_array *array = &call->arguments[0].array;
    struct template_walk walk = {0};

    *out = template_array_count(array) > 0 ? template_array_next(array, &walk, call->arena) : template_null();
    return STATUS_OK;
}

/* The first of each value in order, nulls where asked for; returns how many. */
static size_t collect_distinct(struct template_call *call, bool with_null, struct template_value *items)
{
    const struct template_array *array = &call->arguments[0].array;
    size_t count = template_array_count(array), found = 0;
    struct template_value_set *seen = template_value_set_new(call->arena, count, call->random_seed);
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        struct template_value item = template_array_next(array, &walk, call->arena);

        if (item.type == TEMPLATE_NULL && !with_null) continue;
        if (!template_value_set_add(seen, &item)) continue;
        if (items != NULL) items[found] = item;
        found++;
    }
    return found;
}

int template_do_distinct(struct template_call *call, struct template_value *out)
{
    struct template_value *items = template_result_items(call, template_array_count(&call->arguments[0].array));

    *out = template_result_array(items, collect_distinct(call, false, items));
    return STATUS_OK;
}

int template_do_distinct_count(struct template_call *call, struct template_value *out)
{
    *out = template_integer((int64_t)collect_distinct(call, false, NULL));
    return STATUS_OK;
}

int template_do_distinct_count_with_null(struct template_call *call, struct template_value *out)
{
    *out = template_integer((int64_t)collect_distinct(call, true, NULL));
    return STATUS_OK;
}

static bool is_in(struct template_call *call, const struct template_value *value, const struct template_value *array)
{
    size_t count = array->type == TEMPLATE_ARRAY ? template_array_count(&array->array) : 0;
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        struct template_value item = template_array_next(&array->array, &walk, call->arena);

        if (template_value_equal(&item, value, call->arena)) return true;
    }
    return false;
}

int template_do_in(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(is_in(call, &call->arguments[0], &call->arguments[1]));
    return STATUS_OK;
}

int template_do_includes(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(is_in(call, &call->arguments[1], &call->arguments[0]));
    return STATUS_OK;
}

/* Not the opposite of in(): what is null is neither. */
int template_do_not_in(struct template_call *call, struct template_value *out)
{
    const struct template_value *value = &call->arguments[0], *array = &call->arguments[1];

    *out = template_boolean(value->type != TEMPLATE_NULL && array->type != TEMPLATE_NULL && !is_in(call, value, array));
    return STATUS_OK;
}

static struct template_value_set *set_of(struct template_call *call, const struct template_array *array)
{
    size_t count = template_array_count(array);
    struct template_value_set *set = template_value_set_new(call->arena, count, call->random_seed);
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        struct template_value item = template_array_next(array, &walk, call->arena);

        template_value_set_add(set, &item);
    }
    return set;
}

/* True when an item of array that is in others (or is not, as sought says) was found. */
static bool any_item(struct template_call *call, const struct template_array *array,
                     const struct template_array *others, bool sought)
{
    struct template_value_set *set = set_of(call, others);
    size_t count = template_array_count(array);
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        struct template_value item = template_array_next(array, &walk, call->arena);

        if (template_value_set_has(set, &item) == sought) return true;
    }
    return false;
}

int template_do_intersects(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(any_item(call, &call->arguments[0].array, &call->arguments[1].array, true));
    return STATUS_OK;
}

int template_do_subset_of(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(!any_item(call, &call->arguments[0].array, &call->arguments[1].array, false));
    return STATUS_OK;
}

int template_do_superset_of(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(!any_item(call, &call->arguments[1].array, &call->arguments[0].array, false));
    return STATUS_OK;
}

/* The elements' texts in the arena, without those of nulls; the bytes of all of them in out_len. */
static int read_texts(struct template_call *call, struct template_text *texts, size_t *out_count, size_t *out_len)
{
    const struct template_array *array = &call->arguments[0].array;
    size_t count = template_array_count(array), found = 0, len = 0;
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        struct template_value item = template_array_next(array, &walk, call->arena);

        if (item.type == TEMPLATE_NULL) continue;
        if (template_value_text(&item, call->arena, &texts[found]) != STATUS_OK) {
            return template_call_fail(call, "argument 1: element %zu: expected a string, got %s", i + 1,
                                      template_type_name(item.type));
        }
        len += texts[found++].len;
    }
    *out_count = found;
    *out_len = len;
    return STATUS_OK;
}

int template_do_join(struct template_call *call, struct template_value *out)
{
    size_t most = template_array_count(&call->arguments[0].array), count = 0, len = 0, at = 0;
    struct template_text *texts = template_arena_take(call->arena, (most + 1) * sizeof(*texts));
    struct template_text separator = call->arguments[1].text;
    char *bytes;

    if (read_texts(call, texts, &count, &len) != STATUS_OK) return STATUS_INVALID;
    if (count > 0) len += (count - 1) * separator.len;
    if (template_result_room(call, len, &bytes) != STATUS_OK) return STATUS_INVALID;
    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        if (i > 0) at = template_text_append(bytes, at, separator);
        at = template_text_append(bytes, at, texts[i]);
    }
    *out = template_string(bytes, at);
    return STATUS_OK;
}

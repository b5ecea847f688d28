/* Maps, and whether something is there at all. */
#include "runtime/status.h"
#include "runtime/template_arena.h"
#include "runtime/template_argument.h"
#include "runtime/template_do.h"

int template_do_get(struct template_call *call, struct template_value *out)
{
    if (!template_map_find(&call->arguments[0].map, call->arguments[1].text, call->arena, out)) *out = template_null();
    return STATUS_OK;
}

int template_do_keys(struct template_call *call, struct template_value *out)
{
    const struct template_map *map = &call->arguments[0].map;
    size_t count = template_map_count(map);
    struct template_value *items = template_result_items(call, count);
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        struct template_text key = template_map_next(map, &walk, call->arena).key;

        items[i] = template_string(key.bytes, key.len);
    }
    *out = template_result_array(items, walk.index);
    return STATUS_OK;
}

int template_do_values(struct template_call *call, struct template_value *out)
{
    const struct template_map *map = &call->arguments[0].map;
    size_t count = template_map_count(map);
    struct template_value *items = template_result_items(call, count);
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++)
        items[i] = template_map_next(map, &walk, call->arena).value;
    *out = template_result_array(items, walk.index);
    return STATUS_OK;
}

int template_do_is_null(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(call->arguments[0].type == TEMPLATE_NULL);
    return STATUS_OK;
}

int template_do_is_not_null(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(call->arguments[0].type != TEMPLATE_NULL);
    return STATUS_OK;
}

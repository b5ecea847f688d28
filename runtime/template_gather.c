/* A path through an array: context.orders.price is the price of each order, null where one has none. */
#include <string.h>

#include "runtime/payload.h"
#include "runtime/template_render.h"

struct gathering {
    struct template_renderer *renderer;
    const struct template_path *path;
    struct template_value *items;
    size_t count, size;
};

static bool is_array(const struct template_renderer *renderer, struct template_item item)
{
    if (item.node != 0) return renderer->data->nodes[item.node].kind == PAYLOAD_ARRAY;
    return item.value != NULL && item.value->type == TEMPLATE_ARRAY;
}

bool template_gathers(const struct template_renderer *renderer, struct template_item item,
                      const struct template_segment *segment)
{
    if (segment->index != UINT32_MAX || template_text_is(segment->text, "length")) return false;
    return is_array(renderer, template_item_settle(renderer, item));
}

static void add(struct gathering *gathering, struct template_value value)
{
    if (gathering->count == gathering->size) {
        size_t size = gathering->size > 0 ? gathering->size * 2 : 16;
        struct template_value *items = template_arena_take(&gathering->renderer->arena, size * sizeof(*items));

        if (gathering->count > 0) memcpy(items, gathering->items, gathering->count * sizeof(*items));
        gathering->items = items;
        gathering->size = size;
    }
    value.is_missing = false;
    gathering->items[gathering->count++] = value;
}

static void gather(struct gathering *gathering, struct template_item item, uint32_t next);

static void gather_elements(struct gathering *gathering, struct template_item item, uint32_t next)
{
    const struct payload *payload = gathering->renderer->data;
    struct template_watch *watch = &gathering->renderer->watch;

    if (item.node != 0) {
        uint32_t child = item.node + 1;

        for (uint32_t i = payload->nodes[item.node].count; i > 0 && !template_watch_turn(watch);
             i--, child = payload->nodes[child].next)
            gather(gathering, (struct template_item){child, NULL}, next);
        return;
    }
    for (size_t i = 0; i < item.value->array.count && !template_watch_turn(watch); i++)
        gather(gathering, (struct template_item){0, &item.value->array.items[i]}, next);
}

/* What the rest of the path leads to; one array of all, however deep arrays lie in arrays. */
static void gather(struct gathering *gathering, struct template_item item, uint32_t next)
{
    const struct template_path *path = gathering->path;
    struct template_value room;

    item = template_item_settle(gathering->renderer, item);
    if (is_array(gathering->renderer, item) &&
        (next == path->count || template_gathers(gathering->renderer, item, &path->segments[next]))) {
        gather_elements(gathering, item, next);
    } else if (next == path->count) {
        add(gathering, template_item_value(gathering->renderer, item));
    } else {
        gather(gathering, template_lookup_member(gathering->renderer, item, &path->segments[next], &room), next + 1);
    }
}

struct template_value template_gather(struct template_renderer *renderer, const struct template_path *path,
                                      uint32_t next, struct template_item array)
{
    struct gathering gathering = {.renderer = renderer, .path = path};

    gather(&gathering, array, next);
    return (struct template_value){.type = TEMPLATE_ARRAY, .array = {NULL, 0, gathering.items, gathering.count}};
}

/* Blocks that change what names mean: {{#each}}, {{#with}} and {{#name}}. */
#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/template_render.h"

static int render_turn(struct template_renderer *renderer, const struct template_node *node,
                       struct template_scope *scope, struct template_given *given)
{
    if (++renderer->turns > renderer->input->limits->turns) {
        return template_node_fail(renderer, node, STATUS_LIMIT, "the loops turned more than %llu times",
                                  (unsigned long long)renderer->input->limits->turns);
    }
    if (node->param_count > 0) {
        given->items[0] = scope->self;
        if (node->param_count > 1) given->key = template_frame_key(renderer, scope->frame);
        given->items[1] = (struct template_item){0, &given->key};
    }
    return template_render_body(renderer, node->body, scope);
}

static int each_node(struct template_renderer *renderer, const struct template_node *node, struct template_scope *scope,
                     struct template_frame *frame, struct template_given *given, uint32_t container)
{
    bool is_object = renderer->data->nodes[container].kind == PAYLOAD_OBJECT;
    uint32_t child = container + 1;

    for (; frame->index < frame->count; frame->index++) {
        int status;

        if (is_object) frame->member = child;
        scope->self = (struct template_item){child, NULL};
        status = render_turn(renderer, node, scope, given);
        if (status != STATUS_OK) return status;
        child = renderer->data->nodes[child].next;
    }
    return STATUS_OK;
}

static int each_value(struct template_renderer *renderer, const struct template_node *node,
                      struct template_scope *scope, struct template_frame *frame, struct template_given *given,
                      const struct template_value *value)
{
    for (; frame->index < frame->count; frame->index++) {
        int status;

        if (value->type == TEMPLATE_MAP) {
            const struct template_member *member = &value->map.members[frame->index];

            frame->key = member->key;
            scope->self = (struct template_item){0, &member->value};
        } else {
            scope->self = (struct template_item){0, &value->array.items[frame->index]};
        }
        status = render_turn(renderer, node, scope, given);
        if (status != STATUS_OK) return status;
    }
    return STATUS_OK;
}

static size_t item_count(const struct template_renderer *renderer, struct template_item item)
{
    const struct payload_node *node = &renderer->data->nodes[item.node];

    if (item.value != NULL && item.value->type == TEMPLATE_ARRAY) return item.value->array.count;
    if (item.value != NULL) return item.value->type == TEMPLATE_MAP ? item.value->map.count : 0;
    return item.node != 0 && (node->kind == PAYLOAD_ARRAY || node->kind == PAYLOAD_OBJECT) ? node->count : 0;
}

static int render_loop(struct template_renderer *renderer, const struct template_node *node,
                       const struct template_scope *outer, struct template_item item)
{
    struct template_frame frame = {.outer = outer->frame, .count = (uint32_t)item_count(renderer, item)};
    struct template_given given = {.outer = outer->given};
    struct template_scope scope = {
        .outer = outer, .frame = &frame, .given = node->param_count > 0 ? &given : outer->given};

    if (frame.count == 0) return template_render_body(renderer, node->otherwise, outer);
    if (item.node != 0) return each_node(renderer, node, &scope, &frame, &given, item.node);
    return each_value(renderer, node, &scope, &frame, &given, item.value);
}

int template_render_each(struct template_renderer *renderer, const struct template_node *node,
                         const struct template_scope *scope)
{
    struct template_value room;
    struct template_item item;
    int status = template_evaluate_item(renderer, node->value, scope, &room, &item);

    if (status != STATUS_OK) return status;
    if (template_item_is_missing(item)) status = template_render_missing(renderer, node);
    return status == STATUS_OK ? render_loop(renderer, node, scope, item) : status;
}

/* Changes what names mean; ../ then leads here, unless nothing changed. */
static int render_inside(struct template_renderer *renderer, const struct template_node *node,
                         const struct template_scope *outer, struct template_item item)
{
    bool is_same = item.node != 0 && item.node == outer->self.node;
    struct template_given given = {.outer = outer->given, .items = {item, {0, NULL}}};
    struct template_scope scope = {.outer = is_same ? outer->outer : outer,
                                   .self = item,
                                   .extra = is_same ? outer->extra : NULL,
                                   .frame = outer->frame,
                                   .given = node->param_count > 0 ? &given : outer->given};

    return template_render_body(renderer, node->body, &scope);
}

int template_render_with(struct template_renderer *renderer, const struct template_node *node,
                         const struct template_scope *scope)
{
    struct template_value room;
    struct template_item item;
    int status = template_evaluate_item(renderer, node->value, scope, &room, &item);

    if (status != STATUS_OK) return status;
    if (!template_item_is_true(renderer, item, true)) return template_render_body(renderer, node->otherwise, scope);
    return render_inside(renderer, node, scope, item);
}

/* {{#name}}: true keeps the context, false and null lead to else, an array is looped over, all else is a context. */
int template_render_section(struct template_renderer *renderer, const struct template_node *node,
                            const struct template_scope *scope)
{
    struct template_value room;
    struct template_item item;
    int status = template_evaluate_item(renderer, node->value, scope, &room, &item);
    enum template_type type;

    if (status == STATUS_OK && template_item_is_missing(item)) status = template_render_missing(renderer, node);
    if (status != STATUS_OK) return status;
    type = template_item_value(renderer, item).type;
    if (type == TEMPLATE_ARRAY) return render_loop(renderer, node, scope, item);
    if (type == TEMPLATE_NULL) return template_render_body(renderer, node->otherwise, scope);
    if (type == TEMPLATE_BOOLEAN)
        return template_render_body(renderer,
                                    template_item_is_true(renderer, item, true) ? node->body : node->otherwise, scope);
    return render_inside(renderer, node, scope, item);
}

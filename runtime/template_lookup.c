/* From a path to what it leads to, straight over the payload's nodes. */
#include <string.h>

#include "runtime/payload.h"
#include "runtime/template_render.h"

static const struct template_item nothing = {0, NULL};

static struct template_item of_node(uint32_t node)
{
    return (struct template_item){node, NULL};
}

static inline uint64_t load_8(const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof(word));
    return word;
}

static inline uint32_t load_4(const char *bytes)
{
    uint32_t word;

    memcpy(&word, bytes, sizeof(word));
    return word;
}

/* memcmp for names, which are short: no call, words that may lap over. */
static inline bool is_same(const char *a, const char *b, size_t len)
{
    if (len >= 8) {
        for (size_t i = 0; i + 8 < len; i += 8) {
            if (load_8(a + i) != load_8(b + i)) return false;
        }
        return load_8(a + len - 8) == load_8(b + len - 8);
    }
    if (len >= 4) return load_4(a) == load_4(b) && load_4(a + len - 4) == load_4(b + len - 4);
    for (size_t i = 0; i < len; i++) {
        if (a[i] != b[i]) return false;
    }
    return true;
}

/* payload_find, where most names need no decoding. The last of equal names counts. */
static uint32_t find_member(const struct payload *payload, uint32_t object, const struct template_text *name)
{
    const struct payload_node *nodes = payload->nodes;
    uint32_t found = 0, node = object + 1;

    for (uint32_t i = nodes[object].count; i > 0; i--, node = nodes[node].next) {
        const struct payload_node *at = &nodes[node];

        if (at->key_has_escapes) return payload_find(payload, object, name->bytes, name->len);
        if (at->key_end - at->key_start != name->len) continue;
        if (is_same(payload->text + at->key_start, name->bytes, name->len)) found = node;
    }
    return found;
}

/* In UTF-16, as handlebars.js counts. */
static int64_t string_length(struct template_text text)
{
    int64_t length = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];

        length += ((byte & 0xC0) != 0x80) + (byte >= 0xF0);
    }
    return length;
}

static struct template_item give(struct template_value *room, struct template_value value)
{
    *room = value;
    return (struct template_item){0, room};
}

static struct template_item member_of_node(struct template_renderer *renderer, uint32_t object,
                                           const struct template_segment *segment, struct template_value *room)
{
    const struct payload_node *node = &renderer->data->nodes[object];
    struct template_value value;

    if (node->kind == PAYLOAD_OBJECT) return of_node(find_member(renderer->data, object, &segment->text));
    if (node->kind == PAYLOAD_ARRAY && segment->index != UINT32_MAX)
        return of_node(payload_child(renderer->data, object, segment->index));
    if (segment->text.len != 6 || memcmp(segment->text.bytes, "length", 6) != 0) return nothing;
    if (node->kind == PAYLOAD_ARRAY) return give(room, template_integer(node->count));
    if (node->kind != PAYLOAD_STRING) return nothing;
    value = template_value_of_node(renderer->data, object, &renderer->arena);
    return give(room, template_integer(string_length(value.text)));
}

static struct template_item member_of_value(const struct template_value *value, const struct template_segment *segment,
                                            struct template_value *room)
{
    bool is_length = template_text_is(segment->text, "length");

    if (value->type == TEMPLATE_ARRAY) {
        if (segment->index < value->array.count) return (struct template_item){0, &value->array.items[segment->index]};
        return is_length ? give(room, template_integer((int64_t)value->array.count)) : nothing;
    }
    if (value->type == TEMPLATE_STRING && is_length) return give(room, template_integer(string_length(value->text)));
    if (value->type != TEMPLATE_MAP) return nothing;
    for (size_t i = value->map.count; i-- > 0;) {
        if (template_text_equal(value->map.members[i].key, segment->text))
            return (struct template_item){0, &value->map.members[i].value};
    }
    return nothing;
}

struct template_item template_item_settle(const struct template_renderer *renderer, struct template_item item)
{
    const struct template_value *value = item.value;

    if (value == NULL) return item;
    if (value->type == TEMPLATE_ARRAY && value->array.payload == renderer->data) return of_node(value->array.node);
    if (value->type == TEMPLATE_MAP && value->map.payload == renderer->data) return of_node(value->map.node);
    return item;
}

struct template_item template_lookup_member(struct template_renderer *renderer, struct template_item item,
                                            const struct template_segment *segment, struct template_value *room)
{
    item = template_item_settle(renderer, item);
    if (item.node != 0) return member_of_node(renderer, item.node, segment, room);
    return item.value != NULL ? member_of_value(item.value, segment, room) : nothing;
}

struct template_variable *template_find_variable(const struct template_renderer *renderer, struct template_text name)
{
    struct template_variable *variable = renderer->variables;

    while (variable != NULL && !template_text_equal(variable->name, name))
        variable = variable->outer;
    return variable;
}

static struct template_item root_item(struct template_renderer *renderer, unsigned root)
{
    static const struct template_text names[TEMPLATE_ROOTS] = {
        {"context", 7}, {"profile", 7}, {"campaign", 8}, {"message", 7}};

    if (!renderer->knows_roots) {
        renderer->knows_roots = true;
        for (size_t i = 0; i < TEMPLATE_ROOTS && renderer->data->nodes[1].kind == PAYLOAD_OBJECT; i++) {
            renderer->roots[i] = find_member(renderer->data, 1, &names[i]);
        }
    }
    return of_node(renderer->roots[root - 1]);
}

/* A name in an object: what a partial was called with lies over the object's own. */
static struct template_item scope_member(struct template_renderer *renderer, const struct template_scope *scope,
                                         const struct template_segment *segment, struct template_value *room)
{
    for (const struct template_extra *extra = scope->extra; extra != NULL; extra = extra->outer) {
        for (uint32_t i = extra->count; i-- > 0;) {
            if (template_text_equal(extra->pairs[i].name, segment->text))
                return (struct template_item){0, &extra->values[i]};
        }
    }
    return template_lookup_member(renderer, scope->self, segment, room);
}

static struct template_item name_item(struct template_renderer *renderer, const struct template_path *path,
                                      const struct template_scope *scope, struct template_value *room)
{
    struct template_item found;

    if (renderer->variables != NULL) {
        const struct template_variable *variable = template_find_variable(renderer, path->segments[0].text);

        if (variable != NULL) return (struct template_item){0, &variable->value};
    }
    if (path->root != 0 && scope->self.node == 1 && scope->extra == NULL) return root_item(renderer, path->root);
    found = scope_member(renderer, scope, &path->segments[0], room);
    if (path->root != 0 && found.node == 0 && found.value == NULL) return root_item(renderer, path->root);
    return found;
}

struct template_value template_frame_key(struct template_renderer *renderer, const struct template_frame *frame)
{
    struct template_text key = frame->key;

    if (frame->member != 0) key = template_key_of_node(renderer->data, frame->member, &renderer->arena);
    return key.bytes != NULL ? template_string(key.bytes, key.len) : template_integer(frame->index);
}

static struct template_item data_item(struct template_renderer *renderer, const struct template_path *path,
                                      const struct template_scope *scope, struct template_value *room)
{
    const struct template_frame *frame = scope->frame;

    if (path->data == DATA_ROOT) return of_node(1);
    if (path->data == DATA_PARTIAL_BLOCK) {
        return renderer->partial_block != NULL ? give(room, template_boolean(true)) : nothing;
    }
    for (unsigned up = path->up; up > 0 && frame != NULL; up--)
        frame = frame->outer;
    if (frame == NULL) return nothing;
    switch (path->data) {
    case DATA_INDEX: return give(room, template_integer(frame->index));
    case DATA_KEY: return give(room, template_frame_key(renderer, frame));
    case DATA_FIRST: return give(room, template_boolean(frame->index == 0));
    case DATA_LAST: return give(room, template_boolean(frame->index + 1 == frame->count));
    case DATA_ROOT:
    case DATA_PARTIAL_BLOCK:
    case DATA_OTHER: break;
    }
    return nothing;
}

static struct template_item given_item(const struct template_path *path, const struct template_scope *scope)
{
    const struct template_given *given = scope->given;

    for (unsigned frame = path->frame; frame > 0 && given != NULL; frame--)
        given = given->outer;
    return given != NULL && path->param < 2 ? given->items[path->param] : nothing;
}

/* this and ../: as far as there is something around. */
static struct template_item self_item(struct template_renderer *renderer, const struct template_path *path,
                                      const struct template_scope *scope, struct template_value *room)
{
    for (unsigned up = path->up; up > 0 && scope != NULL; up--)
        scope = scope->outer;
    if (scope == NULL) return nothing;
    return path->count > 0 ? scope_member(renderer, scope, &path->segments[0], room) : scope->self;
}

struct template_item template_lookup(struct template_renderer *renderer, const struct template_path *path,
                                     const struct template_scope *scope, struct template_value *room)
{
    struct template_item item = nothing;
    uint32_t next = 0;

    switch (path->start) {
    case PATH_NAME:
        item = name_item(renderer, path, scope, room);
        next = 1;
        break;
    case PATH_SELF:
        item = self_item(renderer, path, scope, room);
        next = 1;
        break;
    case PATH_PARAM: item = given_item(path, scope); break;
    case PATH_DATA: item = data_item(renderer, path, scope, room); break;
    }
    for (; next < path->count; next++) {
        if (path->gathers && template_gathers(renderer, item, &path->segments[next]))
            return give(room, template_gather(renderer, path, next, item));
        item = template_lookup_member(renderer, item, &path->segments[next], room);
    }
    return template_item_settle(renderer, item);
}

struct template_value template_item_value(struct template_renderer *renderer, struct template_item item)
{
    if (item.value != NULL) return *item.value;
    return template_value_of_node(renderer->data, item.node, &renderer->arena);
}

bool template_item_is_missing(struct template_item item)
{
    return item.node == 0 && (item.value == NULL || (item.value->type == TEMPLATE_NULL && item.value->is_missing));
}

static bool is_zero(const char *text, size_t len)
{
    for (size_t i = 0; i < len && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] >= '1' && text[i] <= '9') return false;
    }
    return true;
}

static bool value_is_true(const struct template_value *value, bool takes_zero)
{
    switch (value->type) {
    case TEMPLATE_NULL: return false;
    case TEMPLATE_BOOLEAN: return value->boolean;
    case TEMPLATE_NUMBER: return takes_zero || value->number.decimal != 0;
    case TEMPLATE_STRING: return value->text.len > 0;
    case TEMPLATE_ARRAY: return template_array_count(&value->array) > 0;
    case TEMPLATE_DATETIME:
    case TEMPLATE_MAP: return true;
    }
    return false;
}

bool template_item_is_true(const struct template_renderer *renderer, struct template_item item, bool takes_zero)
{
    const struct payload_node *node = &renderer->data->nodes[item.node];

    if (item.value != NULL) return value_is_true(item.value, takes_zero);
    if (item.node == 0) return false;
    switch ((enum payload_kind)node->kind) {
    case PAYLOAD_NULL:
    case PAYLOAD_FALSE: return false;
    case PAYLOAD_TRUE:
    case PAYLOAD_OBJECT: return true;
    case PAYLOAD_ARRAY: return node->count > 0;
    case PAYLOAD_STRING: return node->end > node->start;
    case PAYLOAD_NUMBER: return takes_zero || !is_zero(renderer->data->text + node->start, node->end - node->start);
    }
    return false;
}

/* The renderer: walks the program over a payload's nodes; nothing is copied but what is put out. */
#include "runtime/template_render.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/template_output.h"
#include "runtime/template_parse.h"

#define STEPS_BETWEEN_CLOCKS 512

static int render_body(struct template_renderer *renderer, const struct template_body *body,
                       const struct template_scope *scope);

int template_render_fail(struct template_renderer *renderer, uint16_t unit, size_t offset, int status,
                         const char *format, ...)
{
    va_list arguments;

    template_place(renderer->template->units[unit], offset, renderer->error);
    va_start(arguments, format);
    vsnprintf(renderer->error->message, sizeof(renderer->error->message), format, arguments);
    va_end(arguments);
    return status;
}

#define fail(renderer, node, status, ...) \
    template_render_fail(renderer, (node)->unit, (node)->offset, status, __VA_ARGS__)

static int64_t monotonic_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int template_render_step(struct template_renderer *renderer, uint16_t unit, size_t offset)
{
    if (++renderer->steps % STEPS_BETWEEN_CLOCKS != 0 || renderer->input->limits->time_ms == 0) return STATUS_OK;
    if (renderer->deadline_ns == 0) {
        renderer->deadline_ns = monotonic_ns() + (int64_t)renderer->input->limits->time_ms * 1000000;
    } else if (monotonic_ns() > renderer->deadline_ns) {
        return template_render_fail(renderer, unit, offset, STATUS_LIMIT, "rendering took longer than %u ms",
                                    renderer->input->limits->time_ms);
    }
    return STATUS_OK;
}

/* --- Output --- */

static inline void put(struct buffer *out, const char *bytes, size_t len)
{
    if (out->size - out->len <= len) buffer_reserve(out, len);
    memcpy(out->bytes + out->len, bytes, len);
    out->len += len;
}

static void put_value(struct template_renderer *renderer, const struct template_node *node, const char *bytes,
                      size_t len)
{
    enum template_escape escape = node->escape;

    if (renderer->forced_url > 0 &&
        (escape == ESCAPE_HTML || (escape == ESCAPE_NONE && renderer->template->mode == TEMPLATE_HTML))) {
        escape = ESCAPE_URL_ATTRIBUTE;
    }
    if (escape == ESCAPE_NONE) {
        put(renderer->out, bytes, len);
    } else if (escape == ESCAPE_URL_ATTRIBUTE) {
        template_output_url(bytes, len, node->is_raw, renderer->url_start, renderer->out);
    } else {
        template_output(escape, bytes, len, renderer->out);
    }
}

static int fail_container(struct template_renderer *renderer, const struct template_node *node, const char *kind)
{
    return fail(renderer, node, STATUS_INVALID, "an %s cannot be printed; name one of its members or use {{#each}}",
                kind);
}

static int put_node(struct template_renderer *renderer, const struct template_node *node, uint32_t data_node)
{
    const struct payload_node *found = &renderer->data->nodes[data_node];
    struct template_value value;

    switch ((enum payload_kind)found->kind) {
    case PAYLOAD_NULL: return STATUS_OK;
    case PAYLOAD_ARRAY:
    case PAYLOAD_OBJECT: return fail_container(renderer, node, payload_kind_name(renderer->data, data_node));
    case PAYLOAD_STRING:
        if (!found->has_escapes) break;
        value = template_value_of_node(renderer->data, data_node, &renderer->arena);
        put_value(renderer, node, value.text.bytes, value.text.len);
        return STATUS_OK;
    case PAYLOAD_TRUE:
    case PAYLOAD_FALSE:
    case PAYLOAD_NUMBER: break;
    }
    put_value(renderer, node, renderer->data->text + found->start, found->end - found->start);
    return STATUS_OK;
}

static int render_missing(struct template_renderer *renderer, const struct template_node *node)
{
    const struct template_expression *value = node->value;

    if (!renderer->input->is_strict || value->kind != EXPRESSION_PATH) return STATUS_OK;
    return fail(renderer, node, STATUS_INVALID, "'%.*s' is missing in the data", (int)value->path->original.len,
                value->path->original.bytes);
}

static int render_output(struct template_renderer *renderer, const struct template_node *node,
                         const struct template_scope *scope)
{
    struct template_value room;
    struct template_item item;
    struct template_text text;
    int status = template_evaluate_item(renderer, node->value, scope, &room, &item);

    if (status != STATUS_OK) return status;
    if (item.node != 0) return put_node(renderer, node, item.node);
    if (template_item_is_missing(item)) return render_missing(renderer, node);
    if (item.value->type == TEMPLATE_STRING) {
        put_value(renderer, node, item.value->text.bytes, item.value->text.len);
        return STATUS_OK;
    }
    if (item.value->type == TEMPLATE_ARRAY) return fail_container(renderer, node, "array");
    if (item.value->type == TEMPLATE_MAP) return fail_container(renderer, node, "object");
    if (template_value_text(item.value, &renderer->arena, &text) != STATUS_OK) {
        return fail(renderer, node, STATUS_INVALID, "this datetime is outside of the years that can be printed");
    }
    put_value(renderer, node, text.bytes, text.len);
    return STATUS_OK;
}

/* What an output takes from the arena is of no use behind it. */
static int render_output_and_forget(struct template_renderer *renderer, const struct template_node *node,
                                    const struct template_scope *scope)
{
    struct template_arena_mark mark;
    int status;

    if (node->value->kind == EXPRESSION_PATH && renderer->arena.chunk == NULL)
        return render_output(renderer, node, scope);
    if (renderer->arena.chunk == NULL) template_arena_take(&renderer->arena, 1);
    mark = template_arena_mark(&renderer->arena);
    status = render_output(renderer, node, scope);
    template_arena_rewind(&renderer->arena, mark);
    return status;
}

/* --- Conditions and loops --- */

static int render_condition(struct template_renderer *renderer, const struct template_node *node,
                            const struct template_scope *scope, const struct template_body **out)
{
    struct template_value room;
    struct template_item item;
    int status = template_evaluate_item(renderer, node->value, scope, &room, &item);
    bool holds;

    if (status != STATUS_OK) return status;
    if (node->is_strictly_boolean) {
        struct template_value value = template_item_value(renderer, item);

        if (value.type != TEMPLATE_BOOLEAN && value.type != TEMPLATE_NULL) {
            return template_render_fail(
                renderer, node->unit, node->value->offset, STATUS_INVALID,
                "a condition has to be a boolean, not %s; compare it, or ask isNotEmpty(…) or isNotNull(…)",
                template_letter_name(template_letter_of(value.type)));
        }
        holds = value.type == TEMPLATE_BOOLEAN && value.boolean;
    } else {
        holds = template_item_is_true(renderer, item, node->takes_zero);
    }
    *out = holds != node->is_inverted ? node->body : node->otherwise;
    return STATUS_OK;
}

static int render_turn(struct template_renderer *renderer, const struct template_node *node,
                       struct template_scope *scope, struct template_given *given)
{
    if (++renderer->turns > renderer->input->limits->turns) {
        return fail(renderer, node, STATUS_LIMIT, "the loops turned more than %llu times",
                    (unsigned long long)renderer->input->limits->turns);
    }
    if (node->param_count > 0) {
        given->items[0] = scope->self;
        given->items[1] = (struct template_item){0, &scope->frame->key};
    }
    return render_body(renderer, node->body, scope);
}

static int each_node(struct template_renderer *renderer, const struct template_node *node, struct template_scope *scope,
                     struct template_frame *frame, struct template_given *given, uint32_t container)
{
    bool is_object = renderer->data->nodes[container].kind == PAYLOAD_OBJECT;
    uint32_t child = container + 1;

    for (; frame->index < frame->count; frame->index++) {
        int status;

        if (is_object) {
            struct template_text key = template_key_of_node(renderer->data, child, &renderer->arena);

            frame->key = template_string(key.bytes, key.len);
        } else {
            frame->key = template_integer(frame->index);
        }
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

            frame->key = template_string(member->key.bytes, member->key.len);
            scope->self = (struct template_item){0, &member->value};
        } else {
            frame->key = template_integer(frame->index);
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

    if (frame.count == 0) return render_body(renderer, node->otherwise, outer);
    if (item.node != 0) return each_node(renderer, node, &scope, &frame, &given, item.node);
    return each_value(renderer, node, &scope, &frame, &given, item.value);
}

static int render_each(struct template_renderer *renderer, const struct template_node *node,
                       const struct template_scope *scope)
{
    struct template_value *room = template_arena_take(&renderer->arena, sizeof(*room));
    struct template_item item;
    int status = template_evaluate_item(renderer, node->value, scope, room, &item);

    if (status != STATUS_OK) return status;
    if (template_item_is_missing(item)) status = render_missing(renderer, node);
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
                                   .frame = outer->frame,
                                   .given = node->param_count > 0 ? &given : outer->given};

    return render_body(renderer, node->body, &scope);
}

static int render_with(struct template_renderer *renderer, const struct template_node *node,
                       const struct template_scope *scope)
{
    struct template_value *room = template_arena_take(&renderer->arena, sizeof(*room));
    struct template_item item;
    int status = template_evaluate_item(renderer, node->value, scope, room, &item);

    if (status != STATUS_OK) return status;
    if (!template_item_is_true(renderer, item, true)) return render_body(renderer, node->otherwise, scope);
    return render_inside(renderer, node, scope, item);
}

/* {{#name}}: true keeps the context, false and null lead to else, an array is looped over, all else is a context. */
static int render_section(struct template_renderer *renderer, const struct template_node *node,
                          const struct template_scope *scope)
{
    struct template_value *room = template_arena_take(&renderer->arena, sizeof(*room));
    struct template_item item;
    int status = template_evaluate_item(renderer, node->value, scope, room, &item);
    enum template_type type;

    if (status != STATUS_OK) return status;
    type = template_item_value(renderer, item).type;
    if (type == TEMPLATE_ARRAY) return render_loop(renderer, node, scope, item);
    if (type == TEMPLATE_NULL) return render_body(renderer, node->otherwise, scope);
    if (type == TEMPLATE_BOOLEAN)
        return render_body(renderer, template_item_is_true(renderer, item, true) ? node->body : node->otherwise, scope);
    return render_inside(renderer, node, scope, item);
}

/* --- Variables --- */

static void set_variable(struct template_renderer *renderer, struct template_text name, struct template_value value)
{
    struct template_variable *variable = template_find_variable(renderer, name);

    if (variable == NULL) {
        variable = template_arena_take(&renderer->arena, sizeof(*variable));
        *variable = (struct template_variable){.outer = renderer->variables, .name = name};
        renderer->variables = variable;
    }
    variable->value = value;
    variable->value.is_missing = false;
}

static int render_let(struct template_renderer *renderer, const struct template_node *node,
                      const struct template_scope *scope)
{
    struct template_value value;
    int status = template_evaluate(renderer, node->value, scope, &value);

    if (status == STATUS_OK) set_variable(renderer, node->text, value);
    return status;
}

static bool is_given(const struct template_renderer *renderer, struct template_text name,
                     const struct template_scope *scope)
{
    if (template_find_variable(renderer, name) != NULL) return true;
    for (const struct template_extra *extra = scope->extra; extra != NULL; extra = extra->outer) {
        for (uint32_t i = 0; i < extra->count; i++) {
            if (template_text_equal(extra->pairs[i].name, name)) return true;
        }
    }
    return false;
}

static int render_region(struct template_renderer *renderer, const struct template_node *node,
                         const struct template_scope *scope)
{
    size_t start = renderer->out->len, url_start = renderer->url_start;
    struct template_value value;
    int status;

    if (is_given(renderer, node->text, scope)) return STATUS_OK;
    status = render_body(renderer, node->body, scope);
    if (status != STATUS_OK) return status;
    value = template_string_copy(&renderer->arena, renderer->out->bytes + start, renderer->out->len - start);
    renderer->out->len = start;
    renderer->url_start = url_start;
    set_variable(renderer, node->text, value);
    return STATUS_OK;
}

static int render_log(struct template_renderer *renderer, const struct template_node *node,
                      const struct template_scope *scope)
{
    struct buffer line = BUFFER_EMPTY;
    int status = STATUS_OK;

    for (uint32_t i = 0; i < node->argument_count && status == STATUS_OK; i++) {
        struct template_value value;
        struct template_text text;

        status = template_evaluate(renderer, node->arguments[i], scope, &value);
        if (status != STATUS_OK) break;
        if (template_value_text(&value, &renderer->arena, &text) != STATUS_OK) text = (struct template_text){"[…]", 5};
        if (i > 0) buffer_add_char(&line, ' ');
        buffer_add(&line, text.bytes, text.len);
    }
    if (status == STATUS_OK && renderer->input->log != NULL)
        renderer->input->log(renderer->input->log_arg, line.bytes, line.len);
    buffer_free(&line);
    return status;
}

/* --- Partials --- */

static const struct template_inline *push_inlines(struct template_renderer *renderer, const struct template_body *body,
                                                  const struct template_scope *scope)
{
    const struct template_inline *before = renderer->inlines;

    for (uint32_t i = 0; i < body->count; i++) {
        struct template_inline *found;

        if (body->nodes[i].kind != NODE_INLINE) continue;
        found = template_arena_take(&renderer->arena, sizeof(*found));
        *found = (struct template_inline){renderer->inlines, &body->nodes[i], scope};
        renderer->inlines = found;
    }
    return before;
}

static int partial_name(struct template_renderer *renderer, const struct template_node *node,
                        const struct template_scope *scope, struct template_text *out)
{
    struct template_value value;
    int status;

    *out = node->text;
    if (node->dynamic == NULL) return STATUS_OK;
    status = template_evaluate(renderer, node->dynamic, scope, &value);
    if (status != STATUS_OK) return status;
    if (template_value_text(&value, &renderer->arena, out) == STATUS_OK && out->len > 0) return STATUS_OK;
    return fail(renderer, node, STATUS_INVALID, "the name of this partial is %s",
                template_letter_name(template_letter_of(value.type)));
}

/* What a partial is called with: its context, and the values laid over it. */
static int enter_partial(struct template_renderer *renderer, const struct template_node *node,
                         const struct template_scope *scope, struct template_scope *inner, struct template_extra *extra)
{
    struct template_value *room = template_arena_take(&renderer->arena, sizeof(*room)), *values;
    bool is_here =
        node->value == NULL || (node->value->kind == EXPRESSION_PATH && node->value->path->start == PATH_SELF &&
                                node->value->path->count == 0 && node->value->path->up == 0);
    int status = STATUS_OK;

    *inner =
        (struct template_scope){.self = scope->self, .extra = is_here ? scope->extra : NULL, .frame = scope->frame};
    if (!is_here) status = template_evaluate_item(renderer, node->value, scope, room, &inner->self);
    if (status != STATUS_OK || node->pair_count == 0) return status;
    values = template_arena_take(&renderer->arena, node->pair_count * sizeof(*values));
    for (uint32_t i = 0; i < node->pair_count; i++) {
        status = template_evaluate(renderer, node->pairs[i].value, scope, &values[i]);
        if (status != STATUS_OK) return status;
    }
    *extra = (struct template_extra){inner->extra, node->pairs, values, node->pair_count};
    inner->extra = extra;
    return STATUS_OK;
}

/* A body that was written elsewhere sees what could be seen there. */
static void enter_written(const struct template_scope *written, struct template_scope *inner)
{
    bool is_same = inner->self.node != 0 && inner->self.node == written->self.node && inner->extra == written->extra;

    inner->outer = is_same ? written->outer : written;
    inner->given = written->given;
}

static int render_written(struct template_renderer *renderer, const struct template_node *node,
                          const struct template_body *body, const struct template_scope *written,
                          struct template_scope *inner)
{
    int status;

    enter_written(written, inner);
    renderer->forced_url += node->is_own_url;
    status = render_body(renderer, body, inner);
    renderer->forced_url -= node->is_own_url;
    return status;
}

static int render_partial_block(struct template_renderer *renderer, const struct template_node *node,
                                const struct template_partial_block *block, struct template_scope *inner)
{
    const struct template_partial_block *before = renderer->partial_block;
    int status;

    renderer->partial_block = block->outer;
    status = render_written(renderer, node, block->body, block->scope, inner);
    renderer->partial_block = before;
    return status;
}

/* Renders what the name leads to: an inline partial, a fragment, or the block that stands in for it. */
static int render_named(struct template_renderer *renderer, const struct template_node *node, struct template_text name,
                        struct template_scope *inner, const struct template_partial_block *own)
{
    const struct template_inline *found = renderer->inlines;
    const struct template_fragment *fragment = renderer->template->fragments;

    while (found != NULL && !template_text_equal(found->node->text, name))
        found = found->outer;
    if (found != NULL) return render_written(renderer, node, found->node->body, found->scope, inner);
    if (node->target != NULL) return render_body(renderer, node->target, inner);
    while (node->dynamic != NULL && fragment != NULL && !template_text_equal(fragment->name, name))
        fragment = fragment->next;
    if (node->dynamic != NULL && fragment != NULL) return render_body(renderer, fragment->body, inner);
    if (own != NULL) return render_partial_block(renderer, node, own, inner);
    return fail(renderer, node, STATUS_INVALID, "there is no fragment or inline partial '%.*s' here", (int)name.len,
                name.bytes);
}

/* The white space before a partial that is alone on its line stands before each of its lines. */
static void indent_lines(struct buffer *out, size_t start, struct template_text indent)
{
    struct buffer text = BUFFER_EMPTY;
    size_t at = 0;

    if (indent.len == 0 || out->len == start) return;
    buffer_add(&text, out->bytes + start, out->len - start);
    out->len = start;
    while (at < text.len) {
        const char *end = memchr(text.bytes + at, '\n', text.len - at);
        size_t next = end != NULL ? (size_t)(end - text.bytes) + 1 : text.len;

        put(out, indent.bytes, indent.len);
        put(out, text.bytes + at, next - at);
        at = next;
    }
    buffer_free(&text);
}

static int render_partial(struct template_renderer *renderer, const struct template_node *node,
                          const struct template_scope *scope)
{
    const struct template_inline *inlines = renderer->inlines;
    const struct template_partial_block *block = renderer->partial_block;
    struct template_partial_block own = {block, node->body, scope};
    struct template_extra extra;
    struct template_scope inner;
    struct template_text name;
    size_t start = renderer->out->len;
    int status = partial_name(renderer, node, scope, &name);

    if (status == STATUS_OK) status = enter_partial(renderer, node, scope, &inner, &extra);
    if (status != STATUS_OK) return status;
    if (node->body != NULL) {
        if (node->body->has_inlines) push_inlines(renderer, node->body, scope);
        renderer->partial_block = &own;
    }
    if (template_text_is(name, "@partial-block")) {
        status = block != NULL ? render_partial_block(renderer, node, block, &inner)
                               : fail(renderer, node, STATUS_INVALID, "there is no partial block here");
    } else {
        status = render_named(renderer, node, name, &inner, node->body != NULL ? &own : NULL);
    }
    renderer->partial_block = block;
    renderer->inlines = inlines;
    if (status == STATUS_OK) indent_lines(renderer->out, start, node->indent);
    return status;
}

/* --- All of it --- */

static int render_node(struct template_renderer *renderer, const struct template_node *node,
                       const struct template_scope *scope)
{
    switch (node->kind) {
    case NODE_TEXT:
        put(renderer->out, node->text.bytes, node->text.len);
        if (node->url_back != TEMPLATE_NO_URL) renderer->url_start = renderer->out->len - node->url_back;
        return STATUS_OK;
    case NODE_OUTPUT: return render_output_and_forget(renderer, node, scope);
    case NODE_IF: {
        const struct template_body *body;
        int status = render_condition(renderer, node, scope, &body);

        /* {{else if}} is no nesting */
        while (status == STATUS_OK && body != NULL && body->is_chained && body->count == 1 &&
               body->nodes[0].kind == NODE_IF) {
            status = render_condition(renderer, &body->nodes[0], scope, &body);
        }
        return status == STATUS_OK ? render_body(renderer, body, scope) : status;
    }
    case NODE_EACH: return render_each(renderer, node, scope);
    case NODE_WITH: return render_with(renderer, node, scope);
    case NODE_SECTION: return render_section(renderer, node, scope);
    case NODE_LET: return render_let(renderer, node, scope);
    case NODE_REGION: return render_region(renderer, node, scope);
    case NODE_PARTIAL: return render_partial(renderer, node, scope);
    case NODE_LOG: return render_log(renderer, node, scope);
    case NODE_INLINE:
    case NODE_COMMENT: break;
    }
    return STATUS_OK;
}

static int render_nodes(struct template_renderer *renderer, const struct template_body *body,
                        const struct template_scope *scope)
{
    for (uint32_t i = 0; i < body->count; i++) {
        const struct template_node *node = &body->nodes[i];
        int status = render_node(renderer, node, scope);

        if (status == STATUS_OK) status = template_render_step(renderer, node->unit, node->offset);
        if (status != STATUS_OK) return status;
        if (renderer->out->len - renderer->out_start > renderer->input->limits->output_size) {
            return fail(renderer, node, STATUS_LIMIT, "the output is larger than %zu bytes",
                        renderer->input->limits->output_size);
        }
    }
    return STATUS_OK;
}

/* What is set and defined in a body ends with it. */
static int render_body(struct template_renderer *renderer, const struct template_body *body,
                       const struct template_scope *scope)
{
    struct template_variable *variables = renderer->variables;
    const struct template_inline *inlines = renderer->inlines;
    int status;

    if (body == NULL || body->count == 0) return STATUS_OK;
    if (++renderer->depth > renderer->input->limits->depth)
        return fail(renderer, &body->nodes[0], STATUS_LIMIT, "blocks are nested more than %u deep",
                    renderer->input->limits->depth);
    if (body->has_inlines) push_inlines(renderer, body, scope);
    status = render_nodes(renderer, body, scope);
    renderer->inlines = inlines;
    renderer->variables = variables;
    renderer->depth--;
    return status;
}

int template_render(const struct template *template, const struct template_input *input, struct buffer *out,
                    struct template_error *error)
{
    struct template_renderer renderer = {
        .template = template, .input = input, .data = input->data, .out = out, .out_start = out->len, .error = error};
    struct template_scope root = {.self = {1, NULL}};
    int status;

    renderer.call.now_ms = input->now_ms;
    renderer.call.locale = input->locale != NULL ? input->locale : "en_US";
    renderer.call.random_seed = input->random_seed;
    buffer_reserve(out, template->text_total + 256);
    status = render_body(&renderer, template->body, &root);
    out->bytes[out->len] = '\0';
    template_arena_free(&renderer.arena);
    return status;
}

/* The renderer: walks the program over a payload's nodes; nothing is copied but what is put out. */
#include "runtime/template_render.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/template_attribute.h"
#include "runtime/template_output.h"
#include "runtime/template_parse.h"
#include "runtime/template_url.h"

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

int template_render_step(struct template_renderer *renderer, uint16_t unit, size_t offset)
{
    if (!template_watch_look(&renderer->watch)) return STATUS_OK;
    return template_render_fail(renderer, unit, offset, STATUS_LIMIT, "rendering took longer than %u ms",
                                renderer->watch.time_ms);
}

/* --- Output --- */

static void put_value(struct template_renderer *renderer, const struct template_node *node, const char *bytes,
                      size_t len)
{
    enum template_escape escape = node->escape;

    if (renderer->forced != ESCAPE_NONE &&
        (escape == ESCAPE_HTML || (escape == ESCAPE_NONE && renderer->template->mode == TEMPLATE_HTML))) {
        escape = renderer->forced;
    }
    if (escape == ESCAPE_NONE) {
        template_put(renderer->out, bytes, len);
    } else if (escape >= ESCAPE_URL_ATTRIBUTE) {
        size_t open_url = template_attribute_put(renderer->out, node, escape, bytes, len, renderer->url_start);

        if (open_url != TEMPLATE_URL_SETTLED) renderer->open_url = open_url;
    } else {
        template_output(escape, bytes, len, renderer->out);
    }
}

static int fail_container(struct template_renderer *renderer, const struct template_node *node, const char *kind)
{
    return template_node_fail(renderer, node, STATUS_INVALID,
                              "an %s cannot be printed; name one of its members or use {{#each}}", kind);
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

int template_render_missing(struct template_renderer *renderer, const struct template_node *node)
{
    const struct template_expression *value = node->value;

    if (!renderer->input->is_strict || value->kind != EXPRESSION_PATH) return STATUS_OK;
    return template_node_fail(renderer, node, STATUS_INVALID, "'%.*s' is missing in the data",
                              (int)value->path->original.len, value->path->original.bytes);
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
    if (template_item_is_missing(item)) return template_render_missing(renderer, node);
    if (item.value->type == TEMPLATE_STRING) {
        put_value(renderer, node, item.value->text.bytes, item.value->text.len);
        return STATUS_OK;
    }
    if (item.value->type == TEMPLATE_ARRAY) return fail_container(renderer, node, "array");
    if (item.value->type == TEMPLATE_MAP) return fail_container(renderer, node, "object");
    if (template_value_text(item.value, &renderer->arena, &text) != STATUS_OK) {
        return template_node_fail(renderer, node, STATUS_INVALID,
                                  "this datetime is outside of the years that can be printed");
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

    if (node->value->kind == EXPRESSION_PATH) return render_output(renderer, node, scope);
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
    size_t start = renderer->out->len, url_start = renderer->url_start, open_url = renderer->open_url;
    struct template_value value;
    int status;

    if (is_given(renderer, node->text, scope)) return STATUS_OK;
    renderer->open_url = TEMPLATE_URL_SETTLED;
    status = template_render_body(renderer, node->body, scope);
    if (status != STATUS_OK) return status;
    value = template_string_copy(&renderer->arena, renderer->out->bytes + start, renderer->out->len - start);
    renderer->out->len = start;
    renderer->url_start = url_start;
    renderer->open_url = open_url;
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

/* --- All of it --- */

/* What was put before may become a scheme by it. */
static void put_text(struct template_renderer *renderer, const struct template_node *node)
{
    template_put(renderer->out, node->text.bytes, node->text.len);
    if (renderer->open_url != TEMPLATE_URL_SETTLED && !template_url_settle(renderer->out, renderer->open_url))
        renderer->open_url = TEMPLATE_URL_SETTLED;
    if (node->url_back != TEMPLATE_NO_URL) renderer->url_start = renderer->out->len - node->url_back;
}

static int render_node(struct template_renderer *renderer, const struct template_node *node,
                       const struct template_scope *scope)
{
    switch (node->kind) {
    case NODE_TEXT: put_text(renderer, node); return STATUS_OK;
    case NODE_OUTPUT: return render_output_and_forget(renderer, node, scope);
    case NODE_IF: {
        const struct template_body *body;
        int status = render_condition(renderer, node, scope, &body);

        /* {{else if}} is no nesting */
        while (status == STATUS_OK && body != NULL && body->is_chained && body->count == 1 &&
               body->nodes[0].kind == NODE_IF) {
            status = render_condition(renderer, &body->nodes[0], scope, &body);
        }
        return status == STATUS_OK ? template_render_body(renderer, body, scope) : status;
    }
    case NODE_EACH: return template_render_each(renderer, node, scope);
    case NODE_WITH: return template_render_with(renderer, node, scope);
    case NODE_SECTION: return template_render_section(renderer, node, scope);
    case NODE_LET: return render_let(renderer, node, scope);
    case NODE_REGION: return render_region(renderer, node, scope);
    case NODE_PARTIAL: return template_render_partial(renderer, node, scope);
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

        if (status == STATUS_OK && ++renderer->steps % TEMPLATE_STEPS == 0) {
            status = template_render_step(renderer, node->unit, node->offset);
        }
        if (status != STATUS_OK) return status;
        if (renderer->out->len - renderer->out_start > renderer->input->limits->output_size) {
            return template_node_fail(renderer, node, STATUS_LIMIT, "the output is larger than %zu bytes",
                                      renderer->input->limits->output_size);
        }
    }
    return STATUS_OK;
}

/* What is set and defined in a body ends with it. */
int template_render_body(struct template_renderer *renderer, const struct template_body *body,
                         const struct template_scope *scope)
{
    struct template_variable *variables = renderer->variables;
    const struct template_inline *inlines = renderer->inlines;
    int status;

    if (body == NULL || body->count == 0) return STATUS_OK;
    if (++renderer->depth > renderer->input->limits->depth)
        return template_node_fail(renderer, &body->nodes[0], STATUS_LIMIT, "blocks are nested more than %u deep",
                                  renderer->input->limits->depth);
    if (body->has_inlines) template_push_inlines(renderer, body, scope);
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
        .template = template, .input = input, .data = input->data, .out = out, .out_start = out->len, .error = error, .open_url = TEMPLATE_URL_SETTLED};
    struct template_scope root = {.self = {1, NULL}};
    int status;

    renderer.watch.time_ms = input->limits->time_ms;
    renderer.arena.watch = &renderer.watch;
    renderer.call.now_ms = input->now_ms;
    renderer.call.locale = input->locale != NULL ? input->locale : "en_US";
    renderer.call.random_seed = input->random_seed;
    buffer_reserve(out, template->text_total + 256);
    status = template_render_body(&renderer, template->body, &root);
    out->bytes[out->len] = '\0';
    template_arena_free(&renderer.arena);
    return status;
}

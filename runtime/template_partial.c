/* Partials: inline ones, fragments, and the blocks that they are called with. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_output.h"
#include "runtime/template_parse.h"
#include "runtime/template_render.h"

void template_push_inlines(struct template_renderer *renderer, const struct template_body *body,
                           const struct template_scope *scope)
{
    for (uint32_t i = 0; i < body->count; i++) {
        struct template_inline *found;

        if (body->nodes[i].kind != NODE_INLINE) continue;
        found = template_arena_take(&renderer->arena, sizeof(*found));
        *found = (struct template_inline){renderer->inlines, &body->nodes[i], scope};
        renderer->inlines = found;
    }
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
    return template_node_fail(renderer, node, STATUS_INVALID, "the name of this partial is %s",
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
    enum template_escape before = renderer->forced;
    int status;

    enter_written(written, inner);
    if (node->escape != ESCAPE_NONE) renderer->forced = node->escape;
    status = template_render_body(renderer, body, inner);
    renderer->forced = before;
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
    if (node->target != NULL) return template_render_body(renderer, node->target, inner);
    while (node->dynamic != NULL && fragment != NULL && !template_text_equal(fragment->name, name))
        fragment = fragment->next;
    if (node->dynamic != NULL && fragment != NULL) return template_render_body(renderer, fragment->body, inner);
    if (own != NULL) return render_partial_block(renderer, node, own, inner);
    return template_node_fail(renderer, node, STATUS_INVALID, "there is no fragment or inline partial '%.*s' here",
                              (int)name.len, name.bytes);
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

        template_put(out, indent.bytes, indent.len);
        template_put(out, text.bytes + at, next - at);
        at = next;
    }
    buffer_free(&text);
}

int template_render_partial(struct template_renderer *renderer, const struct template_node *node,
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
        if (node->body->has_inlines) template_push_inlines(renderer, node->body, scope);
        renderer->partial_block = &own;
    }
    if (template_text_is(name, "@partial-block")) {
        status = block != NULL ? render_partial_block(renderer, node, block, &inner)
                               : template_node_fail(renderer, node, STATUS_INVALID, "there is no partial block here");
    } else {
        status = render_named(renderer, node, name, &inner, node->body != NULL ? &own : NULL);
    }
    renderer->partial_block = block;
    renderer->inlines = inlines;
    if (status == STATUS_OK) indent_lines(renderer->out, start, node->indent);
    return status;
}

/* Which paths of the data a template reads: for the review, which knows what is declared. */
#include <stdio.h>
#include <string.h>

#include "runtime/template_program.h"

#define NAME_SIZE 512
#define NODES_MOST 1000000 /* fragments in fragments may be many; each is visited where it stands */

/* What names are looked up in. base: a path from the root, "" for the root itself, NULL when it is not known. */
struct place {
    const struct place *outer;
    const char *base;
};

/* What as |…| gave names to. */
struct given {
    const struct given *outer;
    const char *base;
};

struct visitor {
    const struct template *template;
    void (*visit)(void *arg, const struct template_name *name);
    void *arg;
    unsigned nodes;
};

static void visit_body(struct visitor *visitor, const struct template_body *body, const struct place *place,
                       const struct given *given);

/* "context.a" and b make "context.a.b"; false when it is too long to be of use. */
static bool join(const char *base, const struct template_path *path, char out[NAME_SIZE])
{
    size_t len = strlen(base);

    if (len >= NAME_SIZE) return false;
    memcpy(out, base, len + 1);
    for (uint32_t i = 0; i < path->count; i++) {
        const struct template_segment *segment = &path->segments[i];
        bool is_index = segment->index != UINT32_MAX;

        if (len + segment->text.len + 4 > NAME_SIZE) return false;
        len += (size_t)snprintf(out + len, NAME_SIZE - len, "%s%s%.*s%s", len > 0 ? "." : "", is_index ? "[" : "",
                                (int)segment->text.len, segment->text.bytes, is_index ? "]" : "");
    }
    return true;
}

/* The path from the root that this one is; false when that cannot be said. */
static bool resolve(const struct visitor *visitor, const struct template_path *path, const struct place *place,
                    const struct given *given, char out[NAME_SIZE])
{
    const char *base = NULL;

    switch (path->start) {
    case PATH_NAME:
        if (path->root != 0) {
            base = "";
        } else if (!template_name_set_has(&visitor->template->own_names, path->segments[0].text)) {
            base = place->base;
        }
        break;
    case PATH_SELF:
        for (unsigned up = path->up; up > 0 && place != NULL; up--)
            place = place->outer;
        base = place != NULL ? place->base : NULL;
        break;
    case PATH_PARAM:
        for (unsigned frame = path->frame; frame > 0 && given != NULL; frame--)
            given = given->outer;
        base = given != NULL && path->param == 0 ? given->base : NULL;
        break;
    case PATH_DATA: base = path->data == DATA_ROOT ? "" : NULL; break;
    }
    return base != NULL && join(base, path, out);
}

static void visit_expression(struct visitor *visitor, const struct template_expression *expression,
                             const struct place *place, const struct given *given)
{
    char name[NAME_SIZE];

    if (expression == NULL) return;
    if (expression->kind == EXPRESSION_PATH && resolve(visitor, expression->path, place, given, name) &&
        name[0] != '\0') {
        visitor->visit(visitor->arg, &(struct template_name){name, expression->unit, expression->offset});
    }
    for (uint32_t i = 0; i < expression->count; i++)
        visit_expression(visitor, expression->arguments[i], place, given);
    for (uint32_t i = 0; i < expression->pair_count; i++)
        visit_expression(visitor, expression->pairs[i].value, place, given);
}

/* What a block's value is called inside of it: for a loop, its first element. */
static const char *inner_base(const struct visitor *visitor, const struct template_node *node,
                              const struct place *place, const struct given *given, char out[NAME_SIZE])
{
    if (node->value == NULL || node->value->kind != EXPRESSION_PATH ||
        !resolve(visitor, node->value->path, place, given, out))
        return NULL;
    if (node->kind == NODE_EACH && strlen(out) + 5 < NAME_SIZE) strcat(out, ".[0]");
    return out;
}

static void visit_block(struct visitor *visitor, const struct template_node *node, const struct place *place,
                        const struct given *given)
{
    char base[NAME_SIZE];
    struct place inner = {place, inner_base(visitor, node, place, given, base)};
    struct given named = {given, inner.base};

    if (node->kind == NODE_SECTION) inner.base = NULL;
    visit_body(visitor, node->body, node->kind == NODE_IF ? place : &inner, node->param_count > 0 ? &named : given);
    visit_body(visitor, node->otherwise, place, given);
}

static void visit_partial(struct visitor *visitor, const struct template_node *node, const struct place *place,
                          const struct given *given)
{
    char base[NAME_SIZE];
    struct place inner = {NULL, node->value == NULL ? place->base : inner_base(visitor, node, place, given, base)};
    struct place unknown = {place, NULL};

    visit_expression(visitor, node->dynamic, place, given);
    visit_body(visitor, node->target, &inner, NULL);
    visit_body(visitor, node->body, &unknown, given);
}

static void visit_node(struct visitor *visitor, const struct template_node *node, const struct place *place,
                       const struct given *given)
{
    struct place unknown = {place, NULL};

    visit_expression(visitor, node->value, place, given);
    for (uint32_t i = 0; i < node->pair_count; i++)
        visit_expression(visitor, node->pairs[i].value, place, given);
    for (uint32_t i = 0; i < node->argument_count; i++)
        visit_expression(visitor, node->arguments[i], place, given);
    switch (node->kind) {
    case NODE_IF:
    case NODE_EACH:
    case NODE_WITH:
    case NODE_SECTION: visit_block(visitor, node, place, given); return;
    case NODE_PARTIAL: visit_partial(visitor, node, place, given); return;
    case NODE_INLINE: visit_body(visitor, node->body, &unknown, given); return;
    case NODE_REGION: visit_body(visitor, node->body, place, given); return;
    case NODE_TEXT:
    case NODE_OUTPUT:
    case NODE_LET:
    case NODE_LOG:
    case NODE_COMMENT: return;
    }
}

static void visit_body(struct visitor *visitor, const struct template_body *body, const struct place *place,
                       const struct given *given)
{
    if (body == NULL) return;
    for (uint32_t i = 0; i < body->count && visitor->nodes < NODES_MOST; i++, visitor->nodes++) {
        visit_node(visitor, &body->nodes[i], place, given);
    }
}

void template_name_place(const struct template *template, const struct template_name *name,
                         struct template_cursor *cursor, struct template_error *out)
{
    const struct template_unit *unit = template->units[name->unit];

    if (cursor->line == 0 || cursor->unit != name->unit || cursor->offset > name->offset)
        *cursor = (struct template_cursor){name->unit, 0, 1, 1};
    template_place_step(unit->source, &cursor->offset, name->offset, &cursor->line, &cursor->column);
    *out = (struct template_error){.line = cursor->line, .column = cursor->column};
    snprintf(out->name, sizeof(out->name), "%.*s", (int)unit->name.len, unit->name.bytes);
}

void template_names(const struct template *template, void (*visit)(void *arg, const struct template_name *name),
                    void *arg)
{
    struct visitor visitor = {.template = template, .visit = visit, .arg = arg};
    struct place root = {NULL, ""};

    visit_body(&visitor, template->body, &root, NULL);
}

void template_functions(void (*visit)(void *arg, const char *name), void *arg)
{
    size_t count;
    const struct template_function *functions = template_function_list(&count);

    for (size_t i = 0; i < count; i++)
        visit(arg, functions[i].name);
}

/* From what stands in a tag to the node that it becomes: outputs, variables, partials, and what each block does. */
#include "runtime/status.h"
#include "runtime/template_parse.h"

static const struct template_pair *find_pair(const struct template_invocation *invocation, const char *name)
{
    for (uint32_t i = 0; i < invocation->pair_count; i++) {
        if (template_text_is(invocation->pairs[i].name, name)) return &invocation->pairs[i];
    }
    return NULL;
}

static bool is_string(const struct template_expression *expression)
{
    return expression->kind == EXPRESSION_LITERAL && expression->literal.type == TEMPLATE_STRING;
}

/* {{fragment id="footer" colour="red"}} */
static int fill_fragment(struct template_reader *reader, const struct template_invocation *invocation,
                         struct template_node *node)
{
    const struct template_pair *id = find_pair(invocation, "id");

    if (id == NULL || !is_string(id->value) || invocation->count > 0) {
        return template_reader_fail(reader, invocation->offset, "a fragment is named by id=\"…\", a text in quotes");
    }
    node->kind = NODE_PARTIAL;
    node->is_fragment_tag = true;
    node->text = id->value->literal.text;
    node->pairs = template_arena_zeroed(&reader->template->arena, invocation->pair_count, sizeof(*node->pairs));
    for (uint32_t i = 0; i < invocation->pair_count; i++) {
        if (&invocation->pairs[i] != id) node->pairs[node->pair_count++] = invocation->pairs[i];
    }
    return STATUS_OK;
}

int template_fill_output(struct template_reader *reader, struct template_tag *tag, struct template_node *node)
{
    struct template_invocation invocation;
    struct template_text name;

    if (template_read_invocation(reader, &invocation) != STATUS_OK || template_scan_end(reader, tag) != STATUS_OK)
        return STATUS_INVALID;
    name = template_invocation_name(&invocation);
    node->is_raw = tag->kind != TAG_OUTPUT;
    if (template_text_is(name, "fragment") && invocation.count + invocation.pair_count > 0) {
        return fill_fragment(reader, &invocation, node);
    }
    if (template_text_is(name, "log") && invocation.count > 0) {
        node->kind = NODE_LOG;
        node->arguments = invocation.arguments;
        node->argument_count = invocation.count;
        return STATUS_OK;
    }
    return template_invocation_value(reader, &invocation, false, &node->value);
}

int template_fill_let(struct template_reader *reader, struct template_node *node)
{
    static const char *const reserved[] = {"context", "profile", "campaign", "message", "this", "true",
                                           "false",   "null",    "and",      "or",      "not"};
    size_t offset;

    template_reader_skip_space(reader);
    offset = reader->at;
    if (!template_read_word(reader, false, &node->text))
        return template_reader_fail(reader, offset, "expected a name behind let");
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (template_text_is(node->text, reserved[i]))
            return template_reader_fail(reader, offset, "%s cannot be set by let", reserved[i]);
    }
    if (!template_reader_accept(reader, "="))
        return template_reader_fail(reader, reader->at, "expected = behind let %.*s", (int)node->text.len,
                                    node->text.bytes);
    return template_read_expression(reader, &node->value);
}

/* The name, context and values of {{> name context key=value}}. */
int template_fill_partial(struct template_reader *reader, const struct template_invocation *invocation,
                          struct template_node *node)
{
    const struct template_expression *head = invocation->head;

    if (invocation->count > 1)
        return template_reader_fail(reader, invocation->offset, "a partial takes one context, got %u",
                                    invocation->count);
    node->text = head->name;
    if (head->kind == EXPRESSION_PATH && head->path->is_simple && head->path->start == PATH_NAME)
        node->text = head->path->segments[0].text;
    if (head->kind != EXPRESSION_PATH && head->kind != EXPRESSION_LITERAL) node->dynamic = invocation->head;
    node->value = invocation->count == 1 ? invocation->arguments[0] : NULL;
    node->pairs = invocation->pairs;
    node->pair_count = invocation->pair_count;
    return STATUS_OK;
}

static int fill_if(struct template_reader *reader, const struct template_invocation *invocation,
                   struct template_node *node)
{
    const struct template_pair *zero = find_pair(invocation, "includeZero");

    node->kind = NODE_IF;
    node->is_inverted = template_text_is(invocation->head->name, "unless");
    if (invocation->param_count > 0)
        return template_reader_fail(reader, invocation->offset, "a condition gives nothing to name by as");
    if (zero == NULL) return STATUS_OK;
    if (zero->value->kind != EXPRESSION_LITERAL || zero->value->literal.type != TEMPLATE_BOOLEAN) {
        return template_reader_fail(reader, invocation->offset, "includeZero is true or false");
    }
    node->takes_zero = zero->value->literal.boolean;
    return STATUS_OK;
}

int template_fill_region(struct template_reader *reader, const struct template_invocation *invocation,
                         struct template_node *node, bool is_partial)
{
    if (invocation->count != 1 || !is_string(invocation->arguments[0])) {
        return template_reader_fail(reader, invocation->offset, "inline is named by a text in quotes: %s",
                                    is_partial ? "{{#*inline \"name\"}}" : "{{#inline \"name\"}}");
    }
    node->kind = is_partial ? NODE_INLINE : NODE_REGION;
    node->text = invocation->arguments[0]->literal.text;
    return STATUS_OK;
}

static int refuse_block(struct template_reader *reader, const struct template_invocation *invocation)
{
    struct template_text name = template_invocation_name(invocation);
    char hint[96];

    if (template_is_helper(reader, name) || template_function_find(name.bytes, name.len) != NULL) {
        return template_reader_fail(reader, invocation->offset,
                                    "%.*s gives a value and is no block; write {{#if (%.*s …)}}", (int)name.len,
                                    name.bytes, (int)name.len, name.bytes);
    }
    return template_reader_fail(reader, invocation->offset,
                                "there is no block '%.*s'; there are if, unless, each and with%s", (int)name.len,
                                name.bytes, template_suggest(reader, name, hint, sizeof(hint)));
}

/* What a block of Handlebars does, by its name. */
int template_fill_named(struct template_reader *reader, struct template_invocation *invocation,
                        struct template_node *node)
{
    struct template_text name = template_invocation_name(invocation);
    bool is_if = template_text_is(name, "if") || template_text_is(name, "unless");

    node->params = invocation->params;
    node->param_count = invocation->param_count;
    if (is_if || template_text_is(name, "each") || template_text_is(name, "with")) {
        if (invocation->count != 1) {
            return template_reader_fail(reader, invocation->offset, "%.*s takes one argument, got %u", (int)name.len,
                                        name.bytes, invocation->count);
        }
        node->value = invocation->arguments[0];
        node->kind = template_text_is(name, "each") ? NODE_EACH : NODE_WITH;
        return is_if ? fill_if(reader, invocation, node) : STATUS_OK;
    }
    if (template_text_is(name, "inline") && invocation->count > 0)
        return template_fill_region(reader, invocation, node, false);
    if (invocation->count > 0 || invocation->pair_count > 0) return refuse_block(reader, invocation);
    node->kind = NODE_SECTION;
    return template_invocation_value(reader, invocation, false, &node->value);
}

/* {%#if …, {%#unless …, {%#each … as |x|, {%#with … as |x|; the name is read already. */
int template_fill_typed(struct template_reader *reader, size_t offset, struct template_text name,
                        struct template_node *node)
{
    bool is_unless = template_text_is(name, "unless"), is_if = is_unless || template_text_is(name, "if");

    if (!is_if && !template_text_is(name, "each") && !template_text_is(name, "with")) {
        return template_reader_fail(reader, offset, "there is no block '%.*s'; there are if, unless, each and with",
                                    (int)name.len, name.bytes);
    }
    node->kind = is_if ? NODE_IF : template_text_is(name, "each") ? NODE_EACH : NODE_WITH;
    node->is_inverted = is_unless;
    node->is_strictly_boolean = is_if;
    if (template_read_expression(reader, &node->value) != STATUS_OK) return STATUS_INVALID;
    if (is_if && !template_letter_takes('B', node->value->type)) {
        return template_reader_fail(reader, node->value->offset, "a condition has to be a boolean, not %s",
                                    template_letter_name(node->value->type));
    }
    if (node->kind == NODE_EACH && !template_letter_takes('A', node->value->type) &&
        !template_letter_takes('M', node->value->type)) {
        return template_reader_fail(reader, node->value->offset, "each needs an array or a map, not %s",
                                    template_letter_name(node->value->type));
    }
    return is_if ? STATUS_OK : template_read_params(reader, &node->params, &node->param_count);
}

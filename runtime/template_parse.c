/* From tags to a tree: which block a tag opens, what it is called with, and where it ends. */
#include "runtime/template_parse.h"

#include <string.h>

#include "runtime/status.h"

struct block {
    size_t start;
    struct template_text name; /* what closes it; empty: anything does */
    struct template_node node;
};

static int parse_body(struct template_reader *reader, struct template_body *body, struct template_tag *end);

static struct template_body *new_body(struct template_reader *reader)
{
    struct template_body *body = template_arena_zeroed(&reader->template->arena, 1, sizeof(*body));

    body->unit = reader->unit;
    return body;
}

static struct template_node new_node(const struct template_reader *reader, enum template_node_kind kind, size_t offset)
{
    return (struct template_node){
        .kind = kind, .unit = reader->unit_index, .offset = (uint32_t)offset, .url_back = TEMPLATE_NO_URL};
}

static void add_node(struct template_reader *reader, struct template_body *body, const struct template_node *node)
{
    if (body->count == body->size) {
        uint32_t size = body->size > 0 ? body->size * 2 : 4;
        struct template_node *nodes = template_arena_zeroed(&reader->template->arena, size, sizeof(*nodes));

        if (body->count > 0) memcpy(nodes, body->nodes, body->count * sizeof(*nodes));
        body->nodes = nodes;
        body->size = size;
    }
    body->nodes[body->count++] = *node;
    if (node->kind == NODE_INLINE) body->has_inlines = true;
}

static void add_text(struct template_reader *reader, struct template_body *body, size_t offset,
                     struct template_text text)
{
    struct template_node node = new_node(reader, NODE_TEXT, offset);

    node.text = node.original = text;
    if (text.len > 0) add_node(reader, body, &node);
}

static int parse_statement(struct template_reader *reader, struct template_body *body, struct template_tag *tag)
{
    struct template_node node = new_node(reader, NODE_OUTPUT, tag->start);
    struct template_invocation invocation;
    int status;

    if (tag->kind == TAG_COMMENT) {
        node.kind = NODE_COMMENT;
        status = STATUS_OK;
    } else if (tag->kind == TAG_VALUE) {
        status = template_read_expression(reader, &node.value);
        if (status == STATUS_OK) status = template_scan_end(reader, tag);
    } else if (tag->kind == TAG_LET) {
        node.kind = NODE_LET;
        status = template_fill_let(reader, &node);
        if (status == STATUS_OK) status = template_scan_end(reader, tag);
    } else if (tag->kind == TAG_PARTIAL) {
        node.kind = NODE_PARTIAL;
        status = template_read_invocation(reader, &invocation);
        if (status == STATUS_OK) status = template_fill_partial(reader, &invocation, &node);
        if (status == STATUS_OK) status = template_scan_end(reader, tag);
    } else {
        status = template_fill_output(reader, tag, &node);
    }
    node.open_strip = tag->strip;
    if (status == STATUS_OK) add_node(reader, body, &node);
    return status;
}

/* Reads the opening tag of a block, and of {{else if …}}. */
static int open_block(struct template_reader *reader, struct template_tag *tag, struct block *block)
{
    struct template_invocation invocation;
    struct template_node *node = &block->node;
    size_t offset;
    int status;

    *node = new_node(reader, NODE_SECTION, tag->start);
    block->start = tag->start;
    if (tag->is_percent) {
        template_reader_skip_space(reader);
        offset = reader->at;
        if (!template_read_word(reader, false, &block->name))
            return template_reader_fail(reader, offset, "expected if, unless, each or with");
        status = template_fill_typed(reader, offset, block->name, node);
    } else {
        status = template_read_invocation(reader, &invocation);
        if (status == STATUS_OK) status = template_read_params(reader, &invocation.params, &invocation.param_count);
        if (status != STATUS_OK) return status;
        block->name = template_invocation_name(&invocation);
        if (tag->kind == TAG_PARTIAL_BLOCK) {
            node->kind = NODE_PARTIAL;
            status = template_fill_partial(reader, &invocation, node);
            if (node->dynamic != NULL) block->name.len = 0;
        } else if (tag->kind == TAG_DECORATOR) {
            if (!template_text_is(block->name, "inline"))
                return template_reader_fail(reader, invocation.offset, "there is no decorator but inline");
            status = template_fill_region(reader, &invocation, node, true);
        } else {
            status = template_fill_named(reader, &invocation, node);
        }
    }
    if (status == STATUS_OK) status = template_scan_end(reader, tag);
    node->open_strip = tag->strip;
    return status;
}

/* --- Where blocks end --- */

static int close_block(struct template_reader *reader, struct template_tag *tag, const struct block *block)
{
    struct template_text name;
    struct template_path *path;
    size_t offset;

    template_reader_skip_space(reader);
    offset = reader->at;
    if (template_reader_is_at(reader, "\"") || template_reader_is_at(reader, "'")) {
        if (template_read_string(reader, false, &name) != STATUS_OK) return STATUS_INVALID;
    } else {
        if (template_read_path(reader, false, &path) != STATUS_OK) return STATUS_INVALID;
        name = path->original;
    }
    if (block->name.len > 0 && !template_text_equal(name, block->name)) {
        return template_reader_fail(reader, offset, "/%.*s does not close the block that is open, '%.*s'",
                                    (int)name.len, name.bytes, (int)block->name.len, block->name.bytes);
    }
    return template_scan_end(reader, tag);
}

/* ~ of the closing tag, as it counts for a block and for those that {{else if}} chained to it. */
static void set_close_strip(struct template_node *node, struct template_strip strip)
{
    bool is_first = true;

    for (;;) {
        node->close_strip = strip;
        if (node->otherwise == NULL || !node->otherwise->is_chained) return;
        if (!is_first) strip = node->inverse_strip;
        is_first = false;
        node = &node->otherwise->nodes[0];
    }
}

static int parse_first_part(struct template_reader *reader, struct block *block, struct template_tag *end)
{
    struct template_lexical names = {reader->lexical, block->node.params, block->node.param_count};
    int status;

    block->node.body = new_body(reader);
    if (block->node.param_count > 0) reader->lexical = &names;
    status = parse_body(reader, block->node.body, end);
    reader->lexical = names.outer;
    return status;
}

/* Those that only have one way through. */
static bool has_no_else(const struct template_node *node)
{
    return node->kind == NODE_INLINE || node->kind == NODE_REGION || node->kind == NODE_PARTIAL;
}

/* Behind the opening tag: the body, and what stands behind else, up to the closing tag, which is read but not closed.
 */
static int parse_parts(struct template_reader *reader, struct block *block, struct template_tag *end, unsigned chain)
{
    struct template_node *node = &block->node;

    if (parse_first_part(reader, block, end) != STATUS_OK) return STATUS_INVALID;
    if (end->kind == TAG_END) {
        return template_reader_fail(reader, block->start, "the block '%.*s' is never closed", (int)block->name.len,
                                    block->name.bytes);
    }
    if (end->kind == TAG_CLOSE) return STATUS_OK;
    if (has_no_else(node)) return template_reader_fail(reader, end->start, "this block has no else");
    node->otherwise = new_body(reader);
    node->has_inverse = true;
    if (end->kind == TAG_ELSE_CHAIN) {
        struct block inner = {.start = end->start};

        if (chain == TEMPLATE_CHAIN_MOST)
            return template_reader_fail(reader, end->start, "there are more than %d else in this block",
                                        TEMPLATE_CHAIN_MOST);
        if (open_block(reader, end, &inner) != STATUS_OK) return STATUS_INVALID;
        node->inverse_strip = end->strip;
        if (parse_parts(reader, &inner, end, chain + 1) != STATUS_OK) return STATUS_INVALID;
        add_node(reader, node->otherwise, &inner.node);
        node->otherwise->is_chained = true;
        return STATUS_OK;
    }
    if (template_scan_end(reader, end) != STATUS_OK) return STATUS_INVALID;
    node->inverse_strip = end->strip;
    if (parse_body(reader, node->otherwise, end) != STATUS_OK) return STATUS_INVALID;
    if (end->kind == TAG_CLOSE) return STATUS_OK;
    if (end->kind != TAG_END) return template_reader_fail(reader, end->start, "this block has an else already");
    return template_reader_fail(reader, block->start, "the block '%.*s' is never closed", (int)block->name.len,
                                block->name.bytes);
}

static int parse_block(struct template_reader *reader, struct template_body *body, struct template_tag *tag)
{
    struct block block = {.start = tag->start};
    struct template_tag end;

    if (template_reader_enter(reader, tag->start) != STATUS_OK || open_block(reader, tag, &block) != STATUS_OK)
        return STATUS_INVALID;
    if (tag->kind == TAG_OPEN_INVERSE && has_no_else(&block.node))
        return template_reader_fail(reader, tag->start, "this block has no inverse; begin it with {{#");
    if (tag->kind == TAG_OPEN_INVERSE) block.node.param_count = 0;
    if (parse_parts(reader, &block, &end, 0) != STATUS_OK || close_block(reader, &end, &block) != STATUS_OK)
        return STATUS_INVALID;
    set_close_strip(&block.node, end.strip);
    if (tag->kind == TAG_OPEN_INVERSE) {
        struct template_body *first = block.node.body;

        block.node.body = block.node.otherwise;
        block.node.otherwise = first;
    }
    reader->depth--;
    add_node(reader, body, &block.node);
    return STATUS_OK;
}

/* {{{{raw}}}} … {{{{/raw}}}} */
static int parse_raw_block(struct template_reader *reader, struct template_body *body, struct template_tag *tag)
{
    struct template_invocation invocation;
    struct template_node node = new_node(reader, NODE_IF, tag->start);
    struct template_text text;
    size_t offset;

    if (template_read_invocation(reader, &invocation) != STATUS_OK || template_scan_end(reader, tag) != STATUS_OK)
        return STATUS_INVALID;
    if (template_text_is(template_invocation_name(&invocation), "raw")) {
        node.value = template_expression_new(reader, EXPRESSION_LITERAL, tag->start);
        node.value->literal = template_boolean(true);
    } else if (template_fill_named(reader, &invocation, &node) != STATUS_OK) {
        return STATUS_INVALID;
    }
    offset = reader->at;
    if (template_scan_raw(reader, template_invocation_name(&invocation), &text) != STATUS_OK) return STATUS_INVALID;
    node.body = new_body(reader);
    add_text(reader, node.body, offset, text);
    add_node(reader, body, &node);
    return STATUS_OK;
}

/* Up to the closing tag, an else, or the end of the source. */
static int parse_body(struct template_reader *reader, struct template_body *body, struct template_tag *end)
{
    for (;;) {
        int status = template_scan(reader, end);

        if (status != STATUS_OK) return status;
        switch (end->kind) {
        case TAG_TEXT: add_text(reader, body, end->start, end->text); break;
        case TAG_OUTPUT:
        case TAG_RAW_OUTPUT:
        case TAG_AMPERSAND:
        case TAG_VALUE:
        case TAG_LET:
        case TAG_PARTIAL:
        case TAG_COMMENT: status = parse_statement(reader, body, end); break;
        case TAG_OPEN:
        case TAG_OPEN_INVERSE:
        case TAG_PARTIAL_BLOCK:
        case TAG_DECORATOR: status = parse_block(reader, body, end); break;
        case TAG_RAW_BLOCK: status = parse_raw_block(reader, body, end); break;
        case TAG_ELSE:
        case TAG_ELSE_CHAIN:
        case TAG_CLOSE:
        case TAG_END: return STATUS_OK;
        }
        if (status != STATUS_OK) return status;
    }
}

int template_parse(struct template_reader *reader, struct template_body **out)
{
    struct template_body *body = new_body(reader);
    struct template_tag end;

    if (parse_body(reader, body, &end) != STATUS_OK) return STATUS_INVALID;
    switch (end.kind) {
    case TAG_CLOSE: return template_reader_fail(reader, end.start, "this closes a block that was never opened");
    case TAG_ELSE:
    case TAG_ELSE_CHAIN: return template_reader_fail(reader, end.start, "else stands outside of any block");
    default: break;
    }
    *out = body;
    return STATUS_OK;
}

/*
 * White space control: ~ takes all white space on its side; a block tag, comment or partial alone on its line takes
 * the line with it. The rules are handlebars.js's own, so that the same text gives the same output.
 */
#include <string.h>

#include "runtime/template_parse.h"

/* What a node may take away around itself. */
struct strip {
    bool open, close;
    bool open_alone, close_alone, inline_alone;
};

static void trim_body(struct template_body *body, bool is_root);

static bool is_text(const struct template_node *node)
{
    return node->kind == NODE_TEXT;
}

static size_t trailing_space(struct template_text text)
{
    size_t at = text.len;

    while (at > 0) {
        size_t start = at - 1;

        while (start > 0 && ((unsigned char)text.bytes[start] & 0xC0) == 0x80)
            start--;
        if (template_space_len(text.bytes + start, at - start) != at - start) break;
        at = start;
    }
    return text.len - at;
}

static size_t leading_space(struct template_text text)
{
    size_t at = 0, len;

    while ((len = template_space_len(text.bytes + at, text.len - at)) > 0)
        at += len;
    return at;
}

/* Whether what stands before the index-th node ends a line. */
static bool is_line_before(const struct template_body *body, uint32_t index, bool is_root)
{
    const struct template_node *node;
    size_t space;

    if (index == 0) return is_root;
    node = &body->nodes[index - 1];
    if (!is_text(node)) return false;
    space = trailing_space(node->original);
    if (memchr(node->original.bytes + node->original.len - space, '\n', space) != NULL) return true;
    return index == 1 && is_root && space == node->original.len;
}

/* Whether what stands behind the index-th node begins with the end of a line. */
static bool is_line_behind(const struct template_body *body, uint32_t next, bool is_root)
{
    const struct template_node *node;
    size_t space;

    if (next >= body->count) return is_root;
    node = &body->nodes[next];
    if (!is_text(node)) return false;
    space = leading_space(node->original);
    if (memchr(node->original.bytes, '\n', space) != NULL) return true;
    return next + 1 == body->count && is_root && space == node->original.len;
}

static void omit_right(struct template_body *body, uint32_t index, bool all)
{
    struct template_node *node = index < body->count ? &body->nodes[index] : NULL;
    size_t at = 0;

    if (node == NULL || !is_text(node) || (!all && node->right_stripped)) return;
    if (all) {
        at = leading_space(node->text);
    } else {
        while (at < node->text.len && (node->text.bytes[at] == ' ' || node->text.bytes[at] == '\t'))
            at++;
        if (at < node->text.len && node->text.bytes[at] == '\r') at++;
        if (at < node->text.len && node->text.bytes[at] == '\n') at++;
    }
    node->text.bytes += at;
    node->text.len -= at;
    node->right_stripped = at > 0;
}

/* count: the nodes before the place. */
static bool omit_left(struct template_body *body, uint32_t count, bool all)
{
    struct template_node *node = count > 0 && count <= body->count ? &body->nodes[count - 1] : NULL;
    size_t len;

    if (node == NULL || !is_text(node) || (!all && node->left_stripped)) return false;
    len = node->text.len;
    if (all) {
        len -= trailing_space(node->text);
    } else {
        while (len > 0 && (node->text.bytes[len - 1] == ' ' || node->text.bytes[len - 1] == '\t'))
            len--;
    }
    node->left_stripped = len < node->text.len;
    node->text.len = len;
    return node->left_stripped;
}

static struct template_body *first_part(const struct template_node *node)
{
    return node->body != NULL ? node->body : node->otherwise;
}

static struct template_body *last_part(const struct template_node *node)
{
    return node->otherwise != NULL ? node->otherwise : node->body;
}

static void trim_inverse(struct template_node *node, struct template_body *program, struct template_body *first,
                         struct template_body *last)
{
    if (node->inverse_strip.open) omit_left(program, program->count, true);
    if (node->inverse_strip.close) omit_right(first, 0, true);
    if (node->close_strip.open) omit_left(last, last->count, true);
    if (is_line_before(program, program->count, false) && is_line_behind(first, 0, false)) {
        omit_left(program, program->count, false);
        omit_right(first, 0, false);
    }
}

static struct strip trim_block(struct template_node *node)
{
    struct template_body *program, *inverse, *first, *last;
    struct strip strip;

    if (node->body != NULL) trim_body(node->body, false);
    if (node->otherwise != NULL) trim_body(node->otherwise, false);
    program = first_part(node);
    inverse = node->body != NULL ? node->otherwise : NULL;
    first = last = inverse;
    if (inverse != NULL && inverse->is_chained) {
        first = inverse->nodes[0].body;
        while (last->is_chained)
            last = last->nodes[last->count - 1].body;
    }
    strip = (struct strip){
        .open = node->open_strip.open,
        .close = node->close_strip.close,
        .open_alone = is_line_behind(program, 0, false),
        .close_alone = is_line_before(first != NULL ? first : program, (first != NULL ? first : program)->count, false),
    };
    if (node->open_strip.close) omit_right(program, 0, true);
    if (inverse != NULL) {
        trim_inverse(node, program, first, last);
    } else if (node->close_strip.open) {
        omit_left(program, program->count, true);
    }
    return strip;
}

static struct strip trim_node(struct template_node *node)
{
    struct strip strip = {.open = node->open_strip.open, .close = node->open_strip.close};

    if (first_part(node) != NULL) return trim_block(node);
    strip.inline_alone =
        node->kind == NODE_COMMENT || node->kind == NODE_LET || (node->kind == NODE_PARTIAL && !node->is_fragment_tag);
    return strip;
}

/* A tag alone on its line takes the line; a partial keeps the white space before it for each line of its own. */
static void trim_line(struct template_body *body, uint32_t index)
{
    struct template_node *node = &body->nodes[index];

    omit_right(body, index + 1, false);
    if (omit_left(body, index, false) && node->kind == NODE_PARTIAL) {
        const struct template_node *before = &body->nodes[index - 1];
        size_t len = before->original.len, space = len;

        while (space > 0 && (before->original.bytes[space - 1] == ' ' || before->original.bytes[space - 1] == '\t'))
            space--;
        node->indent = (struct template_text){before->original.bytes + space, len - space};
    }
}

static void trim_body(struct template_body *body, bool is_root)
{
    for (uint32_t i = 0; i < body->count; i++) {
        struct template_node *node = &body->nodes[i];
        struct strip strip;
        bool is_before, is_behind;

        if (is_text(node)) continue;
        strip = trim_node(node);
        is_before = is_line_before(body, i, is_root);
        is_behind = is_line_behind(body, i + 1, is_root);
        if (strip.close) omit_right(body, i + 1, true);
        if (strip.open) omit_left(body, i, true);
        if (strip.inline_alone && is_before && is_behind) trim_line(body, i);
        if (strip.open_alone && is_before) {
            omit_right(first_part(node), 0, false);
            omit_left(body, i, false);
        }
        if (strip.close_alone && is_behind) {
            omit_right(body, i + 1, false);
            omit_left(last_part(node), last_part(node)->count, false);
        }
    }
}

void template_trim(struct template_body *body)
{
    trim_body(body, true);
}

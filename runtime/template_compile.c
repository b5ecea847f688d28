/* The compiler: finds the tags, reads what stands in them, and nests the blocks. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/template_program.h"

enum tag_kind { TAG_OUTPUT, TAG_RAW, TAG_OPEN, TAG_INVERSE, TAG_CLOSE, TAG_ELSE, TAG_COMMENT };

/* One {{…}}, as it stands in the source. */
struct tag {
    enum tag_kind kind;
    size_t start, end;           /* of the whole tag */
    size_t body_start, body_end; /* of what stands inside, without markers */
    bool trims_left, trims_right;
};

/* A block that is open: where its nodes go, and what must close it. */
struct level {
    struct template_node *node;
    struct template_node **tail;
    struct template_piece name;
    unsigned chained; /* blocks that {{else if}} opened inside, closed together with it */
    size_t start;
    bool has_else;
};

struct compiler {
    struct template *template;
    const char *source;
    size_t len;
    size_t at;
    struct level levels[TEMPLATE_NESTING_MOST];
    size_t depth;
    struct template_error *error;
};

static void place(const struct compiler *compiler, size_t offset, unsigned *line, unsigned *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < offset; i++) {
        unsigned char byte = (unsigned char)compiler->source[i];

        if (byte == '\n') {
            ++*line;
            *column = 1;
        } else if ((byte & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

static int fail(struct compiler *compiler, size_t offset, const char *format, ...)
{
    va_list arguments;

    place(compiler, offset, &compiler->error->line, &compiler->error->column);
    va_start(arguments, format);
    vsnprintf(compiler->error->message, sizeof(compiler->error->message), format, arguments);
    va_end(arguments);
    return STATUS_INVALID;
}

static struct template_node *add_node(struct compiler *compiler, enum template_node_kind kind, size_t offset)
{
    struct template_node *node = memory_zeroed(1, sizeof(*node));
    struct level *level = &compiler->levels[compiler->depth];

    node->kind = kind;
    place(compiler, offset, &node->line, &node->column);
    *level->tail = node;
    level->tail = &node->next;
    return node;
}

static void add_text(struct compiler *compiler, size_t start, size_t end)
{
    if (start < end) add_node(compiler, NODE_TEXT, start)->text = (struct template_piece){compiler->source + start, end - start};
}

/* --- What stands in a tag --- */

static void skip_space(const struct compiler *compiler, size_t *at, size_t end)
{
    while (*at < end && isspace((unsigned char)compiler->source[*at])) ++*at;
}

static bool is_segment_byte(unsigned char byte)
{
    return byte >= 0x80 || isalnum(byte) || byte == '_' || byte == '-' || byte == '$' || byte == ':';
}

static bool word_is(struct template_piece piece, const char *word)
{
    return piece.len == strlen(word) && memcmp(piece.text, word, piece.len) == 0;
}

static int read_segment(struct compiler *compiler, size_t *at, size_t end, struct template_piece *out)
{
    const char *source = compiler->source;
    size_t start = *at;
    char closing = source[start] == '[' ? ']' : source[start] == '`' ? '`' : '\0';
    const char *found;

    if (closing != '\0') {
        found = memchr(source + start + 1, closing, end - start - 1);
        if (found == NULL) return fail(compiler, start, "this name has no closing %c", closing);
        *out = (struct template_piece){source + start + 1, (size_t)(found - source) - start - 1};
        *at = (size_t)(found - source) + 1;
        return STATUS_OK;
    }
    while (*at < end && is_segment_byte((unsigned char)source[*at])) ++*at;
    if (*at == start) return fail(compiler, start, "expected a name here, not '%c'", source[start]);
    *out = (struct template_piece){source + start, *at - start};
    return STATUS_OK;
}

static void add_segment(struct template_value *value, struct template_piece piece)
{
    value->segments = memory_resize(value->segments, value->segment_count + 1, sizeof(piece));
    value->segments[value->segment_count++] = piece;
}

/* ../ and this and @, which may stand before the names. */
static void read_path_head(const struct compiler *compiler, size_t *at, size_t end, struct template_value *value)
{
    const char *source = compiler->source;

    while (end - *at >= 2 && memcmp(source + *at, "..", 2) == 0) {
        value->up++;
        *at += 2;
        if (*at < end && source[*at] == '/') ++*at;
    }
    if (end - *at >= 2 && memcmp(source + *at, "./", 2) == 0) {
        value->is_this = true;
        *at += 2;
    }
    if (*at < end && source[*at] == '@') {
        value->is_data = true;
        ++*at;
    }
    if (*at < end && source[*at] == '.') {
        value->is_this = true;
        ++*at;
    }
}

static int read_path(struct compiler *compiler, size_t *at, size_t end, struct template_value *value)
{
    size_t start = *at;
    int status;

    value->kind = VALUE_PATH;
    read_path_head(compiler, at, end, value);
    while (*at < end && !isspace((unsigned char)compiler->source[*at]) && compiler->source[*at] != '|') {
        struct template_piece piece;

        status = read_segment(compiler, at, end, &piece);
        if (status != STATUS_OK) return status;
        if (value->segment_count == TEMPLATE_SEGMENTS_MOST) return fail(compiler, start, "this path has more than %d names", TEMPLATE_SEGMENTS_MOST);
        if (value->segment_count == 0 && !value->is_data && !value->is_this && word_is(piece, "this")) {
            value->is_this = true;
        } else {
            add_segment(value, piece);
        }
        if (*at < end && (compiler->source[*at] == '.' || compiler->source[*at] == '/')) {
            ++*at;
            if (*at == end || isspace((unsigned char)compiler->source[*at])) return fail(compiler, *at - 1, "a name is missing behind the point");
        }
    }
    if (value->segment_count == 0 && !value->is_this && value->up == 0) return fail(compiler, start, "expected a name");
    return STATUS_OK;
}

static int read_string(struct compiler *compiler, size_t *at, size_t end, struct template_value *value)
{
    const char *source = compiler->source, *found = memchr(source + *at + 1, source[*at], end - *at - 1);

    if (found == NULL) return fail(compiler, *at, "this text has no closing quote");
    value->kind = VALUE_STRING;
    value->literal = (struct template_piece){source + *at + 1, (size_t)(found - source) - *at - 1};
    *at = (size_t)(found - source) + 1;
    return STATUS_OK;
}

static bool is_number(struct template_piece piece)
{
    size_t i = piece.len > 1 && piece.text[0] == '-' ? 1 : 0;
    bool has_point = false;

    if (i == piece.len) return false;
    for (; i < piece.len; i++) {
        if (piece.text[i] == '.' && !has_point && i + 1 < piece.len) {
            has_point = true;
        } else if (!isdigit((unsigned char)piece.text[i])) {
            return false;
        }
    }
    return true;
}

/* A literal word or number; false when it is a path. */
static bool read_literal(const struct compiler *compiler, size_t *at, size_t end, struct template_value *value)
{
    size_t stop = *at;
    struct template_piece piece;

    while (stop < end && !isspace((unsigned char)compiler->source[stop])) stop++;
    piece = (struct template_piece){compiler->source + *at, stop - *at};
    if (word_is(piece, "true")) value->kind = VALUE_TRUE;
    else if (word_is(piece, "false")) value->kind = VALUE_FALSE;
    else if (word_is(piece, "null") || word_is(piece, "undefined")) value->kind = VALUE_NULL;
    else if (is_number(piece)) value->kind = VALUE_NUMBER;
    else return false;
    value->literal = piece;
    *at = stop;
    return true;
}

static int read_value(struct compiler *compiler, size_t *at, size_t end, struct template_value *value)
{
    skip_space(compiler, at, end);
    if (*at == end) return fail(compiler, *at, "something is missing here: expected a name");
    if (compiler->source[*at] == '"' || compiler->source[*at] == '\'') return read_string(compiler, at, end, value);
    if (read_literal(compiler, at, end, value)) return STATUS_OK;
    return read_path(compiler, at, end, value);
}

static int expect_end(struct compiler *compiler, size_t at, size_t end)
{
    skip_space(compiler, &at, end);
    return at == end ? STATUS_OK : fail(compiler, at, "'%.*s' is not understood here", (int)(end - at), compiler->source + at);
}

/* as |item index| */
static int read_params(struct compiler *compiler, size_t *at, size_t end, struct template_node *node)
{
    size_t count = 0;

    skip_space(compiler, at, end);
    if (*at == end) return STATUS_OK;
    if (end - *at < 4 || memcmp(compiler->source + *at, "as", 2) != 0) return expect_end(compiler, *at, end);
    *at += 2;
    skip_space(compiler, at, end);
    if (*at == end || compiler->source[*at] != '|') return fail(compiler, *at, "expected |names| behind as");
    ++*at;
    for (;;) {
        skip_space(compiler, at, end);
        if (*at == end) return fail(compiler, *at, "the names behind as have no closing |");
        if (compiler->source[*at] == '|') break;
        if (count == 2) return fail(compiler, *at, "at most two names stand behind as");
        if (read_segment(compiler, at, end, &node->params[count++]) != STATUS_OK) return STATUS_INVALID;
    }
    ++*at;
    return expect_end(compiler, *at, end);
}

/* --- Blocks --- */

static bool block_kind(struct template_piece name, enum template_node_kind *out)
{
    static const struct { const char *name; enum template_node_kind kind; } known[] = {
        {"if", NODE_IF}, {"unless", NODE_UNLESS}, {"each", NODE_EACH}, {"with", NODE_WITH},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (!word_is(name, known[i].name)) continue;
        *out = known[i].kind;
        return true;
    }
    return false;
}

static int push_level(struct compiler *compiler, struct template_node *node, struct template_piece name, size_t start)
{
    if (compiler->depth + 1 == TEMPLATE_NESTING_MOST) return fail(compiler, start, "blocks are nested too deeply");
    compiler->depth++;
    compiler->levels[compiler->depth] = (struct level){.node = node, .tail = &node->body, .name = name, .start = start};
    return STATUS_OK;
}

/* Reads "if path as |x|" and opens the block. */
static int open_block(struct compiler *compiler, const struct tag *tag, size_t at)
{
    struct template_piece name;
    enum template_node_kind kind;
    struct template_node *node;

    skip_space(compiler, &at, tag->body_end);
    if (at == tag->body_end) return fail(compiler, tag->start, "the block has no name");
    if (read_segment(compiler, &at, tag->body_end, &name) != STATUS_OK) return STATUS_INVALID;
    if (!block_kind(name, &kind)) {
        return fail(compiler, tag->start, "there is no block '%.*s'; there are if, unless, each and with", (int)name.len, name.text);
    }
    node = add_node(compiler, kind, tag->start);
    if (read_value(compiler, &at, tag->body_end, &node->value) != STATUS_OK) return STATUS_INVALID;
    if (read_params(compiler, &at, tag->body_end, node) != STATUS_OK) return STATUS_INVALID;
    return push_level(compiler, node, name, tag->start);
}

/* {{^}} and {{else}}, and {{else if …}}, which opens a block inside the other branch. */
static int add_else(struct compiler *compiler, const struct tag *tag)
{
    struct level *level = &compiler->levels[compiler->depth];
    size_t at = tag->body_start;
    unsigned chained;

    if (compiler->depth == 0) return fail(compiler, tag->start, "else stands outside of any block");
    if (level->has_else) return fail(compiler, tag->start, "this block has an else already");
    level->has_else = true;
    level->tail = &level->node->otherwise;
    skip_space(compiler, &at, tag->body_end);
    if (at == tag->body_end) return STATUS_OK;
    chained = level->chained + 1;
    if (open_block(compiler, tag, at) != STATUS_OK) return STATUS_INVALID;
    compiler->levels[compiler->depth].chained = chained;
    compiler->levels[compiler->depth].name = compiler->levels[compiler->depth - 1].name;
    return STATUS_OK;
}

static int close_block(struct compiler *compiler, const struct tag *tag)
{
    struct level *level = &compiler->levels[compiler->depth];
    size_t at = tag->body_start;
    struct template_piece name;

    skip_space(compiler, &at, tag->body_end);
    if (at == tag->body_end) return fail(compiler, tag->start, "the closing tag has no name");
    if (read_segment(compiler, &at, tag->body_end, &name) != STATUS_OK) return STATUS_INVALID;
    if (compiler->depth == 0) return fail(compiler, tag->start, "/%.*s closes a block that was never opened", (int)name.len, name.text);
    if (level->name.len != name.len || memcmp(level->name.text, name.text, name.len) != 0) {
        return fail(compiler, tag->start, "/%.*s does not close the block that is open, '%.*s'", (int)name.len, name.text,
                    (int)level->name.len, level->name.text);
    }
    compiler->depth -= 1 + level->chained;
    return expect_end(compiler, at, tag->body_end);
}

/* --- Tags --- */

static const char *find_bytes(const char *text, size_t len, const char *wanted)
{
    return memmem(text, len, wanted, strlen(wanted));
}

static bool is_else(const struct compiler *compiler, size_t start, size_t end)
{
    static const char word[] = "else";
    size_t len = sizeof(word) - 1;

    skip_space(compiler, &start, end);
    return end - start >= len && memcmp(compiler->source + start, word, len) == 0
        && (end - start == len || isspace((unsigned char)compiler->source[start + len]));
}

static int end_tag(struct compiler *compiler, struct tag *tag, size_t from, const char *closing)
{
    const char *found = find_bytes(compiler->source + from, compiler->len - from, closing);

    if (found == NULL) return fail(compiler, tag->start, "this tag does not end: %s is missing", closing);
    tag->body_start = from;
    tag->body_end = (size_t)(found - compiler->source);
    tag->end = tag->body_end + strlen(closing);
    return STATUS_OK;
}

/* {{! … }} or {{!-- … --}}, where only --}} ends it. */
static int read_comment(struct compiler *compiler, struct tag *tag, size_t at)
{
    bool is_long = compiler->len - at >= 3 && memcmp(compiler->source + at, "!--", 3) == 0;

    tag->kind = TAG_COMMENT;
    if (end_tag(compiler, tag, at + (is_long ? 3 : 1), is_long ? "--" : "}}") != STATUS_OK) return STATUS_INVALID;
    if (!is_long) {
        tag->trims_right = tag->body_end > tag->body_start && compiler->source[tag->body_end - 1] == '~';
        return STATUS_OK;
    }
    while (compiler->len - tag->body_end >= 3) {
        const char *rest = compiler->source + tag->body_end + 2;
        size_t left = compiler->len - tag->body_end - 2;

        tag->trims_right = left >= 3 && rest[0] == '~';
        if (left >= 2 && memcmp(rest + tag->trims_right, "}}", 2) == 0) {
            tag->end = tag->body_end + 4 + tag->trims_right;
            return STATUS_OK;
        }
        if (end_tag(compiler, tag, tag->body_end + 1, "--") != STATUS_OK) return STATUS_INVALID;
    }
    return fail(compiler, tag->start, "this comment does not end: --}} is missing");
}

/* compiler->at stands at the braces. */
static int read_tag(struct compiler *compiler, struct tag *tag)
{
    const char *source = compiler->source;
    size_t at = compiler->at + 2;
    bool is_triple = at < compiler->len && source[at] == '{';

    *tag = (struct tag){.kind = TAG_OUTPUT, .start = compiler->at};
    if (is_triple) {
        tag->kind = TAG_RAW;
        return end_tag(compiler, tag, at + 1, "}}}");
    }
    if (at < compiler->len && source[at] == '~') {
        tag->trims_left = true;
        at++;
    }
    if (at == compiler->len) return fail(compiler, tag->start, "this tag does not end: }} is missing");
    switch (source[at]) {
    case '!': return read_comment(compiler, tag, at);
    case '#': tag->kind = TAG_OPEN; at++; break;
    case '/': tag->kind = TAG_CLOSE; at++; break;
    case '^': tag->kind = TAG_INVERSE; at++; break;
    case '&': tag->kind = TAG_RAW; at++; break;
    case '>': return fail(compiler, tag->start, "partials are not known here; use {{fragment id=\"name\"}}");
    default: break;
    }
    if (end_tag(compiler, tag, at, "}}") != STATUS_OK) return STATUS_INVALID;
    if (tag->body_end > tag->body_start && source[tag->body_end - 1] == '~') {
        tag->trims_right = true;
        tag->body_end--;
    }
    if (tag->kind == TAG_OUTPUT && is_else(compiler, tag->body_start, tag->body_end)) {
        tag->kind = TAG_ELSE;
        skip_space(compiler, &tag->body_start, tag->body_end);
        tag->body_start += 4;
    }
    return STATUS_OK;
}

static int add_output(struct compiler *compiler, const struct tag *tag)
{
    struct template_node *node = add_node(compiler, NODE_OUTPUT, tag->start);
    size_t at = tag->body_start;
    int status = read_value(compiler, &at, tag->body_end, &node->value);

    node->is_raw = tag->kind == TAG_RAW;
    return status == STATUS_OK ? expect_end(compiler, at, tag->body_end) : status;
}

static int add_tag(struct compiler *compiler, const struct tag *tag)
{
    switch (tag->kind) {
    case TAG_OUTPUT:
    case TAG_RAW: return add_output(compiler, tag);
    case TAG_OPEN: return open_block(compiler, tag, tag->body_start);
    case TAG_INVERSE:
    case TAG_ELSE: return add_else(compiler, tag);
    case TAG_CLOSE: return close_block(compiler, tag);
    case TAG_COMMENT: return STATUS_OK;
    }
    return STATUS_OK;
}

/* --- White space around tags --- */

/* Handlebars: a block tag or comment alone on its line takes the whole line with it. */
static bool stands_alone(const struct compiler *compiler, const struct tag *tag, size_t text_start, size_t *line_start, size_t *line_end)
{
    const char *source = compiler->source;
    size_t start = tag->start, end = tag->end;

    if (tag->kind == TAG_OUTPUT || tag->kind == TAG_RAW) return false;
    while (start > text_start && (source[start - 1] == ' ' || source[start - 1] == '\t')) start--;
    if (start > 0 && source[start - 1] != '\n') return false;
    if (start == text_start && start > 0 && source[start - 1] != '\n') return false;
    while (end < compiler->len && (source[end] == ' ' || source[end] == '\t' || source[end] == '\r')) end++;
    if (end < compiler->len && source[end] != '\n') return false;
    *line_start = start;
    *line_end = end < compiler->len ? end + 1 : end;
    return true;
}

static size_t trim_left(const struct compiler *compiler, size_t start, size_t end)
{
    while (end > start && isspace((unsigned char)compiler->source[end - 1])) end--;
    return end;
}

/* The next {{ that is not escaped; text before an escape is added on the way. */
static bool find_tag(struct compiler *compiler, size_t *text_start)
{
    while (compiler->at < compiler->len) {
        const char *found = find_bytes(compiler->source + compiler->at, compiler->len - compiler->at, "{{");
        size_t at;

        if (found == NULL) break;
        at = (size_t)(found - compiler->source);
        if (at == *text_start || compiler->source[at - 1] != '\\') {
            compiler->at = at;
            return true;
        }
        if (at >= *text_start + 2 && compiler->source[at - 2] == '\\') {
            /* \\{{ is a backslash before a tag */
            add_text(compiler, *text_start, at - 1);
            *text_start = compiler->at = at;
            return true;
        }
        add_text(compiler, *text_start, at - 1);
        *text_start = at;
        compiler->at = at + 2;
    }
    compiler->at = compiler->len;
    return false;
}

static int compile_all(struct compiler *compiler)
{
    size_t text_start = 0, text_end, line_start = 0, line_end = 0;
    struct tag tag;

    while (find_tag(compiler, &text_start)) {
        bool is_alone;

        if (read_tag(compiler, &tag) != STATUS_OK) return STATUS_INVALID;
        is_alone = stands_alone(compiler, &tag, text_start, &line_start, &line_end);
        text_end = is_alone ? line_start : tag.start;
        if (tag.trims_left) text_end = trim_left(compiler, text_start, tag.start);
        add_text(compiler, text_start, text_end);
        if (add_tag(compiler, &tag) != STATUS_OK) return STATUS_INVALID;
        text_start = is_alone ? line_end : tag.end;
        if (tag.trims_right) {
            text_start = tag.end;
            skip_space(compiler, &text_start, compiler->len);
        }
        compiler->at = text_start;
    }
    add_text(compiler, text_start, compiler->len);
    if (compiler->depth > 0) {
        const struct level *level = &compiler->levels[compiler->depth];

        return fail(compiler, level->start, "the block '%.*s' is never closed", (int)level->name.len, level->name.text);
    }
    return STATUS_OK;
}

int template_compile(const char *source, size_t len, enum template_mode mode, struct template **out, struct template_error *error)
{
    struct template *template = memory_zeroed(1, sizeof(*template));
    struct compiler compiler = {.template = template, .len = len, .error = error};

    *error = (struct template_error){.line = 0};
    template->mode = mode;
    template->source = memory_copy(source, len);
    template->source_len = len;
    compiler.source = template->source;
    compiler.levels[0] = (struct level){.tail = &template->nodes};
    if (compile_all(&compiler) != STATUS_OK) {
        template_free(template);
        return STATUS_INVALID;
    }
    *out = template;
    return STATUS_OK;
}

static void free_nodes(struct template_node *node)
{
    while (node != NULL) {
        struct template_node *next = node->next;

        free_nodes(node->body);
        free_nodes(node->otherwise);
        memory_free(node->value.segments);
        memory_free(node);
        node = next;
    }
}

void template_free(struct template *template)
{
    if (template == NULL) return;
    free_nodes(template->nodes);
    memory_free(template->source);
    memory_free(template);
}

static void visit_value(const struct template_value *value, void (*visit)(void *arg, const char *name), void *arg)
{
    char name[512];
    size_t len = 0;

    if (value->kind != VALUE_PATH || value->is_data || value->is_this || value->up > 0) return;
    for (size_t i = 0; i < value->segment_count; i++) {
        const struct template_piece *piece = &value->segments[i];

        if (len + piece->len + 2 > sizeof(name)) return;
        if (i > 0) name[len++] = '.';
        memcpy(name + len, piece->text, piece->len);
        len += piece->len;
    }
    name[len] = '\0';
    visit(arg, name);
}

static void visit_nodes(const struct template_node *node, void (*visit)(void *arg, const char *name), void *arg)
{
    for (; node != NULL; node = node->next) {
        if (node->kind != NODE_TEXT) visit_value(&node->value, visit, arg);
        visit_nodes(node->body, visit, arg);
        visit_nodes(node->otherwise, visit, arg);
    }
}

void template_names(const struct template *template, void (*visit)(void *arg, const char *name), void *arg)
{
    visit_nodes(template->nodes, visit, arg);
}

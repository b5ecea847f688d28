/* The renderer: walks the program over a payload's nodes; nothing is copied but what is put out. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/memory.h"
#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/template_program.h"

enum item_kind { ITEM_MISSING, ITEM_NODE, ITEM_TEXT, ITEM_NUMBER, ITEM_TRUE, ITEM_FALSE, ITEM_NULL };

/* A value while rendering: a node of the data, or something that the template made. */
struct item {
    enum item_kind kind;
    uint32_t node;
    struct template_piece text; /* of a text or number */
};

/* One turn of a block that changes what names mean. */
struct scope {
    const struct scope *outer;
    struct item self;
    const struct template_piece *params; /* two, or NULL */
    bool has_turn;                       /* @index and so on are known */
    uint32_t index, count;
    uint32_t key_node;                   /* a member of an object: its node; else 0 */
    struct template_piece key;           /* its decoded name, where it needed decoding */
    char digits[12];                     /* the index as text */
};

struct renderer {
    const struct template *template;
    const struct payload *data;
    bool is_strict;
    struct template_limits limits;
    uint64_t turns;
    unsigned depth;
    struct buffer *out;
    struct buffer scratch;
    struct template_error *error;
};

static int render_nodes(struct renderer *renderer, const struct template_node *node, const struct scope *scope);

static int fail(struct renderer *renderer, const struct template_node *node, int status, const char *format, ...)
{
    va_list arguments;

    renderer->error->line = node->line;
    renderer->error->column = node->column;
    va_start(arguments, format);
    vsnprintf(renderer->error->message, sizeof(renderer->error->message), format, arguments);
    va_end(arguments);
    return status;
}

/* --- Names --- */

static struct item of_node(uint32_t node)
{
    return (struct item){node != 0 ? ITEM_NODE : ITEM_MISSING, node, {NULL, 0}};
}

static bool piece_is(struct template_piece piece, const char *word)
{
    return piece.len == strlen(word) && memcmp(piece.text, word, piece.len) == 0;
}

static bool same_piece(struct template_piece a, struct template_piece b)
{
    return a.len > 0 && a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

static struct item member(const struct renderer *renderer, struct item item, struct template_piece name)
{
    const struct payload_node *node;

    if (item.kind != ITEM_NODE) return of_node(0);
    node = &renderer->data->nodes[item.node];
    if (node->kind == PAYLOAD_OBJECT) return of_node(payload_find(renderer->data, item.node, name.text, name.len));
    if (node->kind == PAYLOAD_ARRAY && name.len > 0 && name.len < 10) {
        uint32_t index = 0;

        for (size_t i = 0; i < name.len; i++) {
            if (!isdigit((unsigned char)name.text[i])) return of_node(0);
            index = index * 10 + (uint32_t)(name.text[i] - '0');
        }
        return of_node(payload_child(renderer->data, item.node, index));
    }
    return of_node(0);
}

static struct item index_item(const struct scope *scope)
{
    return (struct item){ITEM_NUMBER, 0, {scope->digits, strlen(scope->digits)}};
}

static struct item key_item(const struct renderer *renderer, const struct scope *scope)
{
    const struct payload_node *node;

    if (scope->key_node == 0) return index_item(scope);
    if (scope->key.text != NULL) return (struct item){ITEM_TEXT, 0, scope->key};
    node = &renderer->data->nodes[scope->key_node];
    return (struct item){ITEM_TEXT, 0, {renderer->data->text + node->key_start, node->key_end - node->key_start}};
}

static struct item data_item(const struct renderer *renderer, const struct scope *scope, struct template_piece name, unsigned up)
{
    if (piece_is(name, "root")) return of_node(1);
    for (; scope != NULL; scope = scope->outer) {
        if (!scope->has_turn) continue;
        if (up-- > 0) continue;
        if (piece_is(name, "index")) return index_item(scope);
        if (piece_is(name, "key")) return key_item(renderer, scope);
        if (piece_is(name, "first")) return (struct item){scope->index == 0 ? ITEM_TRUE : ITEM_FALSE, 0, {NULL, 0}};
        if (piece_is(name, "last")) return (struct item){scope->index + 1 == scope->count ? ITEM_TRUE : ITEM_FALSE, 0, {NULL, 0}};
        break;
    }
    return of_node(0);
}

static bool param_item(const struct renderer *renderer, const struct scope *scope, struct template_piece name, struct item *out)
{
    for (; scope != NULL; scope = scope->outer) {
        if (scope->params == NULL) continue;
        if (same_piece(name, scope->params[0])) {
            *out = scope->self;
            return true;
        }
        if (same_piece(name, scope->params[1])) {
            *out = scope->has_turn ? key_item(renderer, scope) : of_node(0);
            return true;
        }
    }
    return false;
}

/* A name that the current object lacks is looked for at the root, so that context and profile are seen from everywhere. */
static struct item first_item(const struct renderer *renderer, const struct template_value *value, const struct scope *scope, size_t *next)
{
    struct item found;
    unsigned up = value->up;

    *next = 0;
    if (value->is_data) {
        *next = 1;
        return data_item(renderer, scope, value->segments[0], up);
    }
    if (up == 0 && !value->is_this && value->segment_count > 0) {
        *next = 1;
        if (param_item(renderer, scope, value->segments[0], &found)) return found;
        found = member(renderer, scope->self, value->segments[0]);
        return found.kind != ITEM_MISSING ? found : member(renderer, of_node(1), value->segments[0]);
    }
    while (up-- > 0 && scope->outer != NULL) scope = scope->outer;
    return scope->self;
}

static struct item evaluate(const struct renderer *renderer, const struct template_value *value, const struct scope *scope)
{
    struct item item;
    size_t i;

    switch (value->kind) {
    case VALUE_STRING: return (struct item){ITEM_TEXT, 0, value->literal};
    case VALUE_NUMBER: return (struct item){ITEM_NUMBER, 0, value->literal};
    case VALUE_TRUE: return (struct item){ITEM_TRUE, 0, {NULL, 0}};
    case VALUE_FALSE: return (struct item){ITEM_FALSE, 0, {NULL, 0}};
    case VALUE_NULL: return (struct item){ITEM_NULL, 0, {NULL, 0}};
    case VALUE_PATH: break;
    }
    item = first_item(renderer, value, scope, &i);
    for (; i < value->segment_count; i++) item = member(renderer, item, value->segments[i]);
    return item;
}

static bool is_zero(const char *text, size_t len)
{
    for (size_t i = 0; i < len && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] >= '1' && text[i] <= '9') return false;
    }
    return true;
}

/* Handlebars: false, null, nothing, "", 0 and [] are false. */
static bool is_true(const struct renderer *renderer, struct item item)
{
    const struct payload_node *node;

    switch (item.kind) {
    case ITEM_MISSING:
    case ITEM_FALSE:
    case ITEM_NULL: return false;
    case ITEM_TRUE: return true;
    case ITEM_TEXT: return item.text.len > 0;
    case ITEM_NUMBER: return !is_zero(item.text.text, item.text.len);
    case ITEM_NODE: break;
    }
    node = &renderer->data->nodes[item.node];
    switch ((enum payload_kind)node->kind) {
    case PAYLOAD_NULL:
    case PAYLOAD_FALSE: return false;
    case PAYLOAD_TRUE:
    case PAYLOAD_OBJECT: return true;
    case PAYLOAD_ARRAY: return node->count > 0;
    case PAYLOAD_STRING: return node->end > node->start;
    case PAYLOAD_NUMBER: return !is_zero(renderer->data->text + node->start, node->end - node->start);
    }
    return false;
}

/* --- Output --- */

/* handlebars.js's set of escapes. */
static const char *html_escape(char byte)
{
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#x27;";
    case '`': return "&#x60;";
    case '=': return "&#x3D;";
    default: return NULL;
    }
}

static void add_html(struct buffer *out, const char *text, size_t len)
{
    size_t plain = 0;

    for (size_t i = 0; i < len; i++) {
        const char *escape = html_escape(text[i]);

        if (escape == NULL) continue;
        buffer_add(out, text + plain, i - plain);
        buffer_add_string(out, escape);
        plain = i + 1;
    }
    buffer_add(out, text + plain, len - plain);
}

static void add_header(struct buffer *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        buffer_add_char(out, byte < 0x20 || byte == 0x7F ? ' ' : text[i]);
    }
}

static void add_url(struct buffer *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (isalnum(byte) || byte == '-' || byte == '.' || byte == '_' || byte == '~') {
            buffer_add_char(out, text[i]);
        } else {
            buffer_add_format(out, "%%%02X", byte);
        }
    }
}

static void add_json(struct buffer *out, const char *text, size_t len)
{
    struct buffer quoted = BUFFER_EMPTY;

    payload_quote(text, len, &quoted);
    buffer_add(out, quoted.bytes + 1, quoted.len - 2);
    buffer_free(&quoted);
}

static void add_escaped(const struct renderer *renderer, const char *text, size_t len, bool is_raw)
{
    switch (renderer->template->mode) {
    case TEMPLATE_HTML:
        if (is_raw) break;
        add_html(renderer->out, text, len);
        return;
    case TEMPLATE_TEXT: break;
    case TEMPLATE_HEADER: add_header(renderer->out, text, len); return;
    case TEMPLATE_URL:
        if (is_raw) break;
        add_url(renderer->out, text, len);
        return;
    case TEMPLATE_JSON:
        if (is_raw) break;
        add_json(renderer->out, text, len);
        return;
    }
    buffer_add(renderer->out, text, len);
}

static int output_node(struct renderer *renderer, const struct template_node *node, uint32_t data_node)
{
    const struct payload_node *found = &renderer->data->nodes[data_node];

    switch ((enum payload_kind)found->kind) {
    case PAYLOAD_NULL: return STATUS_OK;
    case PAYLOAD_ARRAY:
    case PAYLOAD_OBJECT:
        return fail(renderer, node, STATUS_INVALID, "an %s cannot be printed; name one of its members or use {{#each}}",
                    payload_kind_name(renderer->data, data_node));
    case PAYLOAD_STRING:
        if (found->has_escapes) {
            buffer_clear(&renderer->scratch);
            payload_add_text(renderer->data, data_node, &renderer->scratch);
            add_escaped(renderer, renderer->scratch.bytes != NULL ? renderer->scratch.bytes : "", renderer->scratch.len, node->is_raw);
            return STATUS_OK;
        }
        break;
    case PAYLOAD_TRUE:
    case PAYLOAD_FALSE:
    case PAYLOAD_NUMBER: break;
    }
    add_escaped(renderer, renderer->data->text + found->start, found->end - found->start, node->is_raw);
    return STATUS_OK;
}

static int output(struct renderer *renderer, const struct template_node *node, const struct scope *scope)
{
    struct item item = evaluate(renderer, &node->value, scope);

    switch (item.kind) {
    case ITEM_MISSING:
        if (renderer->is_strict) {
            const struct template_value *value = &node->value;

            return fail(renderer, node, STATUS_INVALID, "'%.*s' is missing in the data",
                        value->segment_count > 0 ? (int)(value->segments[value->segment_count - 1].text + value->segments[value->segment_count - 1].len - value->segments[0].text) : 0,
                        value->segment_count > 0 ? value->segments[0].text : "");
        }
        return STATUS_OK;
    case ITEM_NULL: return STATUS_OK;
    case ITEM_TRUE: buffer_add_string(renderer->out, "true"); return STATUS_OK;
    case ITEM_FALSE: buffer_add_string(renderer->out, "false"); return STATUS_OK;
    case ITEM_TEXT:
    case ITEM_NUMBER: add_escaped(renderer, item.text.text, item.text.len, node->is_raw); return STATUS_OK;
    case ITEM_NODE: return output_node(renderer, node, item.node);
    }
    return STATUS_OK;
}

/* --- Blocks --- */

static int each_turn(struct renderer *renderer, const struct template_node *node, struct scope *scope, uint32_t data_node, bool is_object)
{
    const struct payload_node *found = &renderer->data->nodes[data_node];
    struct buffer key = BUFFER_EMPTY;
    int status;

    if (++renderer->turns > renderer->limits.turns) return fail(renderer, node, STATUS_LIMIT, "the loops turned more than %llu times", (unsigned long long)renderer->limits.turns);
    scope->self = of_node(data_node);
    scope->key_node = is_object ? data_node : 0;
    scope->key = (struct template_piece){NULL, 0};
    if (is_object && found->key_has_escapes) {
        payload_add_key(renderer->data, data_node, &key);
        scope->key = (struct template_piece){key.bytes != NULL ? key.bytes : "", key.len};
    }
    snprintf(scope->digits, sizeof(scope->digits), "%u", scope->index);
    status = render_nodes(renderer, node->body, scope);
    buffer_free(&key);
    return status;
}

static int render_each(struct renderer *renderer, const struct template_node *node, const struct scope *outer)
{
    struct item item = evaluate(renderer, &node->value, outer);
    const struct payload_node *found = item.kind == ITEM_NODE ? &renderer->data->nodes[item.node] : NULL;
    struct scope scope = {.outer = outer, .params = node->params, .has_turn = true};
    uint32_t child;

    if (found == NULL || found->count == 0) return render_nodes(renderer, node->otherwise, outer);
    child = item.node + 1;
    for (scope.count = found->count; scope.index < scope.count; scope.index++) {
        int status = each_turn(renderer, node, &scope, child, found->kind == PAYLOAD_OBJECT);

        if (status != STATUS_OK) return status;
        child = renderer->data->nodes[child].next;
    }
    return STATUS_OK;
}

static int render_with(struct renderer *renderer, const struct template_node *node, const struct scope *outer)
{
    struct scope scope = {.outer = outer, .params = node->params, .self = evaluate(renderer, &node->value, outer)};

    if (!is_true(renderer, scope.self)) return render_nodes(renderer, node->otherwise, outer);
    return render_nodes(renderer, node->body, &scope);
}

static int render_choice(struct renderer *renderer, const struct template_node *node, const struct scope *scope)
{
    bool holds = is_true(renderer, evaluate(renderer, &node->value, scope));

    if (node->kind == NODE_UNLESS) holds = !holds;
    return render_nodes(renderer, holds ? node->body : node->otherwise, scope);
}

static int render_node(struct renderer *renderer, const struct template_node *node, const struct scope *scope)
{
    switch (node->kind) {
    case NODE_TEXT: buffer_add(renderer->out, node->text.text, node->text.len); return STATUS_OK;
    case NODE_OUTPUT: return output(renderer, node, scope);
    case NODE_IF:
    case NODE_UNLESS: return render_choice(renderer, node, scope);
    case NODE_EACH: return render_each(renderer, node, scope);
    case NODE_WITH: return render_with(renderer, node, scope);
    }
    return STATUS_OK;
}

static int render_nodes(struct renderer *renderer, const struct template_node *node, const struct scope *scope)
{
    int status = STATUS_OK;

    if (node == NULL) return STATUS_OK;
    if (++renderer->depth > renderer->limits.depth) return fail(renderer, node, STATUS_LIMIT, "blocks are nested too deeply");
    for (; node != NULL && status == STATUS_OK; node = node->next) {
        status = render_node(renderer, node, scope);
        if (status == STATUS_OK && renderer->out->len > renderer->limits.output_size) {
            status = fail(renderer, node, STATUS_LIMIT, "the output is larger than %zu bytes", renderer->limits.output_size);
        }
    }
    renderer->depth--;
    return status;
}

int template_render(const struct template *template, const struct payload *data, bool is_strict,
                    const struct template_limits *limits, struct buffer *out, struct template_error *error)
{
    struct renderer renderer = {.template = template, .data = data, .is_strict = is_strict, .limits = *limits, .out = out, .error = error};
    struct scope root = {.self = of_node(1)};
    int status = render_nodes(&renderer, template->nodes, &root);

    buffer_free(&renderer.scratch);
    return status;
}

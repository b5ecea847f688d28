/*
 * The compiler: reads the template and the fragments that it names, and links them. What is decided here need not be
 * while rendering: which fragment a tag means, and how each value is escaped by where it stands in the HTML.
 */
#include <stdio.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/template_html.h"
#include "runtime/template_parse.h"
#include "runtime/template_standing.h"
#include "runtime/utf8.h"

#define FRAGMENTS_DEEP_MOST 16
#define UNITS_MOST 2000

/* A fragment that is being compiled, inside those that name it. */
struct open_fragment {
    const struct open_fragment *outer;
    struct template_text name;
};

struct unknown_name {
    struct unknown_name *next;
    struct template_text name;
    uint16_t unit;
    size_t offset;
};

struct compiler {
    struct template *template;
    const struct template_source *source;
    struct template_error *error;
    const struct open_fragment *open;
    unsigned depth;
    struct template_name_set inlines; /* names of inline partials, wherever they stand */
    struct unknown_name *unknown;     /* partials that no fragment is there for */
};

static int link_body(struct compiler *compiler, struct template_body *body, struct template_html *html);

static void add_unknown(struct compiler *compiler, const struct template_node *node)
{
    struct unknown_name *unknown = template_arena_zeroed(&compiler->template->arena, 1, sizeof(*unknown));

    *unknown = (struct unknown_name){compiler->unknown, node->text, node->unit, node->offset};
    compiler->unknown = unknown;
}

/* Without the byte order mark that some editors write. */
static struct template_text skip_mark(struct template_text text)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t len = sizeof(mark) - 1;

    if (text.len < len || memcmp(text.bytes, mark, len) != 0) return text;
    return (struct template_text){text.bytes + len, text.len - len};
}

static int check_characters(struct compiler *compiler, const struct template_unit *unit)
{
    size_t at = 0, len;

    if (utf8_is_valid(unit->source.bytes, unit->source.len)) return STATUS_OK;
    while ((len = utf8_next(unit->source.bytes + at, unit->source.len - at, NULL)) > 0)
        at += len;
    return template_fail(unit, at, compiler->error, "the byte 0x%02X here is not valid UTF-8; save the file as UTF-8",
                         (unsigned char)unit->source.bytes[at]);
}

static int compile_unit(struct compiler *compiler, struct template_text name, struct template_text text,
                        struct template_html *html, struct template_body **out)
{
    struct template *template = compiler->template;
    struct template_unit *unit = template_arena_zeroed(&template->arena, 1, sizeof(*unit));
    struct template_reader reader = {
        .template = template, .options = compiler->source, .unit = unit, .error = compiler->error};
    int status;

    text = skip_mark(text);
    unit->name = template_arena_copy(&template->arena, name.bytes, name.len);
    unit->source = template_arena_copy(&template->arena, text.bytes, text.len);
    if (text.len >= UINT32_MAX || template->unit_count == UNITS_MOST) {
        return template_fail(unit, 0, compiler->error,
                             text.len >= UINT32_MAX ? "the template is too large" : "there are too many fragments");
    }
    if (template->unit_count == template->unit_size) {
        template->unit_size = template->unit_size > 0 ? template->unit_size * 2 : 4;
        template->units = memory_resize(template->units, template->unit_size, sizeof(*template->units));
    }
    reader.unit_index = (uint16_t) template->unit_count;
    template->units[template->unit_count++] = unit;
    reader.bytes = unit->source.bytes;
    reader.len = unit->source.len;
    status = check_characters(compiler, unit);
    if (status == STATUS_OK) status = template_parse(&reader, out);
    if (status != STATUS_OK) return status;
    template_trim(*out);
    return link_body(compiler, *out, html);
}

/* --- Fragments --- */

static int fail_at(struct compiler *compiler, const struct template_node *node, const char *message, const char *detail)
{
    return template_fail(compiler->template->units[node->unit], node->offset, compiler->error, message, detail);
}

/* "a > b > a" */
static void describe_circle(const struct open_fragment *open, struct template_text name, char *out, size_t size)
{
    const struct open_fragment *chain[FRAGMENTS_DEEP_MOST];
    size_t count = 0, len = 0;

    for (; open != NULL && count < FRAGMENTS_DEEP_MOST; open = open->outer) {
        chain[count++] = open;
        if (template_text_equal(open->name, name)) break;
    }
    while (count-- > 0 && len < size) {
        len +=
            (size_t)snprintf(out + len, size - len, "%.*s > ", (int)chain[count]->name.len, chain[count]->name.bytes);
    }
    if (len < size) snprintf(out + len, size - len, "%.*s", (int)name.len, name.bytes);
}

static int check_circle(struct compiler *compiler, const struct template_node *node)
{
    char circle[160];

    for (const struct open_fragment *open = compiler->open; open != NULL; open = open->outer) {
        if (!template_text_equal(open->name, node->text)) continue;
        describe_circle(compiler->open, node->text, circle, sizeof(circle));
        return fail_at(compiler, node, "fragments that need each other in a circle: %s", circle);
    }
    if (compiler->depth == FRAGMENTS_DEEP_MOST) return fail_at(compiler, node, "fragments are nested too deeply%s", "");
    return STATUS_OK;
}

static struct template_fragment *find_fragment(const struct template *template, struct template_text name)
{
    for (struct template_fragment *fragment = template->fragments; fragment != NULL; fragment = fragment->next) {
        if (template_text_equal(fragment->name, name)) return fragment;
    }
    return NULL;
}

/* Compiles the fragment as it stands here; those that begin and end as plain HTML once for all places. */
static int compile_fragment(struct compiler *compiler, struct template_node *node, const char *text, size_t len,
                            struct template_html *html)
{
    const struct template_source *source = compiler->source;
    const char *shown = source->fragment_name != NULL
                            ? source->fragment_name(source->fragment_arg, node->text.bytes, node->text.len)
                            : NULL;
    struct template_text name = shown != NULL ? (struct template_text){shown, strlen(shown)} : node->text;
    struct open_fragment open = {compiler->open, node->text};
    struct template_fragment *fragment;
    bool is_plain = template_html_is_plain(html);
    int status = check_circle(compiler, node);

    if (status != STATUS_OK) return status;
    compiler->open = &open;
    compiler->depth++;
    status = compile_unit(compiler, name, (struct template_text){text, len}, html, &node->target);
    compiler->depth--;
    compiler->open = open.outer;
    if (status != STATUS_OK || !is_plain || !template_html_is_plain(html)) return status;
    fragment = template_arena_zeroed(&compiler->template->arena, 1, sizeof(*fragment));
    *fragment = (struct template_fragment){compiler->template->fragments, node->text, node->target};
    compiler->template->fragments = fragment;
    return STATUS_OK;
}

static int link_fragment(struct compiler *compiler, struct template_node *node, struct template_html *html)
{
    const struct template_source *source = compiler->source;
    struct template_fragment *fragment =
        template_html_is_plain(html) ? find_fragment(compiler->template, node->text) : NULL;
    const char *text;
    size_t len;

    if (fragment != NULL) {
        node->target = fragment->body;
        return STATUS_OK;
    }
    if (source->fragment != NULL &&
        source->fragment(source->fragment_arg, node->text.bytes, node->text.len, &text, &len)) {
        return compile_fragment(compiler, node, text, len, html);
    }
    if (node->is_fragment_tag)
        return fail_at(compiler, node, "there is no fragment \"%s\"",
                       template_arena_copy(&compiler->template->arena, node->text.bytes, node->text.len).bytes);
    if (node->body == NULL) add_unknown(compiler, node);
    return STATUS_OK;
}

/* --- Links --- */

static enum template_escape mode_escape(enum template_mode mode)
{
    switch (mode) {
    case TEMPLATE_HTML: return ESCAPE_HTML;
    case TEMPLATE_TEXT: return ESCAPE_NONE;
    case TEMPLATE_HEADER: return ESCAPE_HEADER;
    case TEMPLATE_URL: return ESCAPE_URL;
    case TEMPLATE_JSON: return ESCAPE_JSON;
    }
    return ESCAPE_NONE;
}

static bool is_encoded(const struct template_expression *value)
{
    return value != NULL && value->kind == EXPRESSION_FUNCTION && template_text_is(value->name, "urlEncode");
}

/* A value without quotes begins here: an empty text marks the place. */
static void mark_bare(struct template_body *body, uint32_t count)
{
    if (count > 0 && body->nodes[count - 1].kind == NODE_TEXT) body->nodes[count - 1].url_back = 0;
}

static int refuse_document(struct compiler *compiler, const struct template_node *node,
                           const struct template_html *html)
{
    if (template_html_place(html) != HTML_PLACE_DOCUMENT) return STATUS_OK;
    return fail_at(compiler, node, "no value can stand in srcdoc, which holds a document of its own%s", "");
}

static int link_output(struct compiler *compiler, struct template_body *body, uint32_t count,
                       struct template_html *html)
{
    struct template_node *node = &body->nodes[count];
    enum template_escape own;

    node->escape = mode_escape(compiler->template->mode);
    if (template_html_value(html)) mark_bare(body, count);
    if (refuse_document(compiler, node, html) != STATUS_OK) return STATUS_INVALID;
    own = template_standing_escape(compiler->template, node, html);
    if (own != ESCAPE_NONE) node->escape = own;
    node->is_encoded = is_encoded(node->value);
    if (node->is_raw && node->escape < ESCAPE_URL_ATTRIBUTE && node->escape != ESCAPE_HEADER)
        node->escape = ESCAPE_NONE;
    template_standing_warn(compiler->template, node, html);
    if (count > 0) template_standing_warn_behind(compiler->template, node, node - 1);
    template_html_behind(html);
    return STATUS_OK;
}

static void link_text(const struct compiler *compiler, struct template_node *node, struct template_html *html)
{
    size_t start = 0;

    compiler->template->text_total += node->text.len;
    if (compiler->template->mode != TEMPLATE_HTML) return;
    if (template_html_advance(html, node->text.bytes, node->text.len, &start))
        node->url_back = (uint32_t)(node->text.len - start);
}

static int link_partial(struct compiler *compiler, struct template_node *node, struct template_html *html)
{
    struct template_html start = *html;
    int status = refuse_document(compiler, node, html);

    node->escape = template_standing_escape(compiler->template, node, html);
    if (status == STATUS_OK && node->dynamic == NULL && !template_text_is(node->text, "@partial-block"))
        status = link_fragment(compiler, node, html);
    if (status == STATUS_OK && node->target == NULL && template_html_place(&start) != HTML_PLACE_NAME)
        template_standing_warn(compiler->template, node, &start);
    if (status != STATUS_OK || node->body == NULL) return status;
    status = link_body(compiler, node->body, &start);
    if (node->target == NULL) *html = start;
    return status;
}

/* Both ways through a block begin alike; behind it the first one counts. */
static int link_block(struct compiler *compiler, struct template_node *node, struct template_html *html)
{
    struct template_html start = *html;
    int status = node->body != NULL ? link_body(compiler, node->body, html) : STATUS_OK;

    if (status != STATUS_OK || node->otherwise == NULL) return status;
    status = link_body(compiler, node->otherwise, &start);
    if (node->body == NULL) *html = start;
    return status;
}

static int link_node(struct compiler *compiler, struct template_body *body, uint32_t count, struct template_html *html)
{
    struct template_node *node = &body->nodes[count];
    struct template_html own = {.state = HTML_TEXT};

    switch (node->kind) {
    case NODE_TEXT: link_text(compiler, node, html); return STATUS_OK;
    case NODE_OUTPUT: return link_output(compiler, body, count, html);
    case NODE_IF:
    case NODE_EACH:
    case NODE_WITH:
    case NODE_SECTION: return link_block(compiler, node, html);
    case NODE_INLINE:
        template_name_set_add(&compiler->inlines, node->text);
        return link_body(compiler, node->body, &own);
    case NODE_REGION: return link_body(compiler, node->body, &own);
    case NODE_PARTIAL:
        if (template_html_value(html)) mark_bare(body, count);
        return link_partial(compiler, node, html);
    case NODE_LET:
    case NODE_LOG:
    case NODE_COMMENT: break;
    }
    return STATUS_OK;
}

static void add_own_names(struct compiler *compiler, const struct template_node *node)
{
    struct template_name_set *own = &compiler->template->own_names;

    if (node->kind == NODE_LET || node->kind == NODE_REGION) template_name_set_add(own, node->text);
    for (uint32_t i = 0; i < node->pair_count; i++)
        template_name_set_add(own, node->pairs[i].name);
}

/* What puts nothing out is left away on the way. */
static int link_body(struct compiler *compiler, struct template_body *body, struct template_html *html)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < body->count; i++) {
        const struct template_node *node = &body->nodes[i];
        int status;

        if (node->kind == NODE_COMMENT || (node->kind == NODE_TEXT && node->text.len == 0)) continue;
        body->nodes[count] = *node;
        add_own_names(compiler, node);
        status = link_node(compiler, body, count, html);
        if (status != STATUS_OK) return status;
        count++;
    }
    body->count = count;
    return STATUS_OK;
}

static int check_unknown(struct compiler *compiler)
{
    template_name_set_sort(&compiler->inlines);
    for (const struct unknown_name *unknown = compiler->unknown; unknown != NULL; unknown = unknown->next) {
        if (template_name_set_has(&compiler->inlines, unknown->name)) continue;
        return template_fail(compiler->template->units[unknown->unit], unknown->offset, compiler->error,
                             "there is no fragment or inline partial '%.*s'", (int)unknown->name.len,
                             unknown->name.bytes);
    }
    return STATUS_OK;
}

int template_compile(const struct template_source *source, struct template **out, struct template_error *error)
{
    struct template *template = memory_zeroed(1, sizeof(*template));
    struct compiler compiler = {.template = template, .source = source, .error = error};
    struct template_html html = {.state = HTML_TEXT};
    const char *name = source->name != NULL ? source->name : "template";
    int status;

    *error = (struct template_error){.line = 0};
    template->mode = source->mode;
    template->warnings_end = &template->warnings;
    status = compile_unit(&compiler, (struct template_text){name, strlen(name)},
                          (struct template_text){source->text, source->len}, &html, &template->body);
    if (status == STATUS_OK) status = check_unknown(&compiler);
    template_name_set_sort(&template->own_names);
    template_name_set_free(&compiler.inlines);
    if (status != STATUS_OK) {
        template_free(template);
        return status;
    }
    *out = template;
    return STATUS_OK;
}

void template_free(struct template *template)
{
    if (template == NULL) return;
    template_arena_free(&template->arena);
    template_name_set_free(&template->own_names);
    memory_free(template->units);
    memory_free(template);
}

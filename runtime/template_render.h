/*
 * One rendering: what names mean at a place, and the state of all of it. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_RENDER_H
#define HERALD_TEMPLATE_RENDER_H

#include "runtime/buffer.h"
#include "runtime/template_program.h"

#define TEMPLATE_STEPS 512 /* between looks at the clock */

/* What a name leads to: a node of the data (not 0), or a value that the template made, or nothing. */
struct template_item {
    uint32_t node;
    const struct template_value *value;
};

/* A turn of a loop: what @index and its like are. */
struct template_frame {
    const struct template_frame *outer;
    uint32_t index, count;
    uint32_t member;          /* of an object: the node whose name is the key; else 0 */
    struct template_text key; /* of a map that the template made */
};

/* What as |…| gave names to. */
struct template_given {
    const struct template_given *outer;
    struct template_item items[2];
    struct template_value key;
};

/* The values that {{> name key=value}} lays over the partial's context. */
struct template_extra {
    const struct template_extra *outer;
    const struct template_pair *pairs;
    const struct template_value *values;
    uint32_t count;
};

struct template_scope {
    const struct template_scope *outer; /* what ../ leads to */
    struct template_item self;
    const struct template_extra *extra;
    const struct template_frame *frame;
    const struct template_given *given;
};

struct template_variable {
    struct template_variable *outer;
    struct template_text name;
    struct template_value value;
};

/* Inline partials that can be seen, and the block that @partial-block is; both remember where they were written. */
struct template_inline {
    const struct template_inline *outer;
    const struct template_node *node;
    const struct template_scope *scope;
};

struct template_partial_block {
    const struct template_partial_block *outer;
    const struct template_body *body;
    const struct template_scope *scope;
};

struct template_renderer {
    const struct template *template;
    const struct template_input *input;
    const struct payload *data;
    struct buffer *out;
    size_t out_start;
    struct template_arena arena;
    struct template_call call;
    uint32_t roots[TEMPLATE_ROOTS];
    bool knows_roots;
    struct template_variable *variables;
    const struct template_inline *inlines;
    const struct template_partial_block *partial_block;
    size_t url_start;            /* in out: where the value began of the attribute that the text is in */
    size_t open_url;             /* in out: of a URL whose scheme a value may be a part of, or TEMPLATE_URL_SETTLED */
    enum template_escape forced; /* inside a partial that stands in such an attribute: its escape; else ESCAPE_NONE */
    unsigned depth, steps;
    uint64_t turns;
    struct template_watch watch;
    struct template_error *error;
};

int template_render_fail(struct template_renderer *renderer, uint16_t unit, size_t offset, int status,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Looks at the clock; STATUS_LIMIT when the time is up. To be called once in so many steps. */
int template_render_step(struct template_renderer *renderer, uint16_t unit, size_t offset);

#define template_node_fail(renderer, node, status, ...) \
    template_render_fail(renderer, (node)->unit, (node)->offset, status, __VA_ARGS__)

/* The nodes of a body, which may be NULL. What is set and defined in it ends with it. */
int template_render_body(struct template_renderer *renderer, const struct template_body *body,
                         const struct template_scope *scope);

/* One node of the kind. */
int template_render_each(struct template_renderer *renderer, const struct template_node *node,
                         const struct template_scope *scope);
int template_render_with(struct template_renderer *renderer, const struct template_node *node,
                         const struct template_scope *scope);
int template_render_section(struct template_renderer *renderer, const struct template_node *node,
                            const struct template_scope *scope);
int template_render_partial(struct template_renderer *renderer, const struct template_node *node,
                            const struct template_scope *scope);

/* A name that leads to nothing: an error where that is one. */
int template_render_missing(struct template_renderer *renderer, const struct template_node *node);

/* Makes the body's inline partials seen. */
void template_push_inlines(struct template_renderer *renderer, const struct template_body *body,
                           const struct template_scope *scope);

/* What @key is: an index, or a member's name. */
struct template_value template_frame_key(struct template_renderer *renderer, const struct template_frame *frame);

/* What the path leads to. room: where a value is made that is nowhere yet. */
struct template_item template_lookup(struct template_renderer *renderer, const struct template_path *path,
                                     const struct template_scope *scope, struct template_value *room);
struct template_item template_lookup_member(struct template_renderer *renderer, struct template_item item,
                                            const struct template_segment *segment, struct template_value *room);
struct template_variable *template_find_variable(const struct template_renderer *renderer, struct template_text name);

/* Whether the segment names members of the elements of an array; those are then gathered from there on. */
bool template_gathers(const struct template_renderer *renderer, struct template_item item,
                      const struct template_segment *segment);
struct template_value template_gather(struct template_renderer *renderer, const struct template_path *path,
                                      uint32_t next, struct template_item array);

struct template_value template_item_value(struct template_renderer *renderer, struct template_item item);

/* An array or object of the data that went through an expression is a node again. */
struct template_item template_item_settle(const struct template_renderer *renderer, struct template_item item);
bool template_item_is_missing(struct template_item item);

/* Handlebars: nothing, null, false, "", [] and 0 are false; 0 is true where takes_zero. */
bool template_item_is_true(const struct template_renderer *renderer, struct template_item item, bool takes_zero);

int template_evaluate(struct template_renderer *renderer, const struct template_expression *expression,
                      const struct template_scope *scope, struct template_value *out);

/* As above, but a path's value stays where it is. */
int template_evaluate_item(struct template_renderer *renderer, const struct template_expression *expression,
                           const struct template_scope *scope, struct template_value *room, struct template_item *out);

/* Calls the project's helper. */
int template_call_helper(struct template_renderer *renderer, const struct template_expression *expression,
                         const struct template_scope *scope, struct template_value *out);

#endif

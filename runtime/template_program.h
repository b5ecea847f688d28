/*
 * A compiled template: bodies of nodes in the order of their source, each body one array. For template_*.c alone.
 *
 *   Hi {{#if context.a}}{{context.b}}{{/if}}!     body: TEXT "Hi " · IF a ─ body: OUTPUT b
 *                                                       TEXT "!"
 * All of it lives in the template's arena. A unit is one source: the template itself, or a fragment.
 */
#ifndef HERALD_TEMPLATE_PROGRAM_H
#define HERALD_TEMPLATE_PROGRAM_H

#include "runtime/template.h"
#include "runtime/template_arena.h"
#include "runtime/template_function.h"
#include "runtime/template_name_set.h"
#include "runtime/template_number.h"

#define TEMPLATE_NESTING_MOST 64 /* blocks, brackets and fragments inside each other */
#define TEMPLATE_CHAIN_MOST 500  /* {{else if}} in one block */
#define TEMPLATE_ROOTS 4         /* context, profile, campaign, message */
#define TEMPLATE_NO_URL UINT32_MAX

struct template_unit {
    struct template_text name, source;
};

/* --- Paths --- */

struct template_segment {
    struct template_text text;
    uint32_t index; /* of an element, where the segment is digits; else UINT32_MAX */
};

enum template_path_start {
    PATH_NAME,  /* the first segment is a member of the current object, or a variable, or a root */
    PATH_SELF,  /* this, and ../ */
    PATH_PARAM, /* a name given by as |…| */
    PATH_DATA,  /* @… */
};

enum template_data { DATA_ROOT, DATA_INDEX, DATA_KEY, DATA_FIRST, DATA_LAST, DATA_PARTIAL_BLOCK, DATA_OTHER };

struct template_path {
    enum template_path_start start;
    enum template_data data;
    uint8_t root;          /* the first segment is context, profile, campaign or message: which, from 1; else 0 */
    bool gathers;          /* in an expression: a name behind an array is that of its elements' members */
    bool is_simple;        /* one segment, no this or ../: may name a helper */
    unsigned up;           /* leading ../ */
    unsigned frame, param; /* of PATH_PARAM: frames outwards, and which of its names */
    uint32_t count;
    struct template_segment *segments; /* of PATH_PARAM and PATH_DATA without the first */
    struct template_text original;
};

/* --- Expressions --- */

enum template_expression_kind {
    EXPRESSION_LITERAL,
    EXPRESSION_PATH,
    EXPRESSION_FUNCTION,
    EXPRESSION_HELPER, /* of the project */
    EXPRESSION_LOOKUP,
    EXPRESSION_MEMBER,   /* path: the names behind what a call gives */
    EXPRESSION_PROPERTY, /* price of topN(orders, price, 5): a name for itself, unless it is a variable's */
    EXPRESSION_ARRAY,
    EXPRESSION_AND,
    EXPRESSION_OR,
    EXPRESSION_NOT,
    EXPRESSION_DEFAULT,
    EXPRESSION_EQUAL,
    EXPRESSION_UNEQUAL,
    EXPRESSION_LESS,
    EXPRESSION_LESS_EQUAL,
    EXPRESSION_GREATER,
    EXPRESSION_GREATER_EQUAL,
    EXPRESSION_ARITHMETIC,
    EXPRESSION_NEGATE,
};

struct template_pair {
    struct template_text name;
    struct template_expression *value;
};

struct template_expression {
    enum template_expression_kind kind;
    char type; /* s n b d a m as in template_function.h, z null, * unknown */
    uint16_t unit;
    uint32_t offset;
    enum template_arithmetic arithmetic;
    struct template_value literal;
    struct template_path *path; /* also of a FUNCTION that is called by its name alone: data of that name comes first */
    const struct template_function *function;
    struct template_text name; /* as written */
    struct template_expression **arguments;
    struct template_pair *pairs;
    uint32_t count, pair_count;
};

/* --- Nodes --- */

enum template_node_kind {
    NODE_TEXT,
    NODE_OUTPUT,
    NODE_IF,
    NODE_EACH,
    NODE_WITH,
    NODE_SECTION, /* {{#name}}: a loop, a condition or a change of context, by the value */
    NODE_LET,
    NODE_REGION, /* {{#inline "name"}}: a variable that a caller may have given already */
    NODE_PARTIAL,
    NODE_INLINE, /* {{#*inline "name"}} */
    NODE_LOG,
    NODE_COMMENT,
};

enum template_escape {
    ESCAPE_NONE,
    ESCAPE_HTML,
    ESCAPE_HEADER,
    ESCAPE_URL,
    ESCAPE_JSON,
    ESCAPE_BARE,          /* in an attribute without quotes, which white space would end */
    ESCAPE_URL_ATTRIBUTE, /* this one and those behind it depend on what stands before in the attribute */
    ESCAPE_URL_LIST,      /* srcset */
    ESCAPE_URL_VALUES,    /* what an animation of SVG sets an attribute to: URLs between semicolons */
    ESCAPE_REFRESH,       /* <meta http-equiv="refresh" content> */
    ESCAPE_STYLE,
};

struct template_strip {
    bool open, close; /* ~ at the left and at the right */
};

struct template_body {
    struct template_node *nodes;
    uint32_t count, size;
    bool has_inlines;
    bool is_chained; /* {{else if}}: one node, closed together with the block around */
    struct template_unit *unit;
};

struct template_node {
    enum template_node_kind kind;
    enum template_escape escape; /* of an output; of a partial: what the attribute that it stands in needs */
    bool is_raw;                 /* {{{ }}} */
    bool is_encoded;             /* of an output: the value is what urlEncode gives, ready for a URL */
    bool is_inverted;            /* unless, {{^ }} */
    bool takes_zero;             /* includeZero=true */
    bool is_strictly_boolean;    /* {%#if %} */
    bool is_fragment_tag;        /* {{fragment id=…}}, which is no partial to Handlebars */
    uint16_t unit;
    uint32_t offset;
    uint32_t
        url_back; /* of a text: bytes from its end to where the value of such an attribute begins, or TEMPLATE_NO_URL */
    struct template_text text;           /* or the name of a partial, inline, variable or region */
    struct template_expression *value;   /* of a partial: its context */
    struct template_expression *dynamic; /* of a partial: what gives its name */
    struct template_body *body, *otherwise;
    struct template_body *target; /* of a partial: the fragment */
    struct template_pair *pairs;
    struct template_expression **arguments; /* of log */
    struct template_text *params;           /* as |…| */
    struct template_text indent;            /* of a partial alone on its line */
    uint32_t pair_count, argument_count, param_count;

    /* White space control; of no use when rendering. */
    struct template_text original;
    bool left_stripped, right_stripped;
    bool has_inverse; /* else was written, or the block is {{^ }} */
    struct template_strip open_strip, inverse_strip, close_strip;
};

struct template_fragment {
    struct template_fragment *next;
    struct template_text name;
    struct template_body *body;
};

/* What is no mistake, and yet unwise. */
struct template_warning {
    struct template_warning *next;
    const char *message; /* static */
    uint32_t offset;
    uint16_t unit;
};

struct template
{
    enum template_mode mode;
    struct template_arena arena;
    struct template_unit **units;
    uint32_t unit_count, unit_size;
    struct template_body *body;
    struct template_fragment *fragments; /* by name, for partials whose name is found while rendering */
    struct template_name_set own_names;  /* that it gives itself: by let, as a region, or to a partial */
    struct template_warning *warnings, **warnings_end;
    size_t text_total; /* bytes of literal text in the template itself */
};

/* Line and column of an offset, from 1; columns count characters. */
void template_place(const struct template_unit *unit, size_t offset, struct template_error *error);

/* Moves a place in the text from the offset *at on to offset. */
void template_place_step(struct template_text text, size_t *at, size_t offset, unsigned *line, unsigned *column);

/* Fills error with a place in the unit. */
int template_fail(const struct template_unit *unit, size_t offset, struct template_error *error, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

/* Notes a warning at the place; message: static. */
void template_warn(struct template *template, uint16_t unit, uint32_t offset, const char *message);

#endif

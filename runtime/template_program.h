/*
 * A compiled template: a tree in the order of its source. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_PROGRAM_H
#define HERALD_TEMPLATE_PROGRAM_H

#include "runtime/template.h"

#define TEMPLATE_SEGMENTS_MOST 32
#define TEMPLATE_NESTING_MOST 64

enum template_value_kind { VALUE_PATH, VALUE_STRING, VALUE_NUMBER, VALUE_TRUE, VALUE_FALSE, VALUE_NULL };

struct template_piece {
    const char *text;
    size_t len;
};

/* What stands in a tag: a literal, or a path such as ../items.[0].name or @index. */
struct template_value {
    enum template_value_kind kind;
    struct template_piece literal;
    unsigned up;     /* leading ../ */
    bool is_data;    /* begins with @ */
    bool is_this;    /* begins with this or . */
    size_t segment_count;
    struct template_piece *segments;
};

enum template_node_kind { NODE_TEXT, NODE_OUTPUT, NODE_IF, NODE_UNLESS, NODE_EACH, NODE_WITH };

struct template_node {
    enum template_node_kind kind;
    bool is_raw; /* of an output: {{{ }}} */
    unsigned line, column;
    struct template_piece text;
    struct template_value value;
    struct template_piece params[2]; /* as |item index| */
    struct template_node *body;
    struct template_node *otherwise;
    struct template_node *next;
};

struct template {
    enum template_mode mode;
    char *source;
    size_t source_len;
    struct template_node *nodes;
};

#endif

/*
 * Values in attributes that hold URLs, or a style. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_ATTRIBUTE_H
#define HERALD_TEMPLATE_ATTRIBUTE_H

#include "runtime/buffer.h"
#include "runtime/template_program.h"

/* What stands in place of a value that would be more than a value of CSS. */
#define TEMPLATE_BLOCKED_STYLE "blocked"

/* Adds a value of the node to an attribute whose value begins at start of out. escape: ESCAPE_URL_ATTRIBUTE, or one of
 * those behind it. Gives where in out a URL begins of whose scheme the value may become a part by what follows
 * (template_url_settle), or TEMPLATE_URL_SETTLED. */
size_t template_attribute_put(struct buffer *out, const struct template_node *node, enum template_escape escape,
                            const char *bytes, size_t len, size_t start);

#endif

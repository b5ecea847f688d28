/*
 * What is done about a value, or a partial, by where in the HTML it stands. Used while compiling. For template_*.c
 * alone.
 */
#ifndef HERALD_TEMPLATE_STANDING_H
#define HERALD_TEMPLATE_STANDING_H

#include "runtime/template_html.h"
#include "runtime/template_program.h"

/* What a value needs there; ESCAPE_NONE where that is no attribute with a meaning of its own. */
enum template_escape template_standing_escape(const struct template *template, const struct template_node *node,
                                              const struct template_html *html);

/* Warns where no escape would make a value safe: in scripts, style sheets and names. */
void template_standing_warn(struct template *template, const struct template_node *node,
                            const struct template_html *html);

/* Warns where before, which stands right before it, is a text whose URL is a program. */
void template_standing_warn_behind(struct template *template, const struct template_node *node,
                                   const struct template_node *before);

#endif

/*
 * Positions in strings, which count characters (Unicode code points), not bytes. For template_do_*.c alone.
 * All texts are well-formed UTF-8: template_characters_check has seen to that.
 */
#ifndef HERALD_TEMPLATE_CHARACTERS_H
#define HERALD_TEMPLATE_CHARACTERS_H

#include "runtime/template_function.h"

/* Fails when one of the strings among the arguments is no UTF-8. */
int template_characters_check(struct template_call *call);

size_t template_characters_count(struct template_text text);

/* The byte where the character index begins; text.len for those behind the last. */
size_t template_characters_offset(struct template_text text, size_t index);

/* The first (or last) place of part in text, in bytes; SIZE_MAX for none. The empty part is at the begin (or end). */
size_t template_characters_find(struct template_text text, struct template_text part);
size_t template_characters_find_last(struct template_text text, struct template_text part,
                                     struct template_arena *arena);

/* text with its letters' case taken away, in the arena. */
struct template_text template_characters_fold(struct template_text text, struct template_arena *arena);

bool template_characters_equal(struct template_text a, struct template_text b);

#endif

/*
 * A set of values by the language's =, so that comparing two long arrays does not take the product of their lengths.
 * Lives in a rendering's arena. For template_do_*.c alone.
 */
#ifndef HERALD_TEMPLATE_VALUE_SET_H
#define HERALD_TEMPLATE_VALUE_SET_H

#include "runtime/template_value.h"

struct template_value_set;

/* Room for most values. seed: a number that the values' author cannot know, so that none can be chosen to collide. */
struct template_value_set *template_value_set_new(struct template_arena *arena, size_t most, uint64_t seed);

bool template_value_set_has(const struct template_value_set *set, const struct template_value *value);

/* True when it was not there yet. */
bool template_value_set_add(struct template_value_set *set, const struct template_value *value);

#endif

/*
 * Names that are gathered first and asked for afterwards, by the thousand. A zeroed struct is an empty set. It owns its
 * list, not the names' bytes. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_NAME_SET_H
#define HERALD_TEMPLATE_NAME_SET_H

#include "runtime/template_value.h"

struct template_name_set {
    struct template_text *names;
    size_t count, size;
};

void template_name_set_add(struct template_name_set *set, struct template_text name);

/* To be called behind the last add and before the first question. */
void template_name_set_sort(struct template_name_set *set);

bool template_name_set_has(const struct template_name_set *set, struct template_text name);

void template_name_set_free(struct template_name_set *set);

#endif

#include "runtime/template_name_set.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/memory.h"

static int by_bytes(const void *left, const void *right)
{
    const struct template_text *a = left, *b = right;
    int order = memcmp(a->bytes, b->bytes, a->len < b->len ? a->len : b->len);

    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

void template_name_set_add(struct template_name_set *set, struct template_text name)
{
    if (set->count == set->size) {
        set->size = set->size > 0 ? set->size * 2 : 16;
        set->names = memory_resize(set->names, set->size, sizeof(*set->names));
    }
    set->names[set->count++] = name;
}

void template_name_set_sort(struct template_name_set *set)
{
    if (set->count > 1) qsort(set->names, set->count, sizeof(*set->names), by_bytes);
}

bool template_name_set_has(const struct template_name_set *set, struct template_text name)
{
    return set->count > 0 && bsearch(&name, set->names, set->count, sizeof(*set->names), by_bytes) != NULL;
}

void template_name_set_free(struct template_name_set *set)
{
    memory_free(set->names);
    *set = (struct template_name_set){NULL, 0, 0};
}

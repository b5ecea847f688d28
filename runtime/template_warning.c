/* What the compiler noticed that is no mistake, and yet unwise: in the order of the source. */
#include <stdio.h>

#include "runtime/template_program.h"

void template_warn(struct template *template, uint16_t unit, uint32_t offset, const char *message)
{
    struct template_warning *warning = template_arena_take(&template->arena, sizeof(*warning));

    *warning = (struct template_warning){NULL, message, offset, unit};
    *template->warnings_end = warning;
    template->warnings_end = &warning->next;
}

void template_warnings(const struct template *template, void (*visit)(void *arg, const struct template_error *warning),
                       void *arg)
{
    for (const struct template_warning *found = template->warnings; found != NULL; found = found->next) {
        struct template_error warning = {.line = 0};

        template_place(template->units[found->unit], found->offset, &warning);
        snprintf(warning.message, sizeof(warning.message), "%s", found->message);
        visit(arg, &warning);
    }
}

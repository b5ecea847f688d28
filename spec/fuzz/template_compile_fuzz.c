/*
 * Fuzzes the template compiler: the first byte chooses the mode, the rest is a template whose fragments are itself. Any
 * bytes compile, or give an error with a sentence and a place in them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/status.h"
#include "runtime/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
    const char *bytes;
    size_t len;
};

/* A fragment "half" is the second half, "none" is not there, every other one is the whole. */
static bool find_fragment(void *arg, const char *id, size_t id_len, const char **out_text, size_t *out_len)
{
    const struct text *text = arg;
    size_t start = id_len == 4 && memcmp(id, "half", 4) == 0 ? text->len / 2 : 0;

    if (id_len == 4 && memcmp(id, "none", 4) == 0) return false;
    *out_text = text->bytes + start;
    *out_len = text->len - start;
    return true;
}

static bool has_helper(void *arg, const char *name, size_t len)
{
    (void)arg;
    return len > 0 && name[0] == 'h';
}

static void visit_name(void *arg, const struct template_name *name)
{
    struct template_cursor cursor = {.line = 0};
    struct template_error place;

    template_name_place(arg, name, &cursor, &place);
    if (name->path[0] == '\0' || place.line == 0 || place.column == 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data + 1, size > 0 ? size - 1 : 0};
    struct template_helpers helpers = {.has = has_helper};
    struct template_source source = {.fragment = find_fragment, .fragment_arg = &text, .helpers = &helpers};
    struct template *template = NULL;
    struct template_error error;

    if (size == 0) return 0;
    source.text = text.bytes;
    source.len = text.len;
    source.mode = (enum template_mode)(data[0] % 5);
    if (template_compile(&source, &template, &error) == STATUS_OK) {
        template_names(template, visit_name, template);
        template_free(template);
    } else if (error.message[0] == '\0' || error.line == 0 || error.column == 0) {
        abort();
    }
    return 0;
}

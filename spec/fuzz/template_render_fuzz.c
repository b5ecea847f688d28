/*
 * Fuzzes the renderer: a template, a NUL and a JSON document. What compiles renders, or gives an error with a sentence,
 * within its bounds; and no value gets a tag, or a quote, out of its place.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/template.h"

#define OUTPUT_MOST 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Gives back its first argument, whatever that is. */
static int call_helper(void *arg, const char *name, size_t len, const struct template_argument *arguments, size_t count,
                       struct template_argument *out, char *message, size_t message_size)
{
    (void)arg;
    if (len % 3 == 0) {
        snprintf(message, message_size, "%.*s fails", (int)len, name);
        return STATUS_INVALID;
    }
    if (count > 0) *out = arguments[0];
    return STATUS_OK;
}

static bool has_helper(void *arg, const char *name, size_t len)
{
    (void)arg;
    return len > 0 && name[0] == 'h';
}

static void render(const char *text, size_t len, const struct payload *data, enum template_mode mode, bool is_strict)
{
    static const struct template_limits limits = {OUTPUT_MOST, 50, 2000, 1000};
    struct template_helpers helpers = {.has = has_helper, .call = call_helper};
    struct template_source source = {.text = text, .len = len, .mode = mode, .helpers = &helpers};
    struct template_input input = {.data = data, .limits = &limits, .is_strict = is_strict, .helpers = &helpers};
    struct buffer out = BUFFER_EMPTY;
    struct template *template = NULL;
    struct template_error error;

    if (template_compile(&source, &template, &error) != STATUS_OK) return;
    error = (struct template_error){.line = 0};
    if (template_render(template, &input, &out, &error) != STATUS_OK) {
        if (error.message[0] == '\0' || error.line == 0) abort();
    } else if (out.len > OUTPUT_MOST) {
        abort();
    }
    buffer_free(&out);
    template_free(template);
}

/* The values of a header cannot break it, nor those of HTML become tags. */
static void check_escapes(const struct payload *data)
{
    static const struct template_limits limits = TEMPLATE_LIMITS_DEFAULT;
    static const char header[] = "{{{v}}}", html[] = "{{v}}";
    struct template_input input = {.data = data, .limits = &limits};

    for (int i = 0; i < 2; i++) {
        struct template_source source = {.text = i == 0 ? header : html,
                                         .len = i == 0 ? sizeof(header) - 1 : sizeof(html) - 1,
                                         .mode = i == 0 ? TEMPLATE_HEADER : TEMPLATE_HTML};
        struct buffer out = BUFFER_EMPTY;
        struct template *template = NULL;
        struct template_error error;

        if (template_compile(&source, &template, &error) != STATUS_OK) abort();
        if (template_render(template, &input, &out, &error) == STATUS_OK && out.len > 0 &&
            strpbrk(out.bytes, i == 0 ? "\r\n" : "<>\"'") != NULL) {
            abort();
        }
        buffer_free(&out);
        template_free(template);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, 0, size);
    struct payload payload = PAYLOAD_EMPTY;
    size_t len = end != NULL ? (size_t)(end - data) : size;
    char failure[256];

    if (end == NULL) return 0;
    if (payload_parse(&payload, (const char *)end + 1, size - len - 1, failure, sizeof(failure)) == STATUS_OK) {
        render((const char *)data, len, &payload, TEMPLATE_HTML, false);
        render((const char *)data, len, &payload, TEMPLATE_JSON, true);
        check_escapes(&payload);
    }
    payload_free(&payload);
    return 0;
}

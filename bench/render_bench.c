/*
 * How many times a second one template is rendered over one document, both ready in memory, as a message's are; the loop
 * stays in C.
 *
 *     render_bench TEMPLATE.html DATA.json SECONDS      prints: renderings a second, bytes of one
 */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/buffer.h"
#include "runtime/clock.h"
#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/template.h"

#define BETWEEN_CLOCKS 100

static bool read_file(const char *path, struct buffer *out)
{
    FILE *file = fopen(path, "rb");
    char bytes[4096];
    size_t len;

    if (file == NULL) {
        perror(path);
        return false;
    }
    while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) buffer_add(out, bytes, len);
    fclose(file);
    return true;
}

/* As a caller does it: the output's buffer is kept from one rendering to the next. */
static int measure(const struct template *template, const struct payload *data, double seconds)
{
    static const struct template_limits limits = TEMPLATE_LIMITS_DEFAULT;
    struct template_input input = {.data = data, .limits = &limits};
    int64_t began = clock_monotonic_ms(), end = began + (int64_t)(seconds * 1000), now = began;
    struct buffer out = BUFFER_EMPTY;
    struct template_error error;
    size_t bytes = 0;
    long count = 0;

    while (now < end) {
        for (int i = 0; i < BETWEEN_CLOCKS; i++) {
            buffer_clear(&out);
            if (template_render(template, &input, &out, &error) != STATUS_OK) {
                fprintf(stderr, "%s:%u:%u: %s\n", error.name, error.line, error.column, error.message);
                return EXIT_FAILURE;
            }
        }
        count += BETWEEN_CLOCKS;
        now = clock_monotonic_ms();
        bytes = out.len;
    }
    printf("%.0f %zu\n", (double)count * 1000 / (double)(now - began), bytes);
    buffer_free(&out);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct buffer source = BUFFER_EMPTY, text = BUFFER_EMPTY;
    struct payload data = PAYLOAD_EMPTY;
    struct template *template = NULL;
    struct template_source compiled = {.mode = TEMPLATE_HTML};
    struct template_error error;
    char failure[128];
    int result = EXIT_FAILURE;

    if (argc != 4) {
        fprintf(stderr, "usage: render_bench TEMPLATE.html DATA.json SECONDS\n");
        return 2;
    }
    if (!read_file(argv[1], &source) || !read_file(argv[2], &text)) goto cleanup;
    compiled.name = argv[1];
    compiled.text = source.bytes;
    compiled.len = source.len;
    if (template_compile(&compiled, &template, &error) != STATUS_OK) {
        fprintf(stderr, "%s:%u:%u: %s\n", error.name, error.line, error.column, error.message);
        goto cleanup;
    }
    if (payload_parse(&data, text.bytes, text.len, failure, sizeof(failure)) != STATUS_OK) {
        fprintf(stderr, "%s: %s\n", argv[2], failure);
        goto cleanup;
    }
    result = measure(template, &data, atof(argv[3]));

cleanup:
    template_free(template);
    payload_free(&data);
    buffer_free(&source);
    buffer_free(&text);
    return result;
}

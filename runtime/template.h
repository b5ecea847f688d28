/*
 * The template language: compiled once, rendered many times straight over a payload document.
 *
 * A compiled template is immutable; any number of threads may render it at once.
 */
#ifndef HERALD_TEMPLATE_H
#define HERALD_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct payload;
struct template;

/* Where the output goes decides how {{ }} is escaped. */
enum template_mode {
    TEMPLATE_HTML,   /* as Handlebars does */
    TEMPLATE_TEXT,   /* not at all */
    TEMPLATE_HEADER, /* line breaks and control characters become spaces, {{{ }}} too */
    TEMPLATE_URL,    /* percent-encoded (RFC 3986 2.3: all but the unreserved) */
    TEMPLATE_JSON,   /* as the inside of a JSON string */
};

struct template_error {
    char message[256];
    unsigned line, column; /* from 1; 0 when the error has no place */
};

/* Bounds of one rendering. */
struct template_limits {
    size_t output_size;
    unsigned depth;
    uint64_t turns; /* of all loops together */
};

#define TEMPLATE_LIMITS_DEFAULT {4 * 1024 * 1024, 100, 100000}

/* STATUS_INVALID with error filled. The source is copied. */
int template_compile(const char *source, size_t len, enum template_mode mode, struct template **out, struct template_error *error);
void template_free(struct template *template);

/*
 * Renders over node 1 of data into out (appended). is_strict: a name that is missing is an error.
 * STATUS_INVALID (the data does not fit the template), STATUS_LIMIT (a bound was passed), with error filled;
 * out then holds a part that must be thrown away.
 */
int template_render(const struct template *template, const struct payload *data, bool is_strict,
                    const struct template_limits *limits, struct buffer *out, struct template_error *error);

/* Calls visit with each path from the root that the template reads, such as "context.resetUrl"; may repeat. */
void template_names(const struct template *template, void (*visit)(void *arg, const char *name), void *arg);

#endif

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
    TEMPLATE_HTML,   /* as Handlebars does; in attributes that hold a URL, as docs/templates.md says */
    TEMPLATE_TEXT,   /* not at all */
    TEMPLATE_HEADER, /* line breaks and control characters become spaces, {{{ }}} too */
    TEMPLATE_URL,    /* percent-encoded (RFC 3986 2.3: all but the unreserved) */
    TEMPLATE_JSON,   /* as the inside of a JSON string */
};

struct template_error {
    char message[256];
    char name[128];        /* the template's, or the fragment's that it is in */
    unsigned line, column; /* from 1; 0 when the error has no place */
};

/* Bounds of one rendering. */
struct template_limits {
    size_t output_size;
    unsigned depth;   /* blocks and partials inside each other */
    uint64_t turns;   /* of all loops together */
    unsigned time_ms; /* 0: none */
};

#define TEMPLATE_LIMITS_DEFAULT            \
    {                                      \
        4 * 1024 * 1024, 100, 100000, 2000 \
    }

/* What a helper of the project is called with, and what it gives. Borrowed for the call; a result's text until the next
 * call of a helper. */
struct template_argument {
    enum { ARGUMENT_NIL, ARGUMENT_BOOLEAN, ARGUMENT_INTEGER, ARGUMENT_DECIMAL, ARGUMENT_STRING, ARGUMENT_JSON } kind;
    const char *name; /* of key=value; NULL for one that stands by itself */
    size_t name_len;
    bool boolean;
    int64_t integer;
    double decimal;
    const char *text; /* of a string, or an array or map as JSON */
    size_t len;
};

/* The helpers that a project adds. Called on the thread that compiles or renders. */
struct template_helpers {
    bool (*has)(void *arg, const char *name, size_t len);
    /* STATUS_OK with out filled (it is nil before), or STATUS_INVALID with a sentence in message. */
    int (*call)(void *arg, const char *name, size_t len, const struct template_argument *arguments, size_t count,
                struct template_argument *out, char *message, size_t message_size);
    void *arg;
};

struct template_source {
    const char *name; /* in messages of errors */
    const char *text; /* copied */
    size_t len;
    enum template_mode mode;
    /* The text of a fragment, which stays valid until template_compile returns; false: there is none. May be NULL. */
    bool (*fragment)(void *arg, const char *id, size_t id_len, const char **out_text, size_t *out_len);
    /* What its errors are said to be in; NULL: its id. */
    const char *(*fragment_name)(void *arg, const char *id, size_t id_len);
    void *fragment_arg;
    const struct template_helpers *helpers; /* NULL: none; only has is called */
};

/* STATUS_INVALID with error filled. */
int template_compile(const struct template_source *source, struct template **out, struct template_error *error);
void template_free(struct template *template);

/* One rendering. */
struct template_input {
    const struct payload *data; /* names are looked up in node 1 */
    const struct template_limits *limits;
    bool is_strict; /* a name that is missing is an error where it is printed or looped over */
    int64_t now_ms;
    const char *locale; /* NULL: en_US */
    uint64_t random_seed;
    const struct template_helpers *helpers;
    void (*log)(void *arg, const char *text, size_t len); /* {{log …}}; may be NULL */
    void *log_arg;
};

/*
 * Adds the output to out. STATUS_INVALID (the data does not fit the template), STATUS_LIMIT (a bound was passed), with
 * error filled; out then holds a part that must be thrown away.
 */
int template_render(const struct template *template, const struct template_input *input, struct buffer *out,
                    struct template_error *error);

/* A path from the root that a template reads, such as "context.resetUrl", and where. */
struct template_name {
    const char *path; /* lives for the visit */
    unsigned unit;
    size_t offset;
};

/* Calls visit with each of them; a path may come again. */
void template_names(const struct template *template, void (*visit)(void *arg, const struct template_name *name),
                    void *arg);

/* How far the places of names are known; zeroed before the first. */
struct template_cursor {
    unsigned unit;
    size_t offset;
    unsigned line, column;
};

/* Where that is: fills name, line and column. Names that come in the order of the source take one pass over it. */
void template_name_place(const struct template *template, const struct template_name *name,
                         struct template_cursor *cursor, struct template_error *out);

/* Calls visit with what the compiler found unwise, such as a value inside a script; warning lives for the call. */
void template_warnings(const struct template *template, void (*visit)(void *arg, const struct template_error *warning),
                       void *arg);

/* Calls visit with the name of each function of the language, in their order. */
void template_functions(void (*visit)(void *arg, const char *name), void *arg);

#endif

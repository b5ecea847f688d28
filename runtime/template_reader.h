/*
 * Where the compiler stands in a source, and the words of the template language: tags, names, strings, numbers.
 * For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_READER_H
#define HERALD_TEMPLATE_READER_H

#include "runtime/template_program.h"

/* Names that blocks give by as |…|, innermost first. */
struct template_lexical {
    const struct template_lexical *outer;
    const struct template_text *names;
    size_t count;
};

struct template_reader {
    struct template *template;
    const struct template_source *options;
    struct template_unit *unit;
    uint16_t unit_index;
    const char *bytes;
    size_t len, at;
    bool is_escaped; /* the next {{ is text: a backslash stood before it */
    unsigned depth;  /* of brackets and blocks */
    const struct template_lexical *lexical;
    struct template_error *error;
};

enum template_tag_kind {
    TAG_TEXT,
    TAG_OUTPUT,        /* {{ */
    TAG_RAW_OUTPUT,    /* {{{ */
    TAG_AMPERSAND,     /* {{& */
    TAG_OPEN,          /* {{# */
    TAG_OPEN_INVERSE,  /* {{^ */
    TAG_ELSE,          /* {{else}} {{^}} */
    TAG_ELSE_CHAIN,    /* {{else */
    TAG_CLOSE,         /* {{/ */
    TAG_COMMENT,       /* the whole of it */
    TAG_PARTIAL,       /* {{> */
    TAG_PARTIAL_BLOCK, /* {{#> */
    TAG_DECORATOR,     /* {{#* */
    TAG_RAW_BLOCK,     /* {{{{ */
    TAG_VALUE,         /* {%= */
    TAG_LET,           /* {% let */
    TAG_END,           /* of the source */
};

struct template_tag {
    enum template_tag_kind kind;
    bool is_percent; /* {% %} */
    size_t start;
    struct template_text text; /* of TAG_TEXT */
    struct template_strip strip;
};

/* The next run of text, or a tag; the reader then stands behind the tag's marks. */
int template_scan(struct template_reader *reader, struct template_tag *tag);

/* Expects the end of the tag. */
int template_scan_end(struct template_reader *reader, struct template_tag *tag);

/* True when the tag ends here, but for space. */
bool template_scan_is_end(const struct template_reader *reader, const struct template_tag *tag);

/* Behind {{{{name}}}}: the text up to {{{{/name}}}}, and past it. */
int template_scan_raw(struct template_reader *reader, struct template_text name, struct template_text *out);

int template_reader_fail(struct template_reader *reader, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void template_reader_skip_space(struct template_reader *reader);
bool template_reader_is_at(const struct template_reader *reader, const char *text);

/* Skips space, and text where that stands next. */
bool template_reader_accept(struct template_reader *reader, const char *text);

/* One level of nesting more, or an error. */
int template_reader_enter(struct template_reader *reader, size_t offset);

/* A name of Handlebars: no white space, no punctuation but - _ $ : ?; false when none stands here. */
bool template_read_word(struct template_reader *reader, bool with_hyphen, struct template_text *out);

/* "…" or '…'; with_escapes: \n \t \\ count, else only the quote can be escaped. */
int template_read_string(struct template_reader *reader, bool with_escapes, struct template_text *out);

/* Digits, with a point or not; false when none stands here. */
bool template_read_number(struct template_reader *reader, struct template_text *out);

/* ../a.[b c].`d`, @index, this.x */
int template_read_path(struct template_reader *reader, bool is_expression, struct template_path **out);

struct template_expression *template_expression_new(struct template_reader *reader, enum template_expression_kind kind,
                                                    size_t offset);

/* The length of the white space character at bytes, or 0; as \s of ECMAScript has it. */
size_t template_space_len(const char *bytes, size_t len);

#endif

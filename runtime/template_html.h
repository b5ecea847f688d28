/*
 * Where in an HTML document the literal text of a template leaves off: enough of a tokenizer (WHATWG HTML 13.2.5) to
 * tell whether a value stands in an attribute that holds a URL. Used while compiling alone. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_HTML_H
#define HERALD_TEMPLATE_HTML_H

#include <stdbool.h>
#include <stddef.h>

enum template_html_state {
    HTML_TEXT, /* the state of a zeroed struct */
    HTML_TAG_OPEN,
    HTML_TAG_NAME,
    HTML_BEFORE_NAME,
    HTML_NAME,
    HTML_AFTER_NAME,
    HTML_BEFORE_VALUE,
    HTML_VALUE_DOUBLE,
    HTML_VALUE_SINGLE,
    HTML_VALUE_BARE,
    HTML_MARKUP, /* <!doctype, <![endif] */
    HTML_COMMENT,
    HTML_RAW,     /* the inside of script, style, title and textarea */
    HTML_RAW_END, /* behind a < in there */
};

struct template_html {
    enum template_html_state state;
    char tag[16], name[16]; /* in small letters, cut */
    size_t tag_len, name_len;
    size_t matched; /* bytes of --> or of the raw element's end tag */
};

/* Goes over literal text. True where the text leaves off inside a URL attribute's value that begins in it: *out_start
 * is then where the value begins. */
bool template_html_advance(struct template_html *html, const char *bytes, size_t len, size_t *out_start);

/* Where a value is put out; it may begin an attribute's value without quotes. True: it begins a URL attribute. */
bool template_html_value(struct template_html *html);

bool template_html_is_url(const struct template_html *html);

#endif

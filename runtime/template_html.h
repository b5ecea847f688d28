/*
 * Where in an HTML document the literal text of a template leaves off: enough of a tokenizer (WHATWG HTML 13.2.5) to
 * tell what a value at a place is part of. Used while compiling alone. For template_*.c alone.
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
    bool has_http_equiv; /* the tag has an attribute of that name */
    size_t matched;      /* bytes of --> or of the raw element's end tag */
    bool is_self_closing; /* a / is the last of the tag, so far */
    unsigned foreign;     /* elements <svg> and <math> that are open; no element in there is raw */
    enum { FOREIGN_MARKUP, FOREIGN_SCRIPT, FOREIGN_SHEET } inside; /* of them: a <script> or <style> that is open */
};

/* What a value at this point would be part of. */
enum template_html_place {
    HTML_PLACE_PLAIN,
    HTML_PLACE_URL,
    HTML_PLACE_URLS, /* several, as in srcset */
    HTML_PLACE_VALUES, /* several with semicolons between, of an animation of SVG */
    HTML_PLACE_META, /* content of <meta>: has a URL in it where the tag is a refresh */
    HTML_PLACE_STYLE,
    HTML_PLACE_DOCUMENT, /* srcdoc */
    HTML_PLACE_SCRIPT,   /* <script>, onclick and the like */
    HTML_PLACE_SHEET,    /* <style> */
    HTML_PLACE_NAME,     /* of a tag or an attribute */
};

enum template_html_place template_html_place(const struct template_html *html);

/* The same, but that a <script> or <style> of SVG and MathML, which programs may take for markup or not, counts first. */
enum template_html_place template_html_shown(const struct template_html *html);

/* In text, outside of any other markup that matters to what follows. */
bool template_html_is_plain(const struct template_html *html);

/* Goes over literal text. True where the text leaves off inside an attribute's value that begins in it and is neither
 * plain nor a script: *out_start is then where the value begins. */
bool template_html_advance(struct template_html *html, const char *bytes, size_t len, size_t *out_start);

/* Where a value or a partial is put out; it may begin an attribute's value without quotes. True: it begins one of those
 * that are meant above. */
bool template_html_value(struct template_html *html);

/* Behind a value: it may have been part of a name. */
void template_html_behind(struct template_html *html);

/* At HTML_PLACE_META, with the source from here on: whether the tag has http-equiv, before or behind. */
bool template_html_is_refresh(const struct template_html *html, const char *rest, size_t len);

#endif

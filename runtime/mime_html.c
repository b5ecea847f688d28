/*
 * HTML mail to text: a reader of tags that never fails, feeding mime_layout, which places words and lines.
 * What a browser would not show (head, style, script, comments, hidden elements such as preheaders) is left out.
 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "runtime/buffer.h"
#include "runtime/mime.h"
#include "runtime/mime_entity.h"
#include "runtime/mime_layout.h"
#include "runtime/utf8.h"

#define NAME_SIZE 16

struct attribute {
    const char *value;
    size_t len;
};

struct tag {
    char name[NAME_SIZE]; /* lower case; cut */
    bool is_end;
    struct attribute href, alt, style, start;
    bool is_hidden;
};

struct html_reader {
    const char *at, *end;
    struct mime_layout layout;
    char skipped[NAME_SIZE]; /* the element whose content is left out; empty: none */
    unsigned skipped_depth;
    struct attribute link; /* of the open a element */
    size_t link_start;
};

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool ends_name(char byte)
{
    return is_space(byte) || byte == '/' || byte == '>' || byte == '=';
}

static bool is_one_of(const char *name, const char *const names[])
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(name, names[i]) == 0) return true;
    }
    return false;
}

static bool contains(const struct attribute *attribute, const char *word)
{
    size_t word_len = strlen(word);

    for (size_t i = 0; attribute->value != NULL && i + word_len <= attribute->len; i++) {
        if (strncasecmp(attribute->value + i, word, word_len) == 0) return true;
    }
    return false;
}

static void read_name(struct html_reader *reader, char out[NAME_SIZE])
{
    size_t len = 0;

    while (reader->at < reader->end && !ends_name(*reader->at)) {
        char byte = *reader->at++;

        if (len < NAME_SIZE - 1) out[len++] = byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
    }
    out[len] = '\0';
}

static struct attribute read_value(struct html_reader *reader)
{
    struct attribute value = {"", 0};
    const char *close;
    char quote;

    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
    if (reader->at == reader->end || *reader->at != '=') return value;
    reader->at++;
    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
    if (reader->at == reader->end) return value;
    quote = *reader->at;
    if (quote == '"' || quote == '\'') {
        reader->at++;
        close = memchr(reader->at, quote, (size_t)(reader->end - reader->at));
        if (close == NULL) close = reader->end;
        value = (struct attribute){reader->at, (size_t)(close - reader->at)};
        reader->at = close < reader->end ? close + 1 : close;
        return value;
    }
    value.value = reader->at;
    while (reader->at < reader->end && !is_space(*reader->at) && *reader->at != '>')
        reader->at++;
    value.len = (size_t)(reader->at - value.value);
    return value;
}

static void read_attributes(struct html_reader *reader, struct tag *out)
{
    char name[NAME_SIZE];
    struct attribute value;

    while (reader->at < reader->end && *reader->at != '>') {
        if (is_space(*reader->at) || *reader->at == '/' || *reader->at == '=') {
            reader->at++;
            continue;
        }
        read_name(reader, name);
        value = read_value(reader);
        if (strcmp(name, "href") == 0) out->href = value;
        if (strcmp(name, "alt") == 0) out->alt = value;
        if (strcmp(name, "style") == 0) out->style = value;
        if (strcmp(name, "start") == 0) out->start = value;
        if (strcmp(name, "hidden") == 0) out->is_hidden = true;
    }
    if (reader->at < reader->end) reader->at++;
    if (contains(&out->style, "display:none") || contains(&out->style, "display: none") ||
        contains(&out->style, "mso-hide:all")) {
        out->is_hidden = true;
    }
}

/* Past a comment, a doctype or a processing instruction; at stands behind its "<". */
static void skip_markup(struct html_reader *reader)
{
    size_t left = (size_t)(reader->end - reader->at);
    bool is_comment = left >= 3 && memcmp(reader->at, "!--", 3) == 0;
    const char *close = is_comment ? memmem(reader->at + 3, left - 3, "-->", 3) : memchr(reader->at, '>', left);

    reader->at = close == NULL ? reader->end : close + (is_comment ? 3 : 1);
}

/* The code point of the reference behind "&", and past it; 0 with at unmoved when there is none. */
static uint32_t read_reference(struct html_reader *reader)
{
    const char *at = reader->at;
    char name[MIME_ENTITY_NAME_MOST + 1];
    uint32_t character = 0;
    size_t len = 0;
    int base = 10;

    if (at < reader->end && *at == '#') {
        at++;
        if (at < reader->end && (*at == 'x' || *at == 'X')) at++, base = 16;
        for (; at < reader->end && strchr("0123456789abcdefABCDEF", *at) != NULL && *at != '\0'; at++) {
            int digit = *at <= '9' ? *at - '0' : (*at | 32) - 'a' + 10;

            if (digit >= base) break;
            if (character <= 0x10ffff) character = character * (uint32_t)base + (uint32_t)digit;
        }
        if (character == 0 || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff)) return 0;
    } else {
        while (at < reader->end && len < MIME_ENTITY_NAME_MOST && (is_letter(*at) || (*at >= '0' && *at <= '9')))
            name[len++] = *at++;
        name[len] = '\0';
        character = mime_entity(name);
        if (character == 0) return 0;
    }
    if (at < reader->end && *at == ';') at++;
    reader->at = at;
    return character;
}

static void add_attribute_text(struct html_reader *reader, const struct attribute *attribute)
{
    struct html_reader inner = {attribute->value, attribute->value + attribute->len, {0}, "", 0, {NULL, 0}, 0};
    char bytes[4];
    uint32_t character;

    while (inner.at < inner.end) {
        character = *inner.at++ == '&' ? read_reference(&inner) : 0;
        if (character != 0) {
            mime_layout_add(&reader->layout, bytes, utf8_write(character, bytes));
        } else {
            mime_layout_add(&reader->layout, inner.at - 1, 1);
        }
    }
}

/* Adds " <target>" behind a link's text, unless that says the same, or the target is of no use in a text. */
static void end_link(struct html_reader *reader)
{
    static const char *const useful[] = {"http://", "https://", "mailto:", "tel:", "sms:", NULL};
    struct attribute link = reader->link, shown;
    bool is_useful = false;

    reader->link = (struct attribute){NULL, 0};
    for (size_t i = 0; useful[i] != NULL && link.value != NULL; i++) {
        if (link.len > strlen(useful[i]) && strncasecmp(link.value, useful[i], strlen(useful[i])) == 0)
            is_useful = true;
    }
    if (!is_useful) return;
    shown = link;
    if (contains(&shown, ":") && strncasecmp(shown.value, "http", 4) != 0) {
        shown.len -= (size_t)((const char *)memchr(shown.value, ':', shown.len) + 1 - shown.value);
        shown.value = link.value + link.len - shown.len;
    }
    if (mime_layout_ends_with(&reader->layout, reader->link_start, shown.value, shown.len)) return;
    if (mime_layout_len(&reader->layout) > reader->link_start) {
        mime_layout_space(&reader->layout);
        mime_layout_add(&reader->layout, "<", 1);
        add_attribute_text(reader, &link);
        mime_layout_add(&reader->layout, ">", 1);
    } else {
        add_attribute_text(reader, &shown);
    }
}

static void begin_link(struct html_reader *reader, const struct tag *tag)
{
    end_link(reader);
    reader->link = tag->href;
    reader->link_start = mime_layout_len(&reader->layout);
}

static bool is_void(const char *name)
{
    static const char *const names[] = {"br",   "hr",   "img", "input",  "meta", "link",
                                        "area", "base", "col", "source", "wbr",  NULL};

    return is_one_of(name, names);
}

/* Inside what is left out: true until its end tag. Its content is raw for script and style. */
static void track_skipped(struct html_reader *reader, const struct tag *tag)
{
    if (strcmp(tag->name, reader->skipped) != 0) {
        if (strcmp(reader->skipped, "head") == 0 && strcmp(tag->name, "body") == 0) reader->skipped[0] = '\0';
        return;
    }
    reader->skipped_depth = tag->is_end ? reader->skipped_depth - 1 : reader->skipped_depth + 1;
    if (reader->skipped_depth == 0) reader->skipped[0] = '\0';
}

static bool begins_skipped(struct html_reader *reader, const struct tag *tag)
{
    static const char *const names[] = {"head",     "script",   "style",  "title", "template",
                                        "noscript", "textarea", "select", "svg",   NULL};

    if (tag->is_end || is_void(tag->name) || !(tag->is_hidden || is_one_of(tag->name, names))) return false;
    memcpy(reader->skipped, tag->name, NAME_SIZE);
    reader->skipped_depth = 1;
    return true;
}

static int number_of(const struct attribute *attribute)
{
    int number = 0;

    for (size_t i = 0; attribute->value != NULL && i < attribute->len && i < 6; i++) {
        if (attribute->value[i] < '0' || attribute->value[i] > '9') return 1;
        number = number * 10 + attribute->value[i] - '0';
    }
    return attribute->len > 0 ? number : 1;
}

static void handle_tag(struct html_reader *reader, const struct tag *tag)
{
    static const char *const paragraphs[] = {"p",  "h1",    "h2", "h3",     "h4",   "h5",
                                             "h6", "table", "dl", "figure", "form", NULL};
    static const char *const lines[] = {"div",   "tr",      "section", "article",  "header", "footer",  "main",
                                        "nav",   "address", "dt",      "dd",       "center", "caption", "tbody",
                                        "thead", "tfoot",   "aside",   "fieldset", NULL};
    struct mime_layout *layout = &reader->layout;

    if (strcmp(tag->name, "a") == 0) {
        if (tag->is_end)
            end_link(reader);
        else
            begin_link(reader, tag);
    } else if (strcmp(tag->name, "br") == 0) {
        mime_layout_line_break(layout);
    } else if (strcmp(tag->name, "hr") == 0) {
        mime_layout_rule(layout);
    } else if (strcmp(tag->name, "img") == 0) {
        if (tag->alt.value != NULL) add_attribute_text(reader, &tag->alt);
    } else if (strcmp(tag->name, "td") == 0 || strcmp(tag->name, "th") == 0) {
        mime_layout_space(layout);
    } else if (strcmp(tag->name, "ul") == 0 || strcmp(tag->name, "ol") == 0) {
        if (tag->is_end)
            mime_layout_end_list(layout);
        else
            mime_layout_begin_list(layout, tag->name[0] == 'o' ? number_of(&tag->start) : -1);
    } else if (strcmp(tag->name, "li") == 0) {
        if (!tag->is_end) mime_layout_item(layout);
    } else if (strcmp(tag->name, "blockquote") == 0) {
        mime_layout_quote(layout, !tag->is_end);
    } else if (strcmp(tag->name, "pre") == 0) {
        mime_layout_pre(layout, !tag->is_end);
    } else if (is_one_of(tag->name, paragraphs)) {
        mime_layout_block(layout, 2);
    } else if (is_one_of(tag->name, lines)) {
        mime_layout_block(layout, 1);
    }
}

static void read_tag(struct html_reader *reader)
{
    struct tag tag = {0};

    if (*reader->at == '/') {
        tag.is_end = true;
        reader->at++;
    }
    read_name(reader, tag.name);
    read_attributes(reader, &tag);
    if (reader->skipped[0] != '\0') {
        track_skipped(reader, &tag);
    } else if (!begins_skipped(reader, &tag)) {
        handle_tag(reader, &tag);
    }
}

static bool is_raw(const struct html_reader *reader)
{
    return strcmp(reader->skipped, "script") == 0 || strcmp(reader->skipped, "style") == 0;
}

/* Whether "<" at at begins a tag, and not a text such as "a < b". */
static bool is_tag_start(const struct html_reader *reader)
{
    const char *at = reader->at + 1;
    size_t name_len = strlen(reader->skipped);

    if (at == reader->end) return false;
    if (is_raw(reader)) {
        return (size_t)(reader->end - at) > name_len && *at == '/' &&
               strncasecmp(at + 1, reader->skipped, name_len) == 0;
    }
    return is_letter(*at) || *at == '!' || *at == '?' || (*at == '/' && at + 1 < reader->end && is_letter(at[1]));
}

static void read_text(struct html_reader *reader)
{
    char bytes[4];
    uint32_t character = 0;
    const char *start = reader->at;
    size_t count = 1;

    reader->at++;
    if (reader->skipped[0] != '\0') return;
    if (*start == '&') character = read_reference(reader);
    if (character != 0) {
        count = utf8_write(character, bytes);
        start = bytes;
    } else {
        count = utf8_next(start, (size_t)(reader->end - start), &character);
        if (count == 0) count = 1;
        reader->at = start + count;
    }
    if (character == 0x200b || character == 0x200c || character == 0x34f || character == 0xad || character == 0xfeff)
        return;
    if (character == 0xa0) {
        mime_layout_space(&reader->layout);
    } else {
        mime_layout_add(&reader->layout, start, count);
    }
}

void mime_html_to_text(const char *html, size_t len, struct buffer *out)
{
    struct html_reader reader = {html, html + len, MIME_LAYOUT_EMPTY(out), "", 0, {NULL, 0}, 0};

    while (reader.at < reader.end) {
        if (*reader.at != '<' || !is_tag_start(&reader)) {
            read_text(&reader);
            continue;
        }
        reader.at++;
        if (*reader.at == '!' || *reader.at == '?') {
            skip_markup(&reader);
        } else {
            read_tag(&reader);
        }
    }
    end_link(&reader);
    mime_layout_end(&reader.layout);
}

#include "runtime/template_html.h"

#include <string.h>
#include <strings.h>

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static void keep(char *name, size_t size, size_t *len, char byte)
{
    if (*len < size) name[*len] = lower(byte);
    if (*len <= size) ++*len;
}

static bool is_one_of(const char *name, size_t len, const char *const words[])
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strlen(words[i]) == len && memcmp(words[i], name, len) == 0) return true;
    }
    return false;
}

static bool is_name(const struct template_html *html, const char *word)
{
    return strlen(word) == html->name_len && memcmp(word, html->name, html->name_len) == 0;
}

static bool is_tag(const struct template_html *html, const char *word)
{
    return strlen(word) == html->tag_len && memcmp(word, html->tag, html->tag_len) == 0;
}

static bool is_animation(const struct template_html *html)
{
    return is_tag(html, "set") || (html->tag_len >= 7 && memcmp(html->tag, "animate", 7) == 0);
}

static enum template_html_place value_place(const struct template_html *html)
{
    static const char *const urls[] = {"href",       "src",      "action",  "formaction", "xlink:href",
                                       "background", "poster",   "cite",    "data",       "longdesc",
                                       "codebase",   "manifest", "icon",    "ping",       "dynsrc",
                                       "lowsrc",     "usemap",   "profile", "classid",    NULL};
    static const char *const set[] = {"to", "from", "by", "values", NULL};

    if (is_one_of(html->name, html->name_len, urls)) return HTML_PLACE_URL;
    if (is_name(html, "value") && is_tag(html, "param")) return HTML_PLACE_URL;
    if (is_animation(html) && is_one_of(html->name, html->name_len, set)) return HTML_PLACE_VALUES;
    if (is_name(html, "srcset") || is_name(html, "imagesrcset")) return HTML_PLACE_URLS;
    if (is_name(html, "style")) return HTML_PLACE_STYLE;
    if (is_name(html, "srcdoc")) return HTML_PLACE_DOCUMENT;
    if (is_name(html, "content") && is_tag(html, "meta")) return HTML_PLACE_META;
    if (html->name_len > 2 && html->name[0] == 'o' && html->name[1] == 'n') return HTML_PLACE_SCRIPT;
    return HTML_PLACE_PLAIN;
}

enum template_html_place template_html_place(const struct template_html *html)
{
    switch (html->state) {
    case HTML_TEXT:
    case HTML_MARKUP:
    case HTML_COMMENT: return HTML_PLACE_PLAIN;
    case HTML_TAG_OPEN:
    case HTML_TAG_NAME:
    case HTML_BEFORE_NAME:
    case HTML_NAME:
    case HTML_AFTER_NAME: return HTML_PLACE_NAME;
    case HTML_BEFORE_VALUE:
    case HTML_VALUE_DOUBLE:
    case HTML_VALUE_SINGLE:
    case HTML_VALUE_BARE: return value_place(html);
    case HTML_RAW:
    case HTML_RAW_END:
        if (is_tag(html, "script")) return HTML_PLACE_SCRIPT;
        return is_tag(html, "style") ? HTML_PLACE_SHEET : HTML_PLACE_PLAIN;
    }
    return HTML_PLACE_PLAIN;
}

enum template_html_place template_html_shown(const struct template_html *html)
{
    if (html->foreign > 0 && html->inside == FOREIGN_SCRIPT) return HTML_PLACE_SCRIPT;
    if (html->foreign > 0 && html->inside == FOREIGN_SHEET) return HTML_PLACE_SHEET;
    return template_html_place(html);
}

bool template_html_is_plain(const struct template_html *html)
{
    return html->state == HTML_TEXT && html->foreign == 0;
}

static bool has_start(const struct template_html *html)
{
    enum template_html_place place = template_html_place(html);

    return place >= HTML_PLACE_URL && place <= HTML_PLACE_STYLE;
}

/* Behind a tag: SVG and MathML, in which elements are no longer raw. */
static void follow_foreign(struct template_html *html)
{
    if (is_tag(html, "/svg") || is_tag(html, "/math")) {
        if (html->foreign > 0) html->foreign--;
        html->inside = FOREIGN_MARKUP;
    } else if (html->is_self_closing) {
        return;
    } else if (is_tag(html, "svg") || is_tag(html, "math")) {
        html->foreign++;
    } else if (html->foreign > 0 && is_tag(html, "script")) {
        html->inside = FOREIGN_SCRIPT;
    } else if (html->foreign > 0 && is_tag(html, "style")) {
        html->inside = FOREIGN_SHEET;
    } else if (is_tag(html, "/script") || is_tag(html, "/style")) {
        html->inside = FOREIGN_MARKUP;
    }
}

static void end_tag(struct template_html *html)
{
    static const char *const raw[] = {"script", "style", "title", "textarea", NULL};

    html->matched = 0;
    html->state = html->foreign == 0 && is_one_of(html->tag, html->tag_len, raw) ? HTML_RAW : HTML_TEXT;
    follow_foreign(html);
    html->is_self_closing = false;
}

static void begin_name(struct template_html *html, char byte)
{
    html->name_len = 0;
    keep(html->name, sizeof(html->name), &html->name_len, byte);
    html->state = HTML_NAME;
}

/* Behind a <. */
static void open_tag(struct template_html *html, char byte)
{
    html->tag_len = 0;
    html->has_http_equiv = false;
    html->is_self_closing = false;
    html->matched = 0;
    if (byte == '!') {
        html->state = HTML_MARKUP;
    } else if (is_letter(byte)) {
        keep(html->tag, sizeof(html->tag), &html->tag_len, byte);
        html->state = HTML_TAG_NAME;
    } else if (byte == '/') {
        keep(html->tag, sizeof(html->tag), &html->tag_len, byte);
        html->state = HTML_TAG_NAME;
    } else {
        html->state = byte == '<' ? HTML_TAG_OPEN : HTML_TEXT;
    }
}

/* <!-- opens a comment, but for <!--[if …]>, whose content some mail programs show; <! … > is one tag, and <!--> and
 * <!---> are comments already ended, with which <!--[if !mso]><!--> goes on for all others. */
static void in_markup(struct template_html *html, char byte)
{
    if (html->matched < 2 && byte == '-') {
        html->matched++;
        return;
    }
    if (html->matched == 2 && byte != '>') {
        html->matched = byte == '-' ? 2 : 0;
        html->state = byte == '[' ? HTML_MARKUP : HTML_COMMENT;
        if (html->state == HTML_MARKUP) html->matched = 3;
        return;
    }
    if (byte == '>') {
        html->state = HTML_TEXT;
        return;
    }
    if (html->matched != 3) html->matched = 3;
}

/* --> and --!> end it. */
static void in_comment(struct template_html *html, char byte)
{
    if (byte == '>' && html->matched >= 2) html->state = HTML_TEXT;
    if (byte == '!' && html->matched >= 2) return;
    html->matched = byte == '-' ? html->matched + 1 : 0;
}

static void in_raw_end(struct template_html *html, char byte)
{
    if (html->matched == 0 && byte == '/') {
        html->matched = 1;
    } else if (html->matched >= 1 && html->matched - 1 < html->tag_len && lower(byte) == html->tag[html->matched - 1]) {
        html->matched++;
    } else if (html->matched == html->tag_len + 1 && (is_space(byte) || byte == '/' || byte == '>')) {
        html->tag_len = 0;
        html->state = byte == '>' ? HTML_TEXT : HTML_BEFORE_NAME;
    } else {
        html->matched = 0;
        html->state = byte == '<' ? HTML_RAW_END : HTML_RAW;
    }
}

static void in_tag(struct template_html *html, char byte)
{
    if (byte != '>') html->is_self_closing = byte == '/';
    if (byte == '>') {
        end_tag(html);
    } else if (html->state == HTML_TAG_NAME) {
        if (is_space(byte) || byte == '/') {
            html->state = HTML_BEFORE_NAME;
        } else {
            keep(html->tag, sizeof(html->tag), &html->tag_len, byte);
        }
    } else if (html->state == HTML_NAME) {
        if (byte == '=')
            html->state = HTML_BEFORE_VALUE;
        else if (is_space(byte))
            html->state = HTML_AFTER_NAME;
        else if (byte == '/')
            html->state = HTML_BEFORE_NAME;
        else
            keep(html->name, sizeof(html->name), &html->name_len, byte);
        if (html->state != HTML_NAME && is_name(html, "http-equiv")) html->has_http_equiv = true;
    } else if (html->state == HTML_AFTER_NAME && byte == '=') {
        html->state = HTML_BEFORE_VALUE;
    } else if (!is_space(byte) && byte != '/') {
        begin_name(html, byte);
    }
}

static void in_value(struct template_html *html, char byte)
{
    if (html->state == HTML_VALUE_DOUBLE && byte == '"') {
        html->state = HTML_BEFORE_NAME;
    } else if (html->state == HTML_VALUE_SINGLE && byte == '\'') {
        html->state = HTML_BEFORE_NAME;
    } else if (html->state == HTML_VALUE_BARE && byte == '>') {
        end_tag(html);
    } else if (html->state == HTML_VALUE_BARE && is_space(byte)) {
        html->state = HTML_BEFORE_NAME;
    }
}

/* One byte; true when the value of an attribute begins at offset (out). */
static bool step(struct template_html *html, char byte, size_t at, size_t *out_start)
{
    switch (html->state) {
    case HTML_TEXT:
        if (byte == '<') html->state = HTML_TAG_OPEN;
        return false;
    case HTML_TAG_OPEN: open_tag(html, byte); return false;
    case HTML_TAG_NAME:
    case HTML_BEFORE_NAME:
    case HTML_NAME:
    case HTML_AFTER_NAME: in_tag(html, byte); return false;
    case HTML_BEFORE_VALUE:
        if (is_space(byte)) return false;
        if (byte == '>') {
            end_tag(html);
            return false;
        }
        html->state = byte == '"' ? HTML_VALUE_DOUBLE : byte == '\'' ? HTML_VALUE_SINGLE : HTML_VALUE_BARE;
        *out_start = html->state == HTML_VALUE_BARE ? at : at + 1;
        return true;
    case HTML_VALUE_DOUBLE:
    case HTML_VALUE_SINGLE:
    case HTML_VALUE_BARE: in_value(html, byte); return false;
    case HTML_MARKUP: in_markup(html, byte); return false;
    case HTML_COMMENT: in_comment(html, byte); return false;
    case HTML_RAW:
        if (byte == '<') html->state = HTML_RAW_END;
        html->matched = 0;
        return false;
    case HTML_RAW_END: in_raw_end(html, byte); return false;
    }
    return false;
}

bool template_html_advance(struct template_html *html, const char *bytes, size_t len, size_t *out_start)
{
    bool begins = false;

    for (size_t i = 0; i < len; i++) {
        if (step(html, bytes[i], i, out_start)) begins = true;
    }
    return begins && has_start(html);
}

bool template_html_value(struct template_html *html)
{
    bool begins = html->state == HTML_BEFORE_VALUE;

    if (begins) html->state = HTML_VALUE_BARE;
    return begins && has_start(html);
}

void template_html_behind(struct template_html *html)
{
    if (html->state == HTML_TAG_OPEN) {
        html->tag_len = 0;
        html->state = HTML_TAG_NAME;
    } else if (html->state == HTML_BEFORE_NAME || html->state == HTML_AFTER_NAME) {
        html->name_len = 0;
        html->state = HTML_NAME;
    }
}

bool template_html_is_refresh(const struct template_html *html, const char *rest, size_t len)
{
    static const char name[] = "http-equiv";

    if (html->has_http_equiv) return true;
    for (size_t i = 0; i + strlen(name) <= len; i++) {
        if (rest[i] == '<' && (is_letter(rest[i + 1]) || rest[i + 1] == '/' || rest[i + 1] == '!')) return false;
        if (strncasecmp(rest + i, name, strlen(name)) == 0) return true;
    }
    return false;
}

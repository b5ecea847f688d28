#include "runtime/template_standing.h"

#include "runtime/template_url.h"

enum template_escape template_standing_escape(const struct template *template, const struct template_node *node,
                                              const struct template_html *html)
{
    struct template_text source = template->units[node->unit]->source;

    switch (template_html_place(html)) {
    case HTML_PLACE_URL: return ESCAPE_URL_ATTRIBUTE;
    case HTML_PLACE_URLS: return ESCAPE_URL_LIST;
    case HTML_PLACE_VALUES: return ESCAPE_URL_VALUES;
    case HTML_PLACE_META:
        if (template_html_is_refresh(html, source.bytes + node->offset, source.len - node->offset))
            return ESCAPE_REFRESH;
        break;
    case HTML_PLACE_STYLE: return ESCAPE_STYLE;
    case HTML_PLACE_PLAIN:
    case HTML_PLACE_DOCUMENT:
    case HTML_PLACE_SCRIPT:
    case HTML_PLACE_SHEET:
    case HTML_PLACE_NAME: break;
    }
    return html->state == HTML_VALUE_BARE ? ESCAPE_BARE : ESCAPE_NONE;
}

/* Three braces in an attribute without quotes. */
static bool is_loose(const struct template_node *node, const struct template_html *html)
{
    if (!node->is_raw || html->state != HTML_VALUE_BARE) return false;
    return node->escape == ESCAPE_NONE || node->escape == ESCAPE_URL_ATTRIBUTE;
}

void template_standing_warn(struct template *template, const struct template_node *node,
                            const struct template_html *html)
{
    const char *message = NULL;

    switch (template_html_shown(html)) {
    case HTML_PLACE_SCRIPT:
        message =
            "a value inside a script: it is not escaped for scripts, so that data could become a part of the program";
        break;
    case HTML_PLACE_SHEET:
        message =
            "a value inside <style>: it is not escaped for style sheets, so that data could become rules of its own";
        break;
    case HTML_PLACE_NAME:
        message = "a value as the name of a tag or attribute: data could become any attribute, such as onclick";
        break;
    case HTML_PLACE_PLAIN:
    case HTML_PLACE_URL:
    case HTML_PLACE_URLS:
    case HTML_PLACE_VALUES:
    case HTML_PLACE_META:
    case HTML_PLACE_STYLE:
    case HTML_PLACE_DOCUMENT:
        if (!is_loose(node, html)) return;
        message = "a value with three braces in an attribute without quotes: data could end it and become any attribute, "
                  "such as onclick";
    }
    template_warn(template, node->unit, node->offset, message);
}

void template_standing_warn_behind(struct template *template, const struct template_node *node,
                                   const struct template_node *before)
{
    if (before->kind != NODE_TEXT || before->url_back == TEMPLATE_NO_URL) return;
    if (node->escape != ESCAPE_URL_ATTRIBUTE) return;
    if (!template_url_is_program(before->text.bytes + before->text.len - before->url_back, before->url_back)) return;
    template_warn(template, node->unit, node->offset,
                  "a value behind a scheme that runs programs, such as javascript: it is left out, "
                  "and " TEMPLATE_BLOCKED_URL " stands in its place");
}

#include "runtime/mime_layout.h"

#include <string.h>

#include "runtime/buffer.h"

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f' || byte == '\0';
}

static unsigned list_depth(const struct mime_layout *layout)
{
    return layout->lists < MIME_LAYOUT_LISTS ? layout->lists : MIME_LAYOUT_LISTS;
}

static void add_prefix(struct mime_layout *layout)
{
    unsigned depth = list_depth(layout),
             quotes = layout->quotes < MIME_LAYOUT_LISTS ? layout->quotes : MIME_LAYOUT_LISTS;

    for (unsigned i = 0; i < quotes; i++)
        buffer_add_string(layout->out, "> ");
    for (unsigned i = layout->is_item_due && depth > 0 ? 1 : 0; i < depth; i++)
        buffer_add_string(layout->out, "  ");
    if (!layout->is_item_due) return;
    layout->is_item_due = false;
    if (depth == 0 || layout->numbers[depth - 1] < 0) {
        buffer_add_string(layout->out, "- ");
    } else {
        buffer_add_format(layout->out, "%d. ", layout->numbers[depth - 1]++);
    }
}

/* What has to stand before the next visible byte. */
static void begin_word(struct mime_layout *layout)
{
    bool is_first = layout->out->len == layout->start;

    if (is_first) layout->breaks = 0;
    if (is_first || layout->breaks > 0) {
        for (; layout->breaks > 0; layout->breaks--) {
            buffer_add_char(layout->out, '\n');
            if (layout->breaks > 1 && layout->quotes > 0 && layout->line_quotes > 0) buffer_add_char(layout->out, '>');
        }
        layout->line_quotes = layout->quotes;
        add_prefix(layout);
    } else if (layout->is_space_due) {
        buffer_add_char(layout->out, ' ');
    }
    layout->is_space_due = false;
}

static void add_preformatted(struct mime_layout *layout, char byte)
{
    if (byte == '\n') {
        mime_layout_line_break(layout);
    } else if (byte == ' ' || byte == '\t') {
        if (layout->breaks > 0 || layout->is_space_due) begin_word(layout);
        buffer_add_char(layout->out, byte);
    }
}

void mime_layout_add(struct mime_layout *layout, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!is_blank(text[i])) {
            begin_word(layout);
            buffer_add_char(layout->out, text[i]);
        } else if (layout->pre > 0) {
            add_preformatted(layout, text[i]);
        } else {
            layout->is_space_due = true;
        }
    }
}

void mime_layout_space(struct mime_layout *layout)
{
    layout->is_space_due = true;
}

void mime_layout_block(struct mime_layout *layout, unsigned breaks)
{
    if (layout->breaks < breaks && !layout->is_item_due) layout->breaks = breaks;
    layout->is_space_due = false;
}

void mime_layout_line_break(struct mime_layout *layout)
{
    if (layout->breaks < 2) layout->breaks++;
    layout->is_space_due = false;
}

void mime_layout_rule(struct mime_layout *layout)
{
    mime_layout_block(layout, 2);
    mime_layout_add(layout, "----------", 10);
    mime_layout_block(layout, 2);
}

void mime_layout_begin_list(struct mime_layout *layout, int first_number)
{
    layout->is_item_due = false;
    mime_layout_block(layout, layout->lists == 0 ? 2 : 1);
    if (layout->lists < MIME_LAYOUT_LISTS) layout->numbers[layout->lists] = first_number;
    if (layout->lists < 1000000) layout->lists++;
}

void mime_layout_end_list(struct mime_layout *layout)
{
    layout->is_item_due = false;
    if (layout->lists > 0) layout->lists--;
    mime_layout_block(layout, layout->lists == 0 ? 2 : 1);
}

void mime_layout_item(struct mime_layout *layout)
{
    layout->is_item_due = false;
    mime_layout_block(layout, 1);
    layout->is_item_due = true;
}

void mime_layout_quote(struct mime_layout *layout, bool is_begin)
{
    mime_layout_block(layout, 2);
    if (is_begin) {
        layout->quotes++;
    } else if (layout->quotes > 0) {
        layout->quotes--;
    }
}

void mime_layout_pre(struct mime_layout *layout, bool is_begin)
{
    mime_layout_block(layout, 2);
    if (is_begin) {
        layout->pre++;
    } else if (layout->pre > 0) {
        layout->pre--;
    }
}

size_t mime_layout_len(const struct mime_layout *layout)
{
    return layout->out->len;
}

bool mime_layout_ends_with(const struct mime_layout *layout, size_t mark, const char *text, size_t len)
{
    const struct buffer *out = layout->out;
    const char *written;

    while (mark < out->len && is_blank(out->bytes[mark]))
        mark++;
    written = out->len > mark ? out->bytes + mark : "";
    return out->len - mark == len && memcmp(written, text, len) == 0;
}

void mime_layout_end(struct mime_layout *layout)
{
    if (layout->out->len > layout->start) buffer_add_char(layout->out, '\n');
}

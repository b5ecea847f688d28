/*
 * Words, lines, lists and quotes of a plain text that is written in one pass. Behind mime_html_to_text.
 */
#ifndef HERALD_MIME_LAYOUT_H
#define HERALD_MIME_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

struct buffer;

#define MIME_LAYOUT_LISTS 16

struct mime_layout {
    struct buffer *out;
    size_t start;                   /* where in out the text begins */
    unsigned breaks;                /* line ends that the next word brings */
    bool is_space_due;              /* a space that the next word of the line brings */
    unsigned line_quotes;           /* of the line that is being written */
    unsigned quotes, pre;           /* how deep */
    unsigned lists;                 /* how deep; those deeper than MIME_LAYOUT_LISTS are not indented further */
    int numbers[MIME_LAYOUT_LISTS]; /* of each list's next item; -1: a bullet */
    bool is_item_due;               /* the next word brings the bullet or number */
};

#define MIME_LAYOUT_EMPTY(buffer)                                 \
    {                                                             \
        (buffer), (buffer)->len, 0, false, 0, 0, 0, 0, {0}, false \
    }

/* Bytes of one character, or a run of them; blanks among them separate words. */
void mime_layout_add(struct mime_layout *layout, const char *text, size_t len);

/* A space, if a word follows on the line. */
void mime_layout_space(struct mime_layout *layout);

/* The next word starts a line (1) or a paragraph (2). */
void mime_layout_block(struct mime_layout *layout, unsigned breaks);

/* One more line end, as br has it: two of them leave an empty line. */
void mime_layout_line_break(struct mime_layout *layout);

void mime_layout_rule(struct mime_layout *layout);
void mime_layout_begin_list(struct mime_layout *layout, int first_number);
void mime_layout_end_list(struct mime_layout *layout);
void mime_layout_item(struct mime_layout *layout);
void mime_layout_quote(struct mime_layout *layout, bool is_begin);
void mime_layout_pre(struct mime_layout *layout, bool is_begin);

/* How much has been written: a mark for mime_layout_ends_with. */
size_t mime_layout_len(const struct mime_layout *layout);

/* Whether what was written since the mark is this text. */
bool mime_layout_ends_with(const struct mime_layout *layout, size_t mark, const char *text, size_t len);

/* Ends the last line. */
void mime_layout_end(struct mime_layout *layout);

#endif

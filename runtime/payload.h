/*
 * JSON documents that keep the very text (RFC 8259): a flat array of nodes over the bytes that came.
 *
 *   {"a":[1,2],"b":"x"}     nodes: 1 object(3 below) · 2 a:array(2 below) · 3 number · 4 number · 5 b:string
 *
 * Nodes stand in the order of the text; node 1 is the root; the first child of a container is the node behind it.
 * A number is its characters, never a double, so 10.50 and 9007199254740993 come out as they went in.
 */
#ifndef HERALD_PAYLOAD_H
#define HERALD_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

#define PAYLOAD_DEPTH_MOST 64

enum payload_kind {
    PAYLOAD_NULL,
    PAYLOAD_FALSE,
    PAYLOAD_TRUE,
    PAYLOAD_NUMBER,
    PAYLOAD_STRING,
    PAYLOAD_ARRAY,
    PAYLOAD_OBJECT,
};

struct payload_node {
    uint32_t start, end;         /* the value's text: [start, end); a string's without its quotes */
    uint32_t key_start, key_end; /* a member's name without its quotes */
    uint32_t next;               /* the node behind this one and all below it */
    uint32_t count;              /* children */
    uint8_t kind;                /* enum payload_kind */
    bool has_escapes;            /* of a string */
    bool key_has_escapes;
    bool is_member;
};

struct payload {
    const char *text; /* borrowed */
    size_t text_len;
    struct payload_node *nodes; /* nodes[0] is not used */
    uint32_t node_count;
    uint32_t node_size;
};

#define PAYLOAD_EMPTY       \
    {                       \
        NULL, 0, NULL, 0, 0 \
    }

/*
 * Parses text, which must outlive the document (which may have been used before: its memory is used again).
 * STATUS_INVALID with a sentence in failure that names the byte; STATUS_TOO_LARGE beyond 1 GiB.
 */
int payload_parse(struct payload *payload, const char *text, size_t len, char *failure, size_t failure_size);
void payload_free(struct payload *payload);

/* The member of an object by its decoded name (the last of equal names), or 0. */
uint32_t payload_find(const struct payload *payload, uint32_t object, const char *key, size_t key_len);

/* The index-th child (from 0), or 0. */
uint32_t payload_child(const struct payload *payload, uint32_t container, uint32_t index);

/* Adds a string's decoded bytes, or a number's or boolean's characters. Nothing for null, arrays and objects. */
void payload_add_text(const struct payload *payload, uint32_t node, struct buffer *out);

/* Adds a member's decoded name. */
void payload_add_key(const struct payload *payload, uint32_t node, struct buffer *out);

/* The value's text as it came; a string's with its quotes. */
const char *payload_raw(const struct payload *payload, uint32_t node, size_t *out_len);

/* Adds bytes as a JSON string with quotes; what is not UTF-8 becomes U+FFFD. */
void payload_quote(const char *bytes, size_t len, struct buffer *out);

/* Whether payload_quote adds nothing but the quotes, because all of it is printable ASCII without \" and \\. */
bool payload_is_plain(const char *bytes, size_t len);

/* "object", "array", "string", "number", "boolean" or "null". */
const char *payload_kind_name(const struct payload *payload, uint32_t node);

#endif

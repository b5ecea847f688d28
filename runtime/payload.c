/* The parser: one pass, no recursion into the heap but for the node array; strict, UTF-8 checked. */
#include "runtime/payload.h"

#include <stdio.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/memory.h"
#include "runtime/status.h"

#define TEXT_MOST (1u << 30)

struct parser {
    struct payload *payload;
    const unsigned char *at, *end, *begin;
    const char *failure;
    unsigned depth;
};

static bool parse_value(struct parser *parser, uint32_t *out);

static bool fail(struct parser *parser, const char *failure)
{
    if (parser->failure == NULL) parser->failure = failure;
    return false;
}

static void skip_space(struct parser *parser)
{
    while (parser->at < parser->end &&
           (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '\r' || *parser->at == '\t'))
        parser->at++;
}

static uint32_t offset(const struct parser *parser)
{
    return (uint32_t)(parser->at - parser->begin);
}

static uint32_t add_node(struct parser *parser, enum payload_kind kind)
{
    struct payload *payload = parser->payload;

    if (payload->node_count == payload->node_size) {
        payload->node_size = payload->node_size > 0 ? payload->node_size * 2 : 32;
        payload->nodes = memory_resize(payload->nodes, payload->node_size, sizeof(*payload->nodes));
    }
    payload->nodes[payload->node_count] = (struct payload_node){.start = offset(parser), .kind = (uint8_t)kind};
    return payload->node_count++;
}

static int hex_value(unsigned char byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

/* The code unit of \uXXXX at text (behind the u), or -1. */
static int code_unit(const unsigned char *text, const unsigned char *end)
{
    int unit = 0;

    if (end - text < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(text[i]);

        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool check_escape(struct parser *parser)
{
    int unit;

    parser->at++;
    if (parser->at == parser->end) return fail(parser, "a string does not end");
    if (memchr("\"\\/bfnrt", *parser->at, 8) != NULL) {
        parser->at++;
        return true;
    }
    if (*parser->at != 'u') return fail(parser, "an unknown escape in a string");
    unit = code_unit(parser->at + 1, parser->end);
    if (unit < 0) return fail(parser, "\\u needs four hexadecimal digits");
    parser->at += 5;
    if (unit >= 0xDC00 && unit <= 0xDFFF) return fail(parser, "a low surrogate without its high one");
    if (unit < 0xD800 || unit > 0xDBFF) return true;
    if (parser->end - parser->at < 6 || parser->at[0] != '\\' || parser->at[1] != 'u')
        return fail(parser, "a high surrogate without its low one");
    unit = code_unit(parser->at + 2, parser->end);
    if (unit < 0xDC00 || unit > 0xDFFF) return fail(parser, "a high surrogate without its low one");
    parser->at += 6;
    return true;
}

/* Length of the well-formed UTF-8 sequence at text (Unicode 15, table 3-7), or 0. */
static size_t utf8_len(const unsigned char *text, const unsigned char *end)
{
    size_t left = (size_t)(end - text);
    unsigned char first = text[0];
    unsigned char low = 0x80, high = 0xBF;
    size_t len;

    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF)
        len = 2;
    else if (first >= 0xE0 && first <= 0xEF)
        len = 3;
    else if (first >= 0xF0 && first <= 0xF4)
        len = 4;
    else
        return 0;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    if (left < len || text[1] < low || text[1] > high) return 0;
    for (size_t i = 2; i < len; i++) {
        if (text[i] < 0x80 || text[i] > 0xBF) return 0;
    }
    return len;
}

/* At the opening quote; leaves behind the closing one. */
static bool parse_string(struct parser *parser, uint32_t *start, uint32_t *end, bool *has_escapes)
{
    *has_escapes = false;
    parser->at++;
    *start = offset(parser);
    while (parser->at < parser->end) {
        unsigned char byte = *parser->at;

        if (byte == '"') {
            *end = offset(parser);
            parser->at++;
            return true;
        }
        if (byte == '\\') {
            *has_escapes = true;
            if (!check_escape(parser)) return false;
        } else if (byte < 0x20) {
            return fail(parser, "a control character in a string; write it as an escape");
        } else if (byte < 0x80) {
            parser->at++;
        } else {
            size_t len = utf8_len(parser->at, parser->end);

            if (len == 0) return fail(parser, "a string is not valid UTF-8");
            parser->at += len;
        }
    }
    return fail(parser, "a string does not end");
}

static bool skip_digits(struct parser *parser)
{
    const unsigned char *before = parser->at;

    while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9')
        parser->at++;
    return parser->at > before;
}

static bool parse_number(struct parser *parser)
{
    if (*parser->at != '-' && (*parser->at < '0' || *parser->at > '9')) return fail(parser, "expected a value");
    if (*parser->at == '-') parser->at++;
    if (parser->at < parser->end && *parser->at == '0') {
        parser->at++;
    } else if (!skip_digits(parser)) {
        return fail(parser, "a number without digits");
    }
    if (parser->at < parser->end && *parser->at == '.') {
        parser->at++;
        if (!skip_digits(parser)) return fail(parser, "a number without digits behind the point");
    }
    if (parser->at < parser->end && (*parser->at == 'e' || *parser->at == 'E')) {
        parser->at++;
        if (parser->at < parser->end && (*parser->at == '+' || *parser->at == '-')) parser->at++;
        if (!skip_digits(parser)) return fail(parser, "a number without digits in its exponent");
    }
    return true;
}

static bool parse_word(struct parser *parser, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(parser->end - parser->at) < len || memcmp(parser->at, word, len) != 0)
        return fail(parser, "an unknown word");
    parser->at += len;
    return true;
}

static bool parse_member(struct parser *parser)
{
    uint32_t key_start, key_end, node;
    bool key_has_escapes;

    if (parser->at == parser->end || *parser->at != '"') return fail(parser, "expected a member's name in quotes");
    if (!parse_string(parser, &key_start, &key_end, &key_has_escapes)) return false;
    skip_space(parser);
    if (parser->at == parser->end || *parser->at != ':') return fail(parser, "expected a colon behind a member's name");
    parser->at++;
    skip_space(parser);
    if (!parse_value(parser, &node)) return false;
    parser->payload->nodes[node].key_start = key_start;
    parser->payload->nodes[node].key_end = key_end;
    parser->payload->nodes[node].key_has_escapes = key_has_escapes;
    parser->payload->nodes[node].is_member = true;
    return true;
}

static bool parse_container(struct parser *parser, uint32_t node, bool is_object)
{
    unsigned char closing = is_object ? '}' : ']';
    uint32_t count = 0, item;

    if (++parser->depth > PAYLOAD_DEPTH_MOST) return fail(parser, "nested too deeply");
    parser->at++;
    skip_space(parser);
    if (parser->at < parser->end && *parser->at == closing) goto closed;
    for (;;) {
        if (!(is_object ? parse_member(parser) : parse_value(parser, &item))) return false;
        count++;
        skip_space(parser);
        if (parser->at == parser->end)
            return fail(parser, is_object ? "an object does not end" : "an array does not end");
        if (*parser->at == closing) break;
        if (*parser->at != ',') return fail(parser, "expected a comma");
        parser->at++;
        skip_space(parser);
    }

closed:
    parser->at++;
    parser->depth--;
    parser->payload->nodes[node].count = count;
    return true;
}

static bool parse_value(struct parser *parser, uint32_t *out)
{
    struct payload_node *found;
    uint32_t node;
    bool ok;

    if (parser->at == parser->end) return fail(parser, "expected a value");
    node = add_node(parser, PAYLOAD_NULL);
    found = &parser->payload->nodes[node];
    switch (*parser->at) {
    case '{':
        found->kind = PAYLOAD_OBJECT;
        ok = parse_container(parser, node, true);
        break;
    case '[':
        found->kind = PAYLOAD_ARRAY;
        ok = parse_container(parser, node, false);
        break;
    case '"':
        found->kind = PAYLOAD_STRING;
        ok = parse_string(parser, &found->start, &found->end, &found->has_escapes);
        break;
    case 't':
        found->kind = PAYLOAD_TRUE;
        ok = parse_word(parser, "true");
        break;
    case 'f':
        found->kind = PAYLOAD_FALSE;
        ok = parse_word(parser, "false");
        break;
    case 'n': ok = parse_word(parser, "null"); break;
    default: found->kind = PAYLOAD_NUMBER; ok = parse_number(parser);
    }
    if (!ok) return false;
    found = &parser->payload->nodes[node];
    if (found->kind != PAYLOAD_STRING) found->end = offset(parser);
    found->next = parser->payload->node_count;
    *out = node;
    return true;
}

int payload_parse(struct payload *payload, const char *text, size_t len, char *failure, size_t failure_size)
{
    struct parser parser = {.payload = payload};
    uint32_t root;

    if (len > TEXT_MOST) {
        snprintf(failure, failure_size, "the JSON text is too large");
        return STATUS_TOO_LARGE;
    }
    payload->text = text;
    payload->text_len = len;
    payload->node_count = 0;
    parser.at = parser.begin = (const unsigned char *)text;
    parser.end = parser.at + len;
    add_node(&parser, PAYLOAD_NULL);
    skip_space(&parser);
    if (parse_value(&parser, &root)) {
        skip_space(&parser);
        if (parser.at != parser.end) fail(&parser, "something stands behind the value");
    }
    if (parser.failure == NULL) return STATUS_OK;
    snprintf(failure, failure_size, "%s (at byte %u)", parser.failure, offset(&parser) + 1);
    return STATUS_INVALID;
}

void payload_free(struct payload *payload)
{
    memory_free(payload->nodes);
    *payload = (struct payload)PAYLOAD_EMPTY;
}

static void add_utf8(struct buffer *out, uint32_t point)
{
    char bytes[4];
    size_t len;

    if (point < 0x80) {
        bytes[0] = (char)point;
        len = 1;
    } else if (point < 0x800) {
        bytes[0] = (char)(0xC0 | point >> 6);
        bytes[1] = (char)(0x80 | (point & 0x3F));
        len = 2;
    } else if (point < 0x10000) {
        bytes[0] = (char)(0xE0 | point >> 12);
        bytes[1] = (char)(0x80 | (point >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (point & 0x3F));
        len = 3;
    } else {
        bytes[0] = (char)(0xF0 | point >> 18);
        bytes[1] = (char)(0x80 | (point >> 12 & 0x3F));
        bytes[2] = (char)(0x80 | (point >> 6 & 0x3F));
        bytes[3] = (char)(0x80 | (point & 0x3F));
        len = 4;
    }
    buffer_add(out, bytes, len);
}

/* Escapes were checked by the parser. */
static const unsigned char *add_escape(struct buffer *out, const unsigned char *at, const unsigned char *end)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *name;
    uint32_t point;

    at++;
    if (*at != 'u') {
        name = memchr(names, *at, 8);
        buffer_add_char(out, values[name - names]);
        return at + 1;
    }
    point = (uint32_t)code_unit(at + 1, end);
    at += 5;
    if (point >= 0xD800 && point <= 0xDBFF) {
        point = 0x10000 + ((point - 0xD800) << 10) + ((uint32_t)code_unit(at + 2, end) - 0xDC00);
        at += 6;
    }
    add_utf8(out, point);
    return at;
}

static void add_decoded(const struct payload *payload, uint32_t start, uint32_t stop, struct buffer *out)
{
    const unsigned char *at = (const unsigned char *)payload->text + start,
                        *end = (const unsigned char *)payload->text + stop;
    const unsigned char *plain = at;

    while (at < end) {
        if (*at != '\\') {
            at++;
            continue;
        }
        buffer_add(out, plain, (size_t)(at - plain));
        at = plain = add_escape(out, at, end);
    }
    buffer_add(out, plain, (size_t)(at - plain));
}

void payload_add_text(const struct payload *payload, uint32_t node, struct buffer *out)
{
    const struct payload_node *found = &payload->nodes[node];

    if (found->kind == PAYLOAD_STRING && found->has_escapes) {
        add_decoded(payload, found->start, found->end, out);
    } else if (found->kind != PAYLOAD_NULL && found->kind != PAYLOAD_ARRAY && found->kind != PAYLOAD_OBJECT) {
        buffer_add(out, payload->text + found->start, found->end - found->start);
    }
}

void payload_add_key(const struct payload *payload, uint32_t node, struct buffer *out)
{
    const struct payload_node *found = &payload->nodes[node];

    add_decoded(payload, found->key_start, found->key_end, out);
}

static bool key_is(const struct payload *payload, const struct payload_node *node, const char *key, size_t key_len)
{
    struct buffer decoded = BUFFER_EMPTY;
    bool is_same;

    if (!node->key_has_escapes) {
        return node->key_end - node->key_start == key_len && memcmp(payload->text + node->key_start, key, key_len) == 0;
    }
    add_decoded(payload, node->key_start, node->key_end, &decoded);
    is_same = decoded.len == key_len && memcmp(decoded.bytes, key, key_len) == 0;
    buffer_free(&decoded);
    return is_same;
}

uint32_t payload_find(const struct payload *payload, uint32_t object, const char *key, size_t key_len)
{
    uint32_t found = 0, node = object + 1;

    if (payload->nodes[object].kind != PAYLOAD_OBJECT) return 0;
    for (uint32_t i = 0; i < payload->nodes[object].count; i++, node = payload->nodes[node].next) {
        if (key_is(payload, &payload->nodes[node], key, key_len)) found = node;
    }
    return found;
}

uint32_t payload_child(const struct payload *payload, uint32_t container, uint32_t index)
{
    uint32_t node = container + 1;

    if (index >= payload->nodes[container].count) return 0;
    while (index-- > 0)
        node = payload->nodes[node].next;
    return node;
}

const char *payload_raw(const struct payload *payload, uint32_t node, size_t *out_len)
{
    const struct payload_node *found = &payload->nodes[node];
    size_t quote = found->kind == PAYLOAD_STRING ? 1 : 0;

    *out_len = found->end - found->start + 2 * quote;
    return payload->text + found->start - quote;
}

void payload_quote(const char *bytes, size_t len, struct buffer *out)
{
    const unsigned char *at = (const unsigned char *)bytes, *end = at + len;

    buffer_reserve(out, len + 2);
    buffer_add_char(out, '"');
    while (at < end) {
        size_t step;

        if (*at == '"' || *at == '\\') {
            buffer_add_char(out, '\\');
            buffer_add_char(out, (char)*at++);
        } else if (*at < 0x20 || *at == 0x7F) {
            buffer_add_format(out, "\\u%04x", *at++);
        } else if ((step = utf8_len(at, end)) > 0) {
            buffer_add(out, at, step);
            at += step;
        } else {
            buffer_add_string(out, "\xEF\xBF\xBD");
            at++;
        }
    }
    buffer_add_char(out, '"');
}

bool payload_is_plain(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] < 0x20 || bytes[i] >= 0x7F || bytes[i] == '"' || bytes[i] == '\\') return false;
    }
    return true;
}

const char *payload_kind_name(const struct payload *payload, uint32_t node)
{
    switch ((enum payload_kind)payload->nodes[node].kind) {
    case PAYLOAD_NULL: return "null";
    case PAYLOAD_FALSE:
    case PAYLOAD_TRUE: return "boolean";
    case PAYLOAD_NUMBER: return "number";
    case PAYLOAD_STRING: return "string";
    case PAYLOAD_ARRAY: return "array";
    case PAYLOAD_OBJECT: return "object";
    }
    return "null";
}

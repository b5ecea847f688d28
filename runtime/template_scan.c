/* Tags: where one begins, of which kind it is, and the text between them. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_reader.h"

size_t template_space_len(const char *bytes, size_t len)
{
    static const char *const wide[] = {"\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
                                       "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u2028",
                                       "\u2029", "\u202F", "\u205F", "\u3000", "\uFEFF"};

    if (len == 0) return 0;
    if (*bytes == ' ' || (*bytes >= '\t' && *bytes <= '\r')) return 1;
    if ((unsigned char)*bytes < 0xC2) return 0;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
        size_t wide_len = strlen(wide[i]);

        if (len >= wide_len && memcmp(bytes, wide[i], wide_len) == 0) return wide_len;
    }
    return 0;
}

/* The next {{ or {% from there on, or the end of the source. */
static size_t find_open(const struct template_reader *reader, size_t at, bool with_percent)
{
    while (at + 1 < reader->len) {
        const char *found = memchr(reader->bytes + at, '{', reader->len - at - 1);

        if (found == NULL) break;
        at = (size_t)(found - reader->bytes);
        if (found[1] == '{' || (with_percent && found[1] == '%')) return at;
        at++;
    }
    return reader->len;
}

static size_t count_backslashes(const struct template_reader *reader, size_t from, size_t to)
{
    size_t count = 0;

    while (to > from && count < 2 && reader->bytes[to - 1] == '\\')
        to--, count++;
    return count;
}

/* Text up to the next tag; a backslash before the braces makes them text, two are one backslash before a tag. */
static struct template_text scan_text(struct template_reader *reader)
{
    size_t start = reader->at, least = reader->is_escaped && reader->len - start >= 2 ? start + 2 : start;
    size_t end = find_open(reader, least, true), cut;
    bool was_escaped = reader->is_escaped;

    reader->is_escaped = false;
    cut = end < reader->len ? count_backslashes(reader, least, end) : 0;
    if (was_escaped) {
        reader->at = end - cut;
        return (struct template_text){reader->bytes + start, reader->at - start};
    }
    reader->at = end;
    reader->is_escaped = cut == 1;
    return (struct template_text){reader->bytes + start, end - start - (cut > 0 ? 1 : 0)};
}

static bool accept_strip(struct template_reader *reader)
{
    if (reader->at == reader->len || reader->bytes[reader->at] != '~') return false;
    reader->at++;
    return true;
}

static bool is_word_end(const struct template_reader *reader, size_t at)
{
    char byte = at < reader->len ? reader->bytes[at] : ' ';

    return !((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
             byte == '_');
}

/* A word of the language at the tag's beginning, behind space. */
static bool accept_keyword(struct template_reader *reader, const char *word)
{
    size_t before = reader->at;

    template_reader_skip_space(reader);
    if (template_reader_is_at(reader, word) && is_word_end(reader, reader->at + strlen(word))) {
        reader->at += strlen(word);
        return true;
    }
    reader->at = before;
    return false;
}

bool template_scan_is_end(const struct template_reader *reader, const struct template_tag *tag)
{
    struct template_reader probe = *reader;

    template_reader_skip_space(&probe);
    if (probe.at < probe.len && probe.bytes[probe.at] == '~') probe.at++;
    return probe.at == probe.len || template_reader_is_at(&probe, tag->is_percent ? "%}" : "}}");
}

int template_scan_end(struct template_reader *reader, struct template_tag *tag)
{
    const char *closing = tag->is_percent ? "%}" : tag->kind == TAG_RAW_BLOCK ? "}}}}" : "}}";
    bool ends = true;

    template_reader_skip_space(reader);
    if (tag->kind == TAG_RAW_OUTPUT) ends = template_reader_accept(reader, "}");
    if (tag->kind != TAG_RAW_BLOCK && ends) tag->strip.close = accept_strip(reader);
    if (ends && template_reader_is_at(reader, closing)) {
        reader->at += strlen(closing);
        return STATUS_OK;
    }
    if (tag->kind == TAG_RAW_OUTPUT) closing = "}}}";
    if (reader->at == reader->len ||
        (tag->is_percent && reader->at + 1 == reader->len && reader->bytes[reader->at] == '%')) {
        return template_reader_fail(reader, tag->start, "this tag does not end: %s is missing", closing);
    }
    return template_reader_fail(reader, reader->at, "expected %s, but here stands '%c'", closing,
                                reader->bytes[reader->at]);
}

/* {{! … }} or {{!-- … --}}, where only --}} ends it. */
static int scan_comment(struct template_reader *reader, struct template_tag *tag)
{
    bool is_long = template_reader_is_at(reader, "!--");
    size_t at = reader->at + 1;

    tag->kind = TAG_COMMENT;
    for (; at + 2 <= reader->len; at++) {
        size_t end = at;

        if (is_long) {
            if (reader->len - at < 4 || memcmp(reader->bytes + at, "--", 2) != 0) continue;
            end += 2;
            if (reader->bytes[end] == '~') end++;
        }
        if (reader->len - end < 2 || memcmp(reader->bytes + end, "}}", 2) != 0) continue;
        tag->strip.close = reader->bytes[end - 1] == '~';
        reader->at = end + 2;
        return STATUS_OK;
    }
    return template_reader_fail(reader, tag->start, "this comment does not end: %s is missing",
                                is_long ? "--}}" : "}}");
}

/* {{#  {{#>  {{#* */
static void scan_open(struct template_reader *reader, struct template_tag *tag)
{
    reader->at++;
    tag->kind = TAG_OPEN;
    if (template_reader_is_at(reader, ">")) tag->kind = TAG_PARTIAL_BLOCK;
    if (template_reader_is_at(reader, "*")) tag->kind = TAG_DECORATOR;
    if (tag->kind != TAG_OPEN) reader->at++;
}

/* {%= {%# {%/ {%else {% let */
static int scan_percent(struct template_reader *reader, struct template_tag *tag)
{
    tag->is_percent = true;
    reader->at += 2;
    tag->strip.open = accept_strip(reader);
    if (template_reader_accept(reader, "=")) {
        tag->kind = TAG_VALUE;
    } else if (template_reader_accept(reader, "#")) {
        tag->kind = TAG_OPEN;
    } else if (template_reader_accept(reader, "/")) {
        tag->kind = TAG_CLOSE;
    } else if (accept_keyword(reader, "else")) {
        tag->kind = template_scan_is_end(reader, tag) ? TAG_ELSE : TAG_ELSE_CHAIN;
    } else if (accept_keyword(reader, "let")) {
        tag->kind = TAG_LET;
    } else {
        return template_reader_fail(reader, tag->start,
                                    "this tag is not known; there are {%%= … %%}, {%%#if … %%}, {%%#unless … %%}, "
                                    "{%%#each … %%}, {%%#with … %%}, {%%else%%} and {%% let … %%}");
    }
    return STATUS_OK;
}

static int scan_braces(struct template_reader *reader, struct template_tag *tag)
{
    reader->at += 2;
    if (template_reader_is_at(reader, "{{")) {
        tag->kind = TAG_RAW_BLOCK;
        reader->at += 2;
        return STATUS_OK;
    }
    tag->strip.open = accept_strip(reader);
    tag->kind = TAG_OUTPUT;
    switch (reader->at < reader->len ? reader->bytes[reader->at] : '\0') {
    case '{': tag->kind = TAG_RAW_OUTPUT; break;
    case '&': tag->kind = TAG_AMPERSAND; break;
    case '#': scan_open(reader, tag); return STATUS_OK;
    case '/': tag->kind = TAG_CLOSE; break;
    case '>': tag->kind = TAG_PARTIAL; break;
    case '!': return scan_comment(reader, tag);
    case '^':
        reader->at++;
        tag->kind = template_scan_is_end(reader, tag) ? TAG_ELSE : TAG_OPEN_INVERSE;
        return STATUS_OK;
    case '*':
        return template_reader_fail(reader, tag->start, "decorators are not known; there is {{#*inline \"name\"}}");
    default:
        if (accept_keyword(reader, "else")) {
            tag->kind = template_scan_is_end(reader, tag) ? TAG_ELSE : TAG_ELSE_CHAIN;
        }
        return STATUS_OK;
    }
    reader->at++;
    return STATUS_OK;
}

int template_scan(struct template_reader *reader, struct template_tag *tag)
{
    *tag = (struct template_tag){.kind = TAG_TEXT, .start = reader->at};
    if (reader->at == reader->len) {
        tag->kind = TAG_END;
        return STATUS_OK;
    }
    if (reader->is_escaped || find_open(reader, reader->at, true) != reader->at) {
        tag->text = scan_text(reader);
        return STATUS_OK;
    }
    return reader->bytes[reader->at + 1] == '%' ? scan_percent(reader, tag) : scan_braces(reader, tag);
}

int template_scan_raw(struct template_reader *reader, struct template_text name, struct template_text *out)
{
    size_t start = reader->at, open = 1;

    for (size_t at = start; at + 4 <= reader->len; at++) {
        if (memcmp(reader->bytes + at, "{{{{", 4) != 0) continue;
        reader->at = at + 4;
        if (!template_reader_is_at(reader, "/")) {
            open++;
            at += 3;
            continue;
        }
        if (--open > 0) continue;
        *out = (struct template_text){reader->bytes + start, at - start};
        reader->at++;
        if (reader->len - reader->at < name.len || memcmp(reader->bytes + reader->at, name.bytes, name.len) != 0) {
            return template_reader_fail(reader, at, "this does not close the raw block that is open, '%.*s'",
                                        (int)name.len, name.bytes);
        }
        reader->at += name.len;
        if (!template_reader_accept(reader, "}}}}")) return template_reader_fail(reader, at, "expected }}}}");
        return STATUS_OK;
    }
    return template_reader_fail(reader, start, "the raw block '%.*s' is never closed", (int)name.len, name.bytes);
}

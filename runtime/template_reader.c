/* The words of the language, and where errors are said to be. */
#include "runtime/template_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/status.h"

#define SEGMENTS_MOST 32

void template_place_step(struct template_text text, size_t *at, size_t offset, unsigned *line, unsigned *column)
{
    for (; *at < offset && *at < text.len; ++*at) {
        unsigned char byte = (unsigned char)text.bytes[*at];

        if (byte == '\n') {
            ++*line;
            *column = 1;
        } else if ((byte & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

void template_place(const struct template_unit *unit, size_t offset, struct template_error *error)
{
    size_t at = 0;

    error->line = error->column = 1;
    template_place_step(unit->source, &at, offset, &error->line, &error->column);
    snprintf(error->name, sizeof(error->name), "%.*s", (int)unit->name.len, unit->name.bytes);
}

static void write_failure(const struct template_unit *unit, size_t offset, struct template_error *error,
                          const char *format, va_list arguments)
{
    template_place(unit, offset, error);
    vsnprintf(error->message, sizeof(error->message), format, arguments);
}

int template_fail(const struct template_unit *unit, size_t offset, struct template_error *error, const char *format,
                  ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_failure(unit, offset, error, format, arguments);
    va_end(arguments);
    return STATUS_INVALID;
}

int template_reader_fail(struct template_reader *reader, size_t offset, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    write_failure(reader->unit, offset, reader->error, format, arguments);
    va_end(arguments);
    return STATUS_INVALID;
}

void template_reader_skip_space(struct template_reader *reader)
{
    size_t len;

    while ((len = template_space_len(reader->bytes + reader->at, reader->len - reader->at)) > 0)
        reader->at += len;
}

bool template_reader_is_at(const struct template_reader *reader, const char *text)
{
    size_t len = strlen(text);

    return reader->len - reader->at >= len && memcmp(reader->bytes + reader->at, text, len) == 0;
}

bool template_reader_accept(struct template_reader *reader, const char *text)
{
    template_reader_skip_space(reader);
    if (!template_reader_is_at(reader, text)) return false;
    reader->at += strlen(text);
    return true;
}

int template_reader_enter(struct template_reader *reader, size_t offset)
{
    if (++reader->depth <= TEMPLATE_NESTING_MOST) return STATUS_OK;
    return template_reader_fail(reader, offset, "this is nested more than %d deep", TEMPLATE_NESTING_MOST);
}

static bool is_word_byte(unsigned char byte, bool with_hyphen)
{
    if (byte >= 0x80) return true;
    if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')) return true;
    return byte == '_' || byte == '$' || (with_hyphen && (byte == '-' || byte == ':' || byte == '?'));
}

bool template_read_word(struct template_reader *reader, bool with_hyphen, struct template_text *out)
{
    size_t start = reader->at;

    while (reader->at < reader->len && is_word_byte((unsigned char)reader->bytes[reader->at], with_hyphen) &&
           template_space_len(reader->bytes + reader->at, reader->len - reader->at) == 0) {
        reader->at++;
    }
    *out = (struct template_text){reader->bytes + start, reader->at - start};
    return reader->at > start;
}

static char unescaped(char byte, char quote, bool with_escapes)
{
    if (byte == quote) return byte;
    if (!with_escapes) return '\0';
    switch (byte) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case '\\':
    case '"':
    case '\'': return byte;
    default: return '\0';
    }
}

/* Bytes up to a closing mark that no backslash can take away; the text ends there at last. */
static size_t room_until(const struct template_reader *reader, char closing)
{
    size_t at = reader->at;

    while (at < reader->len && (reader->bytes[at] != closing || reader->bytes[at - 1] == '\\'))
        at++;
    return at - reader->at + 1;
}

int template_read_string(struct template_reader *reader, bool with_escapes, struct template_text *out)
{
    size_t start = reader->at++, len = 0;
    char quote = reader->bytes[start], *copy = template_arena_take(&reader->template->arena, room_until(reader, quote));

    while (reader->at < reader->len && reader->bytes[reader->at] != quote) {
        char byte = reader->bytes[reader->at++];

        if (byte == '\\' && reader->at < reader->len) {
            char meant = unescaped(reader->bytes[reader->at], quote, with_escapes);

            if (meant != '\0') {
                byte = meant;
                reader->at++;
            }
        }
        copy[len++] = byte;
    }
    if (reader->at == reader->len) return template_reader_fail(reader, start, "this text has no closing %c", quote);
    reader->at++;
    *out = (struct template_text){copy, len};
    return STATUS_OK;
}

bool template_read_number(struct template_reader *reader, struct template_text *out)
{
    size_t at = reader->at, start = at;

    while (at < reader->len && reader->bytes[at] >= '0' && reader->bytes[at] <= '9')
        at++;
    if (at == start) return false;
    if (at + 1 < reader->len && reader->bytes[at] == '.' && reader->bytes[at + 1] >= '0' &&
        reader->bytes[at + 1] <= '9') {
        for (at++; at < reader->len && reader->bytes[at] >= '0' && reader->bytes[at] <= '9';)
            at++;
    }
    *out = (struct template_text){reader->bytes + start, at - start};
    reader->at = at;
    return true;
}

struct template_expression *template_expression_new(struct template_reader *reader, enum template_expression_kind kind,
                                                    size_t offset)
{
    struct template_expression *expression = template_arena_zeroed(&reader->template->arena, 1, sizeof(*expression));

    expression->kind = kind;
    expression->type = '*';
    expression->unit = reader->unit_index;
    expression->offset = (uint32_t)offset;
    return expression;
}

/* --- Paths --- */

struct path_reader {
    struct template_reader *reader;
    struct template_path *path;
    bool is_expression;
    size_t start;
    struct template_segment segments[SEGMENTS_MOST];
};

static uint32_t index_of(struct template_text text)
{
    uint32_t index = 0;

    if (text.len == 0 || text.len > 9) return UINT32_MAX;
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') return UINT32_MAX;
        index = index * 10 + (uint32_t)(text.bytes[i] - '0');
    }
    return index;
}

static int add_segment(struct path_reader *at, struct template_text text)
{
    if (at->path->count == SEGMENTS_MOST) {
        return template_reader_fail(at->reader, at->start, "this path has more than %d names", SEGMENTS_MOST);
    }
    at->segments[at->path->count++] = (struct template_segment){text, index_of(text)};
    return STATUS_OK;
}

/* [odd name], where \] is a bracket, or `odd name`. */
static int read_odd_segment(struct path_reader *at, char closing)
{
    struct template_reader *reader = at->reader;
    size_t start = reader->at++, len = 0;
    char *copy = template_arena_take(&reader->template->arena, room_until(reader, closing));

    while (reader->at < reader->len && reader->bytes[reader->at] != closing) {
        if (reader->bytes[reader->at] == '\\' && reader->at + 1 < reader->len &&
            reader->bytes[reader->at + 1] == closing) {
            reader->at++;
        }
        copy[len++] = reader->bytes[reader->at++];
    }
    if (reader->at == reader->len) return template_reader_fail(reader, start, "this name has no closing %c", closing);
    reader->at++;
    return add_segment(at, (struct template_text){copy, len});
}

static bool is_pointed(const struct template_reader *reader, const char *points)
{
    struct template_reader probe = *reader;
    struct template_text word;

    if (!template_reader_is_at(reader, points)) return false;
    probe.at += strlen(points);
    return !template_read_word(&probe, true, &word) && !template_reader_is_at(&probe, ".");
}

static bool accept_this(struct template_reader *reader, bool is_expression)
{
    size_t before = reader->at;
    struct template_text word;

    if (template_read_word(reader, !is_expression, &word) && template_text_is(word, "this")) return true;
    reader->at = before;
    return false;
}

/* One of .. . this [odd] `odd` name */
static int read_segment(struct path_reader *at)
{
    struct template_reader *reader = at->reader;
    struct template_path *path = at->path;
    size_t start = reader->at;
    bool is_up = is_pointed(reader, ".."), is_this = !is_up && is_pointed(reader, ".");
    struct template_text word;

    if (template_reader_is_at(reader, "[")) return read_odd_segment(at, ']');
    if (template_reader_is_at(reader, "`")) return read_odd_segment(at, '`');
    if (is_up || is_this) reader->at += is_up ? 2 : 1;
    if (!is_up && !is_this) is_this = accept_this(reader, at->is_expression);
    if (is_up || is_this) {
        path->is_simple = false;
        if (path->count > 0) return template_reader_fail(reader, start, "this and .. stand only at a path's beginning");
        if (is_up) path->up++;
        if (path->start == PATH_NAME) path->start = PATH_SELF;
        return STATUS_OK;
    }
    if (template_read_word(reader, !at->is_expression, &word)) return add_segment(at, word);
    if (start == reader->len) return template_reader_fail(reader, start, "a name is missing here");
    return template_reader_fail(reader, start, "expected a name here, not '%c'", reader->bytes[start]);
}

/* True where the path goes on; the point or slash is then behind. */
static bool accept_separator(struct path_reader *at)
{
    struct template_reader *reader = at->reader;

    if (template_reader_is_at(reader, ".")) {
        reader->at++;
        return true;
    }
    /* a/b is a division in an expression, but ../b is a path */
    if (template_reader_is_at(reader, "/") && (!at->is_expression || at->path->count == 0)) {
        reader->at++;
        return true;
    }
    return at->is_expression && at->path->count > 0 && template_reader_is_at(reader, "[");
}

static const char *const roots[TEMPLATE_ROOTS] = {"context", "profile", "campaign", "message"};

static void resolve_data(struct template_path *path)
{
    static const char *const names[] = {"root", "index", "key", "first", "last", "partial-block"};

    path->data = DATA_OTHER;
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (template_text_is(path->segments[0].text, names[i])) path->data = (enum template_data)i;
    }
}

static void drop_first_segment(struct template_path *path)
{
    path->segments++;
    path->count--;
}

/* What the first name means: a name given by as |…|, a root, or a member of what is at hand. */
static void resolve_path(const struct template_reader *reader, struct template_path *path)
{
    unsigned frame = 0;

    if (path->start == PATH_DATA) {
        resolve_data(path);
        drop_first_segment(path);
    }
    if (path->start != PATH_NAME) return;
    for (const struct template_lexical *names = reader->lexical; names != NULL; names = names->outer, frame++) {
        for (unsigned i = 0; i < names->count; i++) {
            if (!template_text_equal(names->names[i], path->segments[0].text)) continue;
            path->start = PATH_PARAM;
            path->frame = frame;
            path->param = i;
            drop_first_segment(path);
            return;
        }
    }
    for (uint8_t i = 0; i < TEMPLATE_ROOTS; i++) {
        if (template_text_is(path->segments[0].text, roots[i])) path->root = (uint8_t)(i + 1);
    }
}

int template_read_path(struct template_reader *reader, bool is_expression, struct template_path **out)
{
    struct template_path *path = template_arena_zeroed(&reader->template->arena, 1, sizeof(*path));
    struct path_reader at = {.reader = reader, .path = path, .is_expression = is_expression, .start = reader->at};
    bool is_data = template_reader_is_at(reader, "@");

    path->gathers = is_expression;
    path->is_simple = !is_data;
    if (is_data) reader->at++;
    do {
        int status = read_segment(&at);

        if (status != STATUS_OK) return status;
    } while (accept_separator(&at));
    if (is_data && path->count == 0) return template_reader_fail(reader, at.start, "a name is missing behind the @");
    if (is_data) path->start = PATH_DATA;
    if (path->count > 1) path->is_simple = false;
    path->original = (struct template_text){reader->bytes + at.start, reader->at - at.start};
    path->segments = template_arena_zeroed(&reader->template->arena, path->count + 1, sizeof(*path->segments));
    memcpy(path->segments, at.segments, path->count * sizeof(*path->segments));
    resolve_path(reader, path);
    *out = path;
    return STATUS_OK;
}

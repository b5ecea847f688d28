/* What stands for itself in an expression: texts, numbers, dates, true, false and null. */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_date.h"
#include "runtime/template_parse.h"

static bool is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '_' || (byte & 0x80) != 0;
}

bool template_accept_word(struct template_reader *reader, const char *word)
{
    size_t before = reader->at;

    if (template_reader_accept(reader, word) && (reader->at == reader->len || !is_word_byte(reader->bytes[reader->at])))
        return true;
    reader->at = before;
    return false;
}

struct template_expression *template_literal_new(struct template_reader *reader, size_t offset, char type,
                                                 struct template_value value)
{
    struct template_expression *literal = template_expression_new(reader, EXPRESSION_LITERAL, offset);

    literal->type = type;
    literal->literal = value;
    return literal;
}

static size_t count_digits(const struct template_reader *reader, size_t at)
{
    size_t count = 0;

    while (at + count < reader->len && reader->bytes[at + count] >= '0' && reader->bytes[at + count] <= '9')
        count++;
    return count;
}

/* 2026-11-24 and 2026-11-24T10:00:00Z are dates, not subtractions. */
static bool is_at_date(const struct template_reader *reader)
{
    size_t at = reader->at;

    return reader->len - at >= strlen("2026-11-24") && count_digits(reader, at) == 4 && reader->bytes[at + 4] == '-' &&
           count_digits(reader, at + 5) == 2 && reader->bytes[at + 7] == '-' && count_digits(reader, at + 8) == 2;
}

static int read_date(struct template_reader *reader, struct template_expression **out)
{
    size_t offset = reader->at, end = offset + strlen("2026-11-24");
    struct template_value value = {.type = TEMPLATE_DATETIME};
    struct template_text text;

    if (end < reader->len && reader->bytes[end] == 'T') {
        while (end < reader->len && strchr("0123456789T:.Z+-", reader->bytes[end]) != NULL && reader->bytes[end] != 0)
            end++;
    }
    text = (struct template_text){reader->bytes + offset, end - offset};
    if (template_date_read_iso(text, &reader->template->arena, &value.datetime) != STATUS_OK) {
        return template_reader_fail(reader, offset, "there is no date %.*s", (int)text.len, text.bytes);
    }
    reader->at = end;
    *out = template_literal_new(reader, offset, 'd', value);
    return STATUS_OK;
}

/* The L with which Java marks an integer says nothing here. */
static void skip_long_mark(struct template_reader *reader)
{
    bool is_mark = template_reader_is_at(reader, "L") &&
                   (reader->at + 1 == reader->len || !is_word_byte(reader->bytes[reader->at + 1]));

    if (is_mark) reader->at++;
}

static bool is_at_exponent(const struct template_reader *reader)
{
    size_t at = reader->at;

    if (!template_reader_is_at(reader, "e") && !template_reader_is_at(reader, "E")) return false;
    if (at + 1 < reader->len && (reader->bytes[at + 1] == '+' || reader->bytes[at + 1] == '-')) at++;
    return count_digits(reader, at + 1) > 0;
}

static int read_number(struct template_reader *reader, size_t offset, struct template_text text,
                       struct template_expression **out)
{
    struct template_value value = {.type = TEMPLATE_NUMBER, .number = template_number_read(text)};

    if (is_at_exponent(reader)) {
        return template_reader_fail(reader, offset, "numbers have no exponent here; write all digits, as in 1000");
    }
    if (value.number.is_integer) skip_long_mark(reader);
    if (reader->at < reader->len && is_word_byte(reader->bytes[reader->at])) {
        return template_reader_fail(reader, offset, "this is no number; a name that begins with a digit stands in [ ]");
    }
    *out = template_literal_new(reader, offset, 'n', value);
    return STATUS_OK;
}

int template_read_literal(struct template_reader *reader, struct template_expression **out)
{
    size_t offset = reader->at;
    struct template_text text;

    *out = NULL;
    if (template_reader_is_at(reader, ".") && count_digits(reader, offset + 1) > 0)
        return template_reader_fail(reader, offset, "a number begins with a digit, as in 0.5");
    if (template_reader_is_at(reader, "\"") || template_reader_is_at(reader, "'")) {
        if (template_read_string(reader, true, &text) != STATUS_OK) return STATUS_INVALID;
        *out = template_literal_new(reader, offset, 's', template_string(text.bytes, text.len));
    } else if (is_at_date(reader)) {
        return read_date(reader, out);
    } else if (template_read_number(reader, &text)) {
        return read_number(reader, offset, text, out);
    } else if (template_accept_word(reader, "true")) {
        *out = template_literal_new(reader, offset, 'b', template_boolean(true));
    } else if (template_accept_word(reader, "false")) {
        *out = template_literal_new(reader, offset, 'b', template_boolean(false));
    } else if (template_accept_word(reader, "null")) {
        *out = template_literal_new(reader, offset, 'z', template_null());
    }
    return STATUS_OK;
}

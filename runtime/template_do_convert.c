/* From one type to another. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/status.h"
#include "runtime/template_argument.h"
#include "runtime/template_do.h"

#define NUMBER_SIZE 400 /* of a number as text, with its NUL */

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* True for what JSON would take as a number, or nearly: "+1", "01" and ".5" too; nothing before or behind. */
static bool is_number(const char *text, bool *out_is_whole)
{
    size_t whole, fraction = 0;

    text += *text == '+' || *text == '-' ? 1 : 0;
    whole = count_digits(text);
    text += whole;
    *out_is_whole = *text == '\0';
    if (*text == '.') {
        fraction = count_digits(++text);
        text += fraction;
    }
    if (whole + fraction == 0) return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-' ? 1 : 0;
        if (count_digits(text) == 0) return false;
        text += count_digits(text);
    }
    return *text == '\0';
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Reads argument 1, a string. */
static int read_number(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    char copy[NUMBER_SIZE];
    long long integer;
    double decimal;
    bool is_whole;

    while (text.len > 0 && is_blank(text.bytes[text.len - 1]))
        text.len--;
    for (; text.len > 0 && is_blank(*text.bytes); text.bytes++)
        text.len--;
    if (text.len < sizeof(copy)) {
        memcpy(copy, text.bytes, text.len);
        copy[text.len] = '\0';
    }
    if (text.len >= sizeof(copy) || strlen(copy) != text.len || !is_number(copy, &is_whole)) {
        return template_call_fail(call, "argument 1: expected a number, got a string that is none");
    }
    errno = 0;
    integer = strtoll(copy, NULL, 10);
    if (is_whole && errno == 0) {
        *out = template_integer(integer);
        return STATUS_OK;
    }
    decimal = strtod(copy, NULL);
    if (!isfinite(decimal)) return template_call_fail(call, "argument 1: the number is too large");
    *out = template_decimal(decimal + 0.0);
    return STATUS_OK;
}

int template_do_string_to_number(struct template_call *call, struct template_value *out)
{
    return read_number(call, out);
}

static int cut_to_integer(struct template_call *call, const struct template_number *number, struct template_value *out)
{
    if (number->is_integer) {
        *out = template_integer(number->integer);
        return STATUS_OK;
    }
    if (!(fabs(number->decimal) < 0x1p63)) {
        return template_call_fail(call, "argument 1: the number is too large for an integer");
    }
    *out = template_integer((int64_t)number->decimal);
    return STATUS_OK;
}

static int no_conversion(struct template_call *call, const char *to)
{
    return template_call_fail(call, "argument 1: a value of type %s is no %s",
                              template_type_name(call->arguments[0].type), to);
}

int template_do_to_int(struct template_call *call, struct template_value *out)
{
    const struct template_value *value = &call->arguments[0];
    struct template_value number;

    switch (value->type) {
    case TEMPLATE_BOOLEAN: *out = template_integer(value->boolean ? 1 : 0); return STATUS_OK;
    case TEMPLATE_NUMBER: return cut_to_integer(call, &value->number, out);
    case TEMPLATE_STRING:
        if (read_number(call, &number) != STATUS_OK) return STATUS_INVALID;
        return cut_to_integer(call, &number.number, out);
    case TEMPLATE_DATETIME: *out = template_integer(value->datetime.ms); return STATUS_OK;
    case TEMPLATE_NULL:
    case TEMPLATE_ARRAY:
    case TEMPLATE_MAP: break;
    }
    return no_conversion(call, "integer");
}

int template_do_to_bool(struct template_call *call, struct template_value *out)
{
    const struct template_value *value = &call->arguments[0];

    switch (value->type) {
    case TEMPLATE_NULL: *out = template_boolean(false); return STATUS_OK;
    case TEMPLATE_BOOLEAN: *out = *value; return STATUS_OK;
    case TEMPLATE_NUMBER: *out = template_boolean(value->number.decimal != 0); return STATUS_OK;
    case TEMPLATE_STRING:
        *out = template_boolean(value->text.len == 4 && strncasecmp(value->text.bytes, "true", 4) == 0);
        return STATUS_OK;
    case TEMPLATE_DATETIME:
    case TEMPLATE_ARRAY:
    case TEMPLATE_MAP: break;
    }
    return no_conversion(call, "boolean");
}

int template_do_to_string(struct template_call *call, struct template_value *out)
{
    struct template_text text;

    if (template_argument_text(call, 0, &text) != STATUS_OK) return STATUS_INVALID;
    *out = template_string(text.bytes, text.len);
    return STATUS_OK;
}

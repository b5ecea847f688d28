#include "runtime/template_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_arena.h"

#define SHORT_DIGITS 12

/* All digits, with or without a minus, within 64 bits. */
static bool read_integer(struct template_text text, int64_t *out)
{
    size_t at = text.len > 0 && text.bytes[0] == '-' ? 1 : 0;
    bool is_negative = at == 1;
    int64_t value = 0;

    if (at == text.len) return false;
    for (; at < text.len; at++) {
        int digit = text.bytes[at] - '0';

        if (digit < 0 || digit > 9) return false;
        if (__builtin_mul_overflow(value, 10, &value)) return false;
        if (is_negative ? __builtin_sub_overflow(value, digit, &value) : __builtin_add_overflow(value, digit, &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

struct template_number template_number_read(struct template_text text)
{
    struct template_number number = {.text = text};
    char digits[128];
    size_t len = text.len < sizeof(digits) ? text.len : sizeof(digits) - 1;
    struct template_value rounded;

    if (read_integer(text, &number.integer)) {
        number.is_integer = true;
        number.decimal = (double)number.integer;
        return number;
    }
    memcpy(digits, text.bytes, len);
    digits[len] = '\0';
    rounded = template_decimal(strtod(digits, NULL));
    number.decimal = rounded.number.decimal;
    number.integer = rounded.number.integer;
    number.is_integer = rounded.number.is_integer;
    return number;
}

int template_number_compare(const struct template_number *a, const struct template_number *b)
{
    if (a->is_integer && b->is_integer) return (a->integer > b->integer) - (a->integer < b->integer);
    return (a->decimal > b->decimal) - (a->decimal < b->decimal);
}

/* The significant digits of a number as %g writes it, which leaves zeros at the end out. */
static size_t count_digits(const char *text)
{
    size_t count = 0;

    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9' && (count > 0 || *text != '0')) count++;
    }
    return count;
}

int template_number_round(long double value, struct template_value *out)
{
    char text[32];
    double result = (double)value;

    if (!isfinite(result)) return STATUS_INVALID;
    snprintf(text, sizeof(text), "%.15Lg", value);
    if (count_digits(text) <= SHORT_DIGITS) result = strtod(text, NULL);
    *out = template_decimal(result);
    return STATUS_OK;
}

static int computed(double value, struct template_value *out, const char **out_why)
{
    if (template_number_round(value, out) == STATUS_OK) return STATUS_OK;
    *out_why = "the result is too large";
    return STATUS_INVALID;
}

static int compute_decimal(enum template_arithmetic operation, double a, double b, struct template_value *out,
                           const char **out_why)
{
    switch (operation) {
    case ARITHMETIC_ADD: return computed(a + b, out, out_why);
    case ARITHMETIC_SUBTRACT: return computed(a - b, out, out_why);
    case ARITHMETIC_MULTIPLY: return computed(a * b, out, out_why);
    case ARITHMETIC_DIVIDE: return computed(a / b, out, out_why);
    case ARITHMETIC_REST: return computed(fmod(a, b), out, out_why);
    }
    return STATUS_INVALID;
}

static int compute_integer(enum template_arithmetic operation, int64_t a, int64_t b, struct template_value *out,
                           const char **out_why)
{
    bool overflows = false;
    int64_t result = 0;

    switch (operation) {
    case ARITHMETIC_ADD: overflows = __builtin_add_overflow(a, b, &result); break;
    case ARITHMETIC_SUBTRACT: overflows = __builtin_sub_overflow(a, b, &result); break;
    case ARITHMETIC_MULTIPLY: overflows = __builtin_mul_overflow(a, b, &result); break;
    case ARITHMETIC_DIVIDE:
        overflows = b == -1 && __builtin_sub_overflow((int64_t)0, a, &result);
        if (overflows || b == -1) break;
        if (a % b != 0) return computed((double)a / (double)b, out, out_why);
        result = a / b;
        break;
    case ARITHMETIC_REST: result = b == -1 ? 0 : a % b; break;
    }
    if (overflows) {
        *out_why = "the result does not fit into 64 bits";
        return STATUS_INVALID;
    }
    *out = template_integer(result);
    return STATUS_OK;
}

int template_number_compute(enum template_arithmetic operation, const struct template_number *a,
                            const struct template_number *b, struct template_value *out, const char **out_why)
{
    if ((operation == ARITHMETIC_DIVIDE || operation == ARITHMETIC_REST) && b->decimal == 0) {
        *out_why = "division by zero";
        return STATUS_INVALID;
    }
    if (a->is_integer && b->is_integer) return compute_integer(operation, a->integer, b->integer, out, out_why);
    return compute_decimal(operation, a->decimal, b->decimal, out, out_why);
}

/* Digits "12345" with the point behind the first place of them, as plain notation. */
static size_t write_plain(char *out, const char *digits, size_t count, int point)
{
    size_t len = 0;

    if (point <= 0) {
        out[len++] = '0';
        out[len++] = '.';
        for (int i = point; i < 0; i++)
            out[len++] = '0';
    }
    for (size_t i = 0; i < count || (int)i < point; i++) {
        if ((int)i == point && point > 0) out[len++] = '.';
        out[len++] = i < count ? digits[i] : '0';
    }
    return len;
}

struct template_text template_number_text(const struct template_number *number, struct template_arena *arena)
{
    char scientific[40], digits[20], text[64];
    size_t count = 0, len = 0;
    int exponent;

    if (number->text.bytes != NULL) return number->text;
    if (number->is_integer) {
        len = (size_t)snprintf(text, sizeof(text), "%lld", (long long)number->integer);
        return template_arena_copy(arena, text, len);
    }
    snprintf(scientific, sizeof(scientific), "%.14e", fabs(number->decimal));
    exponent = atoi(strchr(scientific, 'e') + 1);
    for (const char *at = scientific; *at != 'e'; at++) {
        if (*at != '.') digits[count++] = *at;
    }
    while (count > 1 && digits[count - 1] == '0')
        count--;
    if (number->decimal < 0) text[len++] = '-';
    if (exponent > 20 || exponent < -7) {
        len = (size_t)snprintf(text, sizeof(text), "%.*e", (int)count - 1, number->decimal);
    } else {
        len += write_plain(text + len, digits, count, exponent + 1);
    }
    return template_arena_copy(arena, text, len);
}

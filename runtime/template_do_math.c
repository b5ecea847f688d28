/* Numbers by arithmetic alone: integers stay exact, decimals are doubles. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_argument.h"
#include "runtime/template_do.h"

#define FRACTION_MOST 100   /* digits that toPrecision writes */
#define EXPANSION_SIZE 1500 /* of any double in full: 309 digits, a point, 1074 digits */

static int read_finite(struct template_call *call, size_t index, double *out)
{
    double value = call->arguments[index].number.decimal;

    if (!isfinite(value)) return template_call_fail(call, "argument %zu: the number is too large", index + 1);
    *out = value;
    return STATUS_OK;
}

/* What was written as "-10.50" gives 10.50. */
int template_do_absolute(struct template_call *call, struct template_value *out)
{
    struct template_value value = call->arguments[0];
    struct template_number *number = &value.number;

    if (!signbit(number->decimal) || number->decimal == 0) {
        *out = value;
        return STATUS_OK;
    }
    if (number->text.bytes != NULL && number->text.len > 1 && number->text.bytes[0] == '-') {
        number->text.bytes++;
        number->text.len--;
    }
    number->is_integer = number->is_integer && number->integer != INT64_MIN;
    if (number->is_integer) number->integer = -number->integer;
    number->decimal = -number->decimal;
    *out = value;
    return STATUS_OK;
}

static int give_rounded(struct template_call *call, double (*rounded)(double), struct template_value *out)
{
    double value = 0;

    if (call->arguments[0].number.is_integer) {
        *out = call->arguments[0];
        return STATUS_OK;
    }
    if (read_finite(call, 0, &value) != STATUS_OK) return STATUS_INVALID;
    *out = template_decimal(rounded(value) + 0.0); /* no -0 */
    return STATUS_OK;
}

int template_do_round_down(struct template_call *call, struct template_value *out)
{
    return give_rounded(call, floor, out);
}

int template_do_round_up(struct template_call *call, struct template_value *out)
{
    return give_rounded(call, ceil, out);
}

/* splitmix64, by the number of the call. */
int template_do_random(struct template_call *call, struct template_value *out)
{
    uint64_t bits = call->random_seed + ++call->random_count * UINT64_C(0x9e3779b97f4a7c15);

    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    bits ^= bits >> 31;
    *out = template_decimal((double)(bits >> 11) * 0x1p-53);
    return STATUS_OK;
}

int template_do_to_hex_string(struct template_call *call, struct template_value *out)
{
    int64_t value;
    char text[24];

    if (template_argument_whole(call, 0, INT64_MIN, INT64_MAX, &value) != STATUS_OK) return STATUS_INVALID;
    snprintf(text, sizeof(text), "%llx", (unsigned long long)value);
    *out = template_string_copy(call->arena, text, strlen(text));
    return STATUS_OK;
}

/* Adds one to the last digit of text, which begins with a '0' that takes the carry. */
static void increment(char *text, size_t len)
{
    for (size_t i = len; i-- > 0;) {
        if (text[i] == '.') continue;
        if (text[i] != '9') {
            text[i]++;
            return;
        }
        text[i] = '0';
    }
}

/* The value with so many digits behind the point, a half away from zero, as the double has it exactly. What is
 * negative keeps its sign, as with JavaScript's toFixed. */
static size_t write_fixed(double value, size_t digits, char out[EXPANSION_SIZE])
{
    char text[EXPANSION_SIZE];
    const char *point, *start = text;
    size_t len;

    snprintf(text, sizeof(text), "0%.1074f", fabs(value));
    point = strchr(text, '.');
    len = (size_t)(point - text) + (digits > 0 ? digits + 1 : 0);
    if (point[1 + digits] >= '5') increment(text, len);
    if (text[0] == '0' && text[1] != '.') {
        start++;
        len--;
    }
    if (value < 0) {
        out[0] = '-';
        memcpy(out + 1, start, len);
        return len + 1;
    }
    memcpy(out, start, len);
    return len;
}

int template_do_to_precision(struct template_call *call, struct template_value *out)
{
    const struct template_number *number = &call->arguments[0].number;
    char text[EXPANSION_SIZE];
    double value = 0;
    int64_t digits;
    size_t len;

    if (read_finite(call, 0, &value) != STATUS_OK) return STATUS_INVALID;
    if (template_argument_whole(call, 1, 0, FRACTION_MOST, &digits) != STATUS_OK) return STATUS_INVALID;
    if (number->is_integer) {
        len = (size_t)snprintf(text, sizeof(text), "%lld%s", (long long)number->integer, digits > 0 ? "." : "");
        memset(text + len, '0', (size_t)digits);
        len += (size_t)digits;
    } else {
        len = write_fixed(value, (size_t)digits, text);
    }
    *out = template_string_copy(call->arena, text, len);
    return STATUS_OK;
}

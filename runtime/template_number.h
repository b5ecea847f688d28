/*
 * Numbers of the template language: read from their characters, computed with, printed. Integers are exact within 64
 * bits; what does not fit is an error, never a rounded value. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_NUMBER_H
#define HERALD_TEMPLATE_NUMBER_H

#include "runtime/template_value.h"

enum template_arithmetic {
    ARITHMETIC_ADD,
    ARITHMETIC_SUBTRACT,
    ARITHMETIC_MULTIPLY,
    ARITHMETIC_DIVIDE,
    ARITHMETIC_REST
};

/* Of a number as JSON writes it; text stays with it. */
struct template_number template_number_read(struct template_text text);

/* Below, at or above 0. */
int template_number_compare(const struct template_number *a, const struct template_number *b);

/* STATUS_OK, or STATUS_INVALID with a static sentence in out_why. */
int template_number_compute(enum template_arithmetic operation, const struct template_number *a,
                            const struct template_number *b, struct template_value *out, const char **out_why);

/*
 * A computed decimal. One that is a number of up to 12 digits but for the noise of doubles, behind the 15th digit, becomes
 * that number: 0.1 and 0.2 are 0.3 together. Others stay, so that a third three times is 1. STATUS_INVALID: too large.
 */
int template_number_round(long double value, struct template_value *out);

/* The characters it came with; a computed decimal with up to 15 digits. */
struct template_text template_number_text(const struct template_number *number, struct template_arena *arena);

#endif

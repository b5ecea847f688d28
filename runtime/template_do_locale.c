/* What depends on language: letter case, and numbers as people write them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/locale_format.h"
#include "runtime/locale_text.h"
#include "runtime/status.h"
#include "runtime/template_argument.h"
#include "runtime/template_characters.h"
#include "runtime/template_do.h"
#include "runtime/template_number.h"
#include "runtime/utf8.h"

#define NUMBER_TEXT_SIZE 512
#define NUMBER_MOST 1e30 /* a message's number; more zeros are a mistake */

/* The first character of each word becomes a capital; the others stay. Words stand between white space. */
static int give_title(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    bool is_inside = false;
    size_t len = 0, size;
    uint32_t character;
    char *bytes;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (template_result_room(call, text.len + text.len / 2 + 4, &bytes) != STATUS_OK) return STATUS_INVALID;
    for (size_t at = 0; (size = utf8_next(text.bytes + at, text.len - at, &character)) > 0; at += size) {
        len += utf8_write(is_inside ? character : locale_title(character), bytes + len);
        is_inside = !locale_is_space(character);
    }
    *out = template_string(bytes, len);
    return STATUS_OK;
}

int template_do_camel_case(struct template_call *call, struct template_value *out)
{
    return give_title(call, out);
}

int template_do_title_case(struct template_call *call, struct template_value *out)
{
    return give_title(call, out);
}

static int give_case(struct template_call *call, enum locale_case to, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    size_t size = text.len + text.len / 2 + 8, len;
    char *bytes;

    if (template_characters_check(call) != STATUS_OK) return STATUS_INVALID;
    if (template_result_room(call, size, &bytes) != STATUS_OK) return STATUS_INVALID;
    len = locale_change_case(to, text.bytes, text.len, bytes, size);
    if (len != SIZE_MAX && len > size) {
        if (template_result_room(call, len, &bytes) != STATUS_OK) return STATUS_INVALID;
        len = locale_change_case(to, text.bytes, text.len, bytes, len);
    }
    if (len == SIZE_MAX) return template_call_fail(call, "argument 1: its case cannot be changed");
    *out = template_string(bytes, len);
    return STATUS_OK;
}

int template_do_lower_case(struct template_call *call, struct template_value *out)
{
    return give_case(call, LOCALE_LOWER, out);
}

int template_do_upper_case(struct template_call *call, struct template_value *out)
{
    return give_case(call, LOCALE_UPPER, out);
}

/* All digits that can matter, so that a half is one only where the double is exactly that, as in Java. A percentage,
 * which Java multiplies first, takes the number as it prints: 0.015 is 1.5 percent. */
static struct template_text digits_of(struct template_call *call, enum locale_number style, char out[NUMBER_TEXT_SIZE])
{
    const struct template_number *number = &call->arguments[0].number;
    int len;

    if (style == LOCALE_PERCENT || number->is_integer) {
        struct template_number plain = *number;

        if (number->is_integer) plain.text = (struct template_text){NULL, 0};
        return template_number_text(&plain, call->arena);
    }
    len = snprintf(out, NUMBER_TEXT_SIZE, "%.60f", number->decimal);
    return (struct template_text){out, (size_t)len};
}

static int give_number(struct template_call *call, enum locale_number style, struct template_value *out)
{
    char digits[NUMBER_TEXT_SIZE], text[NUMBER_TEXT_SIZE];
    struct template_text number;
    const char *locale;
    size_t len;

    if (template_argument_locale(call, 1, &locale) != STATUS_OK) return STATUS_INVALID;
    if (style == LOCALE_CURRENCY && !locale_has_country(locale)) {
        return template_call_fail(call, "the locale %s has no country, so no currency; write such as \"en_GB\"",
                                  locale);
    }
    if (style == LOCALE_CURRENCY && !locale_has_currency(locale)) {
        return template_call_fail(call, "the locale %s has no currency that is known; write such as \"en_GB\"", locale);
    }
    if (!(fabs(call->arguments[0].number.decimal) < NUMBER_MOST)) {
        return template_call_fail(call, "argument 1: the number is too large");
    }
    number = digits_of(call, style, digits);
    len = locale_format_number(style, locale, number.bytes, number.len, text, sizeof(text));
    if (len > sizeof(text)) return template_call_fail(call, "argument 1: the number cannot be written");
    *out = template_string_copy(call->arena, text, len);
    return STATUS_OK;
}

int template_do_format_number(struct template_call *call, struct template_value *out)
{
    return give_number(call, LOCALE_DECIMAL, out);
}

int template_do_format_currency(struct template_call *call, struct template_value *out)
{
    return give_number(call, LOCALE_CURRENCY, out);
}

int template_do_to_percentage(struct template_call *call, struct template_value *out)
{
    return give_number(call, LOCALE_PERCENT, out);
}

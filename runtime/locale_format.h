/*
 * Numbers and dates as a language writes them, by ICU. Stateless; safe from any thread.
 * A locale is written as Java or BCP 47 has it: "de", "en_GB", "pt-BR".
 */
#ifndef HERALD_LOCALE_FORMAT_H
#define HERALD_LOCALE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when its language is one that ICU knows. */
bool locale_is_known(const char *locale);

/* True when it names a country as well. */
bool locale_has_country(const char *locale);

/* True when that country is one that has a currency. */
bool locale_has_currency(const char *locale);

enum locale_number {
    LOCALE_DECIMAL,  /* grouped, three digits behind the point at most */
    LOCALE_PERCENT,  /* times a hundred, no digits behind the point */
    LOCALE_CURRENCY, /* of the locale's country */
};

/*
 * Writes the number, given by its digits ("-1234.5", "1e3"), half to even as Java rounds. Returns the length of the
 * UTF-8 text, which may be beyond size: then out has nothing of use. SIZE_MAX: ICU failed.
 */
size_t locale_format_number(enum locale_number style, const char *locale, const char *digits, size_t digits_len,
                            char *out, size_t size);

/*
 * Writes the instant by a pattern of ICU's letters, in an IANA zone or "GMT+hh:mm", with western digits and the
 * Gregorian calendar at all times, as Java's DateTimeFormatter does. Returns as above.
 */
size_t locale_format_date(const char *locale, const char *zone, int64_t ms, const char *pattern, char *out,
                          size_t size);

/* The names that the language has for parts of a date, by which one is read. */
enum locale_names {
    LOCALE_MONTHS, /* index from 0 */
    LOCALE_MONTHS_SHORT,
    LOCALE_MONTHS_ALONE,
    LOCALE_MONTHS_ALONE_SHORT,
    LOCALE_WEEKDAYS, /* index 0 is Monday */
    LOCALE_WEEKDAYS_SHORT,
    LOCALE_HALVES, /* 0 before noon, 1 after it */
};

#define LOCALE_NAMES_MOST 13
#define LOCALE_NAME_SIZE 64

/* Writes them, each with a NUL behind it, and returns how many; 0: ICU failed. */
size_t locale_date_names(const char *locale, enum locale_names kind, char out[LOCALE_NAMES_MOST][LOCALE_NAME_SIZE]);

#endif

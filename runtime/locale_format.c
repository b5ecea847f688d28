/* Formatters are opened per call: they are not safe to share between threads, and few messages have more than some. */
#include "runtime/locale_format.h"

#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ucurr.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#define TEXT_SIZE 512 /* UTF-16 units of a number or a name */
#define DATE_SIZE 4096
#define PATTERN_SIZE 2048
#define ZONE_SIZE 64
#define GREGORIAN_MS INT64_C(-12200000000000) /* some months after the Gregorian calendar began, in October 1582 */
#define ALL_TIMES (-1e16)                     /* a begin of it before all dates */

bool locale_is_known(const char *locale)
{
    char language[ULOC_LANG_CAPACITY] = "";
    UErrorCode error = U_ZERO_ERROR;

    uloc_getLanguage(locale, language, sizeof(language), &error);
    return U_SUCCESS(error) && strlen(locale) < ULOC_FULLNAME_CAPACITY && language[0] != '\0' &&
           uloc_getISO3Language(locale)[0] != '\0';
}

bool locale_has_country(const char *locale)
{
    char country[ULOC_COUNTRY_CAPACITY] = "";
    UErrorCode error = U_ZERO_ERROR;

    uloc_getCountry(locale, country, sizeof(country), &error);
    return U_SUCCESS(error) && country[0] != '\0';
}

bool locale_has_currency(const char *locale)
{
    static const UChar none[] = {'X', 'X', 'X', 0};
    UErrorCode error = U_ZERO_ERROR;
    char country[ULOC_COUNTRY_CAPACITY] = "";
    UChar currency[4] = {0};

    uloc_getCountry(locale, country, sizeof(country), &error);
    for (const char *const *at = uloc_getISOCountries(); *at != NULL; at++) {
        if (strcmp(*at, country) != 0) continue;
        ucurr_forLocale(locale, currency, 4, &error);
        return U_SUCCESS(error) && u_strcmp(currency, none) != 0;
    }
    return false;
}

static size_t give_utf8(const UChar *text, int32_t len, char *out, size_t size)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t written = 0;

    u_strToUTF8(out, (int32_t)(size < INT32_MAX ? size : INT32_MAX), &written, text, len, &error);
    return U_SUCCESS(error) || error == U_BUFFER_OVERFLOW_ERROR ? (size_t)written : SIZE_MAX;
}

static UNumberFormatStyle style_of(enum locale_number style)
{
    switch (style) {
    case LOCALE_DECIMAL: break;
    case LOCALE_PERCENT: return UNUM_PERCENT;
    case LOCALE_CURRENCY: return UNUM_CURRENCY;
    }
    return UNUM_DECIMAL;
}

size_t locale_format_number(enum locale_number style, const char *locale, const char *digits, size_t digits_len,
                            char *out, size_t size)
{
    UErrorCode error = U_ZERO_ERROR;
    UNumberFormat *format = unum_open(style_of(style), NULL, 0, locale, NULL, &error);
    UChar text[TEXT_SIZE];
    int32_t len = unum_formatDecimal(format, digits, (int32_t)digits_len, text, TEXT_SIZE, NULL, &error);

    unum_close(format);
    if (U_FAILURE(error) || len > TEXT_SIZE) return SIZE_MAX;
    return give_utf8(text, len, out, size);
}

static UDateFormat *open_date_format(const char *locale, const UChar *zone, const UChar *pattern, int32_t pattern_len)
{
    UErrorCode error = U_ZERO_ERROR;
    char name[ULOC_FULLNAME_CAPACITY + 64] = "";
    UDateFormat *format;

    snprintf(name, sizeof(name), "%s@calendar=gregorian;numbers=latn", locale);
    format = udat_open(UDAT_PATTERN, UDAT_PATTERN, name, zone, zone != NULL ? -1 : 0, pattern, pattern_len, &error);
    if (U_SUCCESS(error)) return format;
    udat_close(format);
    return NULL;
}

/* Without it dates before 1582 are the Julian calendar's. It costs as much as half the formatting, so not for others.
 */
static bool use_one_calendar(UDateFormat *format)
{
    UErrorCode error = U_ZERO_ERROR;
    UCalendar *calendar = ucal_clone(udat_getCalendar(format), &error);

    ucal_setGregorianChange(calendar, ALL_TIMES, &error);
    if (U_SUCCESS(error)) udat_setCalendar(format, calendar);
    ucal_close(calendar);
    return U_SUCCESS(error);
}

size_t locale_format_date(const char *locale, const char *zone, int64_t ms, const char *pattern, char *out, size_t size)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar zone_text[ZONE_SIZE], pattern_text[PATTERN_SIZE], text[DATE_SIZE];
    int32_t pattern_len = 0, len;
    UDateFormat *format;

    u_strFromUTF8(zone_text, ZONE_SIZE, NULL, zone, -1, &error);
    u_strFromUTF8(pattern_text, PATTERN_SIZE, &pattern_len, pattern, -1, &error);
    if (U_FAILURE(error) || error == U_STRING_NOT_TERMINATED_WARNING) return SIZE_MAX;
    format = open_date_format(locale, zone_text, pattern_text, pattern_len);
    if (format == NULL) return SIZE_MAX;
    if (ms < GREGORIAN_MS && !use_one_calendar(format)) error = U_INTERNAL_PROGRAM_ERROR;
    len = udat_format(format, (UDate)ms, text, DATE_SIZE, NULL, &error);
    udat_close(format);
    if (U_FAILURE(error) || len > DATE_SIZE) return SIZE_MAX;
    return give_utf8(text, len, out, size);
}

static UDateFormatSymbolType symbols_of(enum locale_names kind)
{
    switch (kind) {
    case LOCALE_MONTHS: break;
    case LOCALE_MONTHS_SHORT: return UDAT_SHORT_MONTHS;
    case LOCALE_MONTHS_ALONE: return UDAT_STANDALONE_MONTHS;
    case LOCALE_MONTHS_ALONE_SHORT: return UDAT_STANDALONE_SHORT_MONTHS;
    case LOCALE_WEEKDAYS: return UDAT_WEEKDAYS;
    case LOCALE_WEEKDAYS_SHORT: return UDAT_SHORT_WEEKDAYS;
    case LOCALE_HALVES: return UDAT_AM_PMS;
    }
    return UDAT_MONTHS;
}

size_t locale_date_names(const char *locale, enum locale_names kind, char out[LOCALE_NAMES_MOST][LOCALE_NAME_SIZE])
{
    static const UChar no_pattern[] = {0};
    bool is_weekday = kind == LOCALE_WEEKDAYS || kind == LOCALE_WEEKDAYS_SHORT;
    UDateFormat *format = open_date_format(locale, NULL, no_pattern, 0);
    UChar text[TEXT_SIZE];
    int32_t count = 0, len;

    if (format == NULL) return 0;
    count = is_weekday ? 7 : udat_countSymbols(format, symbols_of(kind));
    if (count > LOCALE_NAMES_MOST) count = LOCALE_NAMES_MOST;
    for (int32_t i = 0; i < count; i++) {
        int32_t symbol = is_weekday ? (i + 1) % 7 + 1 : i; /* ICU's have Sunday at 1, and nothing at 0 */
        UErrorCode error = U_ZERO_ERROR;
        size_t written = SIZE_MAX;

        len = udat_getSymbols(format, symbols_of(kind), symbol, text, TEXT_SIZE, &error);
        if (U_SUCCESS(error) && len <= TEXT_SIZE) written = give_utf8(text, len, out[i], LOCALE_NAME_SIZE - 1);
        out[i][written < LOCALE_NAME_SIZE ? written : 0] = '\0';
    }
    udat_close(format);
    return (size_t)count;
}

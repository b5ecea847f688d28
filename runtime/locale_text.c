#include "runtime/locale_text.h"

#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/uregex.h>
#include <unicode/utext.h>

#include "runtime/memory.h"
#include "runtime/status.h"

/* ICU counts its steps in ticks of 10000, which take a fraction of a millisecond, over all matches in one text: the
 * same text ends the same way however busy the machine is. */
#define TICKS_MOST 200
#define STACK_SIZE (1024 * 1024)

bool locale_is_space(uint32_t character)
{
    return u_isUWhiteSpace((UChar32)character);
}

uint32_t locale_title(uint32_t character)
{
    return (uint32_t)u_totitle((UChar32)character);
}

uint32_t locale_fold(uint32_t character)
{
    return (uint32_t)u_foldCase((UChar32)character, U_FOLD_CASE_DEFAULT);
}

size_t locale_change_case(enum locale_case to, const char *text, size_t len, char *out, size_t size)
{
    UErrorCode error = U_ZERO_ERROR;
    UCaseMap *map;
    int32_t written;

    if (len > INT32_MAX / 4 || size > INT32_MAX) return SIZE_MAX;
    map = ucasemap_open("", 0, &error);
    written = to == LOCALE_UPPER ? ucasemap_utf8ToUpper(map, out, (int32_t)size, text, (int32_t)len, &error)
                                 : ucasemap_utf8ToLower(map, out, (int32_t)size, text, (int32_t)len, &error);
    ucasemap_close(map);
    return U_SUCCESS(error) || error == U_BUFFER_OVERFLOW_ERROR ? (size_t)written : SIZE_MAX;
}

struct locale_regex {
    URegularExpression *matcher;
    UText *text; /* native indexes are bytes */
};

static const char *why_not(UErrorCode error)
{
    static const struct {
        UErrorCode error;
        const char *why;
    } reasons[] = {
        {U_REGEX_RULE_SYNTAX, "it has a syntax error"},
        {U_REGEX_BAD_ESCAPE_SEQUENCE, "a backslash stands before a character that it cannot escape"},
        {U_REGEX_MISMATCHED_PAREN, "a parenthesis has no partner"},
        {U_REGEX_MISSING_CLOSE_BRACKET, "a [ is not closed"},
        {U_REGEX_INVALID_RANGE, "a range in [ ] ends before it begins"},
        {U_REGEX_BAD_INTERVAL, "a repetition in { } is malformed"},
        {U_REGEX_NUMBER_TOO_BIG, "a number in it is too large"},
        {U_REGEX_MAX_LT_MIN, "a repetition's most is below its least"},
        {U_REGEX_INVALID_BACK_REF, "it refers to a group that it does not have"},
        {U_REGEX_INVALID_CAPTURE_GROUP_NAME, "a group's name is malformed"},
        {U_REGEX_LOOK_BEHIND_LIMIT, "a look-behind has no bounded length"},
        {U_REGEX_UNIMPLEMENTED, "it uses what is not supported"},
        {U_REGEX_PATTERN_TOO_BIG, "it is too large"},
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].error == error) return reasons[i].why;
    }
    return "it is malformed";
}

int locale_regex_open(const char *pattern, size_t pattern_len, const char *text, size_t len, struct locale_regex **out,
                      const char **out_why)
{
    UErrorCode error = U_ZERO_ERROR;
    UText *pattern_text = NULL, *subject = NULL;
    URegularExpression *matcher = NULL;

    if (pattern_len > LOCALE_REGEX_PATTERN_MOST) {
        *out_why = "it is longer than 1000 bytes";
        return STATUS_INVALID;
    }
    if (pattern_len == 0) { /* ICU refuses it */
        pattern = "(?:)";
        pattern_len = 4;
    }
    pattern_text = utext_openUTF8(NULL, pattern, (int64_t)pattern_len, &error);
    subject = utext_openUTF8(NULL, text, (int64_t)len, &error);
    matcher = uregex_openUText(pattern_text, 0, NULL, &error);
    uregex_setTimeLimit(matcher, TICKS_MOST, &error);
    uregex_setStackLimit(matcher, STACK_SIZE, &error);
    uregex_setUText(matcher, subject, &error);
    utext_close(pattern_text);
    if (U_FAILURE(error)) {
        uregex_close(matcher);
        utext_close(subject);
        *out_why = why_not(error);
        return STATUS_INVALID;
    }
    *out = memory_zeroed(1, sizeof(**out));
    **out = (struct locale_regex){matcher, subject};
    return STATUS_OK;
}

void locale_regex_close(struct locale_regex *regex)
{
    if (regex == NULL) return;
    uregex_close(regex->matcher);
    utext_close(regex->text);
    memory_free(regex);
}

size_t locale_regex_group_count(const struct locale_regex *regex)
{
    UErrorCode error = U_ZERO_ERROR;

    return (size_t)uregex_groupCount(regex->matcher, &error);
}

int locale_regex_next(struct locale_regex *regex)
{
    UErrorCode error = U_ZERO_ERROR;
    UBool is_found;

    is_found = uregex_findNext(regex->matcher, &error);
    if (U_FAILURE(error)) return STATUS_LIMIT;
    return is_found ? STATUS_OK : STATUS_NOT_FOUND;
}

struct locale_span locale_regex_group(const struct locale_regex *regex, size_t group)
{
    UErrorCode error = U_ZERO_ERROR;
    int64_t start = uregex_start64(regex->matcher, (int32_t)group, &error);
    int64_t end = uregex_end64(regex->matcher, (int32_t)group, &error);

    if (U_FAILURE(error) || start < 0 || end < start) return (struct locale_span){SIZE_MAX, SIZE_MAX};
    return (struct locale_span){(size_t)start, (size_t)end};
}

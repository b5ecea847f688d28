#include "runtime/template_function.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_do.h"

/* Sorted by name, as strcmp sorts. Date-times come as '*', because an ISO 8601 string is taken for one. */
static const struct template_function functions[] = {
    {"absolute", "n", 'n', true, template_do_absolute},
    {"addDays", "*n", 'd', true, template_do_add_days},
    {"addHours", "*n", 'd', true, template_do_add_hours},
    {"addMinutes", "*n", 'd', true, template_do_add_minutes},
    {"addMonths", "*n", 'd', true, template_do_add_months},
    {"addSeconds", "*n", 'd', true, template_do_add_seconds},
    {"addYears", "*n", 'd', true, template_do_add_years},
    {"age", "*", 'n', false, template_do_age},
    {"ageInDays", "*", 'n', false, template_do_age_in_days},
    {"ageInMonths", "*", 'n', false, template_do_age_in_months},
    {"appendQueryParams", "ss*", 's', true, template_do_append_query_params},
    {"average", "a", 'N', true, template_do_average},
    {"bottomN", "a*?n", 'a', true, template_do_bottom_n},
    {"camelCase", "s", 's', true, template_do_camel_case},
    {"charCodeAt", "sn", 'n', true, template_do_char_code_at},
    {"compareDates", "**", 'n', true, template_do_compare_dates},
    {"concat", "*+", 's', true, template_do_concat},
    {"contains", "SS?b", 'b', true, template_do_contains},
    {"convertZonedDateTime", "*s", 'd', true, template_do_convert_zoned_date_time},
    {"count", "a", 'n', true, template_do_count},
    {"countOnlyNull", "a", 'n', true, template_do_count_only_null},
    {"countWithNull", "a", 'n', true, template_do_count_with_null},
    {"currentTimeInMillis", "", 'n', false, template_do_current_time_in_millis},
    {"dateBetween", "***", 'b', true, template_do_date_between},
    {"dateDiff", "**", 'n', true, template_do_date_diff},
    {"dayOfMonth", "*", 'n', true, template_do_day_of_month},
    {"dayOfWeek", "*", 'n', true, template_do_day_of_week},
    {"dayOfYear", "*", 'n', true, template_do_day_of_year},
    {"decode64", "s", 's', true, template_do_decode64},
    {"diffInDays", "**", 'n', true, template_do_diff_in_days},
    {"diffInHours", "**", 'n', true, template_do_diff_in_hours},
    {"diffInMinutes", "**", 'n', true, template_do_diff_in_minutes},
    {"diffInMonths", "**", 'n', true, template_do_diff_in_months},
    {"diffInSeconds", "**", 'n', true, template_do_diff_in_seconds},
    {"diffInYears", "**", 'n', true, template_do_diff_in_years},
    {"distinct", "a", 'a', true, template_do_distinct},
    {"distinctCount", "a", 'n', true, template_do_distinct_count},
    {"distinctCountWithNull", "a", 'n', true, template_do_distinct_count_with_null},
    {"doesNotContain", "SS?b", 'b', true, template_do_does_not_contain},
    {"doesNotEndWith", "SS?b", 'b', true, template_do_does_not_end_with},
    {"doesNotStartWith", "SS?b", 'b', true, template_do_does_not_start_with},
    {"encode64", "s", 's', true, template_do_encode64},
    {"endsWith", "SS?b", 'b', true, template_do_ends_with},
    {"equals", "**", 'b', true, template_do_equals},
    {"equalsAnyIgnoreCase", "SS+", 'b', true, template_do_equals_any_ignore_case},
    {"equalsIgnoreCase", "SS", 'b', true, template_do_equals_ignore_case},
    {"extractDay", "*", 'n', true, template_do_extract_day},
    {"extractEmailDomain", "s", 's', true, template_do_extract_email_domain},
    {"extractHours", "*", 'n', true, template_do_extract_hours},
    {"extractMinutes", "*", 'n', true, template_do_extract_minutes},
    {"extractMonth", "*", 'n', true, template_do_extract_month},
    {"extractSeconds", "*", 'n', true, template_do_extract_seconds},
    {"extractYear", "*", 'n', true, template_do_extract_year},
    {"formatCurrency", "n?s", 's', true, template_do_format_currency},
    {"formatDate", "*s?s", 's', true, template_do_format_date},
    {"formatNumber", "n?s", 's', true, template_do_format_number},
    {"get", "ms", '*', true, template_do_get},
    {"getCurrentZonedDateTime", "", 'd', false, template_do_get_current_zoned_date_time},
    {"getUrlFragment", "s", 's', true, template_do_get_url_fragment},
    {"getUrlHost", "s", 's', true, template_do_get_url_host},
    {"getUrlPath", "s", 's', true, template_do_get_url_path},
    {"getUrlProtocol", "s", 's', true, template_do_get_url_protocol},
    {"head", "a", '*', true, template_do_head},
    {"in", "*A", 'b', true, template_do_in},
    {"includes", "A*", 'b', true, template_do_includes},
    {"indexOf", "ss", 'n', true, template_do_index_of},
    {"intersects", "aa", 'b', true, template_do_intersects},
    {"isEmpty", "*", 'b', true, template_do_is_empty},
    {"isNotEmpty", "*", 'b', true, template_do_is_not_empty},
    {"isNotNull", "*", 'b', true, template_do_is_not_null},
    {"isNull", "*", 'b', true, template_do_is_null},
    {"join", "as", 's', true, template_do_join},
    {"keys", "m", 'a', true, template_do_keys},
    {"lastIndexOf", "ss", 'n', true, template_do_last_index_of},
    {"leftTrim", "s", 's', true, template_do_left_trim},
    {"length", "s", 'n', true, template_do_length},
    {"like", "SS", 'b', true, template_do_like},
    {"lowerCase", "s", 's', true, template_do_lower_case},
    {"mask", "snn", 's', true, template_do_mask},
    {"matches", "Ss", 'b', true, template_do_matches},
    {"max", "a", '*', true, template_do_max},
    {"md5", "s", 's', true, template_do_md5},
    {"min", "a", '*', true, template_do_min},
    {"notEqualTo", "**", 'b', true, template_do_not_equal_to},
    {"notEqualWithIgnoreCase", "SS", 'b', true, template_do_not_equal_with_ignore_case},
    {"notIn", "*A", 'b', true, template_do_not_in},
    {"now", "", 'd', false, template_do_now},
    {"random", "", 'n', false, template_do_random},
    {"regexGroup", "Ssn", 'S', true, template_do_regex_group},
    {"replace", "sss", 's', true, template_do_replace},
    {"replaceAll", "sss", 's', true, template_do_replace_all},
    {"rightTrim", "s", 's', true, template_do_right_trim},
    {"roundDown", "n", 'n', true, template_do_round_down},
    {"roundUp", "n", 'n', true, template_do_round_up},
    {"setDays", "*n", 'd', true, template_do_set_days},
    {"setHours", "*n", 'd', true, template_do_set_hours},
    {"sha256", "s", 's', true, template_do_sha256},
    {"split", "ss", 'a', true, template_do_split},
    {"startsWith", "SS?b", 'b', true, template_do_starts_with},
    {"stringToDate", "s?ss", 'd', true, template_do_string_to_date},
    {"stringToNumber", "s", 'n', true, template_do_string_to_number},
    {"subsetOf", "aa", 'b', true, template_do_subset_of},
    {"substr", "sn?n", 's', true, template_do_substr},
    {"sum", "a", 'n', true, template_do_sum},
    {"supersetOf", "aa", 'b', true, template_do_superset_of},
    {"titleCase", "s", 's', true, template_do_title_case},
    {"toBool", "*", 'b', true, template_do_to_bool},
    {"toDateTime", "*?ss", 'd', true, template_do_to_date_time},
    {"toDateTimeOnly", "*", 'd', true, template_do_to_date_time_only},
    {"toHexString", "n", 's', true, template_do_to_hex_string},
    {"toInt", "*", 'n', true, template_do_to_int},
    {"toPercentage", "n", 's', true, template_do_to_percentage},
    {"toPrecision", "nn", 's', true, template_do_to_precision},
    {"toString", "*", 's', true, template_do_to_string},
    {"toUTC", "*", 'd', true, template_do_to_utc},
    {"topN", "a*?n", 'a', true, template_do_top_n},
    {"trim", "s", 's', true, template_do_trim},
    {"truncateToStartOfDay", "*", 'd', true, template_do_truncate_to_start_of_day},
    {"truncateToStartOfQuarter", "*", 'd', true, template_do_truncate_to_start_of_quarter},
    {"truncateToStartOfWeek", "*", 'd', true, template_do_truncate_to_start_of_week},
    {"truncateToStartOfYear", "*", 'd', true, template_do_truncate_to_start_of_year},
    {"upperCase", "s", 's', true, template_do_upper_case},
    {"urlDecode", "s", 's', true, template_do_url_decode},
    {"urlEncode", "s", 's', true, template_do_url_encode},
    {"values", "m", 'a', true, template_do_values},
    {"weekOfYear", "*", 'n', true, template_do_week_of_year},
};

#define FUNCTION_COUNT (sizeof(functions) / sizeof(functions[0]))

const struct template_function *template_function_list(size_t *out_count)
{
    *out_count = FUNCTION_COUNT;
    return functions;
}

/* The order of strcmp between the len bytes at name and a string. */
static int compare_names(const char *name, size_t len, const char *other)
{
    int order = strncmp(name, other, len);

    return order == 0 && other[len] != '\0' ? -1 : order;
}

const struct template_function *template_function_find(const char *name, size_t len)
{
    size_t low = 0, high = FUNCTION_COUNT;

    if (len == 0 || memchr(name, '\0', len) != NULL) return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_names(name, len, functions[middle].name);

        if (order == 0) return &functions[middle];
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

int template_call_fail(struct template_call *call, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(call->message, sizeof(call->message), format, arguments);
    va_end(arguments);
    return STATUS_INVALID;
}

/*
 * The bodies of the functions of the expression language, one for each row of the table in template_function.c.
 * Each has template_function's contract of call; the file that has it is named above each group.
 */
#ifndef HERALD_TEMPLATE_DO_H
#define HERALD_TEMPLATE_DO_H

struct template_call;
struct template_value;

/* template_do_aggregate.c */
int template_do_average(struct template_call *call, struct template_value *out);
int template_do_count(struct template_call *call, struct template_value *out);
int template_do_max(struct template_call *call, struct template_value *out);
int template_do_min(struct template_call *call, struct template_value *out);
int template_do_sum(struct template_call *call, struct template_value *out);
int template_do_count_only_null(struct template_call *call, struct template_value *out);
int template_do_count_with_null(struct template_call *call, struct template_value *out);

/* template_do_array.c */
int template_do_distinct(struct template_call *call, struct template_value *out);
int template_do_distinct_count(struct template_call *call, struct template_value *out);
int template_do_distinct_count_with_null(struct template_call *call, struct template_value *out);
int template_do_head(struct template_call *call, struct template_value *out);
int template_do_in(struct template_call *call, struct template_value *out);
int template_do_includes(struct template_call *call, struct template_value *out);
int template_do_intersects(struct template_call *call, struct template_value *out);
int template_do_join(struct template_call *call, struct template_value *out);
int template_do_not_in(struct template_call *call, struct template_value *out);
int template_do_subset_of(struct template_call *call, struct template_value *out);
int template_do_superset_of(struct template_call *call, struct template_value *out);

/* template_do_sort.c */
int template_do_top_n(struct template_call *call, struct template_value *out);
int template_do_bottom_n(struct template_call *call, struct template_value *out);

/* template_do_map.c */
int template_do_get(struct template_call *call, struct template_value *out);
int template_do_keys(struct template_call *call, struct template_value *out);
int template_do_values(struct template_call *call, struct template_value *out);
int template_do_is_null(struct template_call *call, struct template_value *out);
int template_do_is_not_null(struct template_call *call, struct template_value *out);

/* template_do_date_shift.c */
int template_do_add_days(struct template_call *call, struct template_value *out);
int template_do_add_hours(struct template_call *call, struct template_value *out);
int template_do_add_minutes(struct template_call *call, struct template_value *out);
int template_do_add_months(struct template_call *call, struct template_value *out);
int template_do_add_seconds(struct template_call *call, struct template_value *out);
int template_do_add_years(struct template_call *call, struct template_value *out);
int template_do_set_days(struct template_call *call, struct template_value *out);
int template_do_set_hours(struct template_call *call, struct template_value *out);
int template_do_convert_zoned_date_time(struct template_call *call, struct template_value *out);
int template_do_to_utc(struct template_call *call, struct template_value *out);
int template_do_truncate_to_start_of_day(struct template_call *call, struct template_value *out);
int template_do_truncate_to_start_of_week(struct template_call *call, struct template_value *out);
int template_do_truncate_to_start_of_quarter(struct template_call *call, struct template_value *out);
int template_do_truncate_to_start_of_year(struct template_call *call, struct template_value *out);

/* template_do_date_part.c */
int template_do_day_of_month(struct template_call *call, struct template_value *out);
int template_do_day_of_week(struct template_call *call, struct template_value *out);
int template_do_day_of_year(struct template_call *call, struct template_value *out);
int template_do_week_of_year(struct template_call *call, struct template_value *out);
int template_do_extract_hours(struct template_call *call, struct template_value *out);
int template_do_extract_minutes(struct template_call *call, struct template_value *out);
int template_do_extract_seconds(struct template_call *call, struct template_value *out);
int template_do_extract_day(struct template_call *call, struct template_value *out);
int template_do_extract_month(struct template_call *call, struct template_value *out);
int template_do_extract_year(struct template_call *call, struct template_value *out);

/* template_do_date_diff.c */
int template_do_age(struct template_call *call, struct template_value *out);
int template_do_age_in_days(struct template_call *call, struct template_value *out);
int template_do_age_in_months(struct template_call *call, struct template_value *out);
int template_do_compare_dates(struct template_call *call, struct template_value *out);
int template_do_date_between(struct template_call *call, struct template_value *out);
int template_do_date_diff(struct template_call *call, struct template_value *out);
int template_do_diff_in_seconds(struct template_call *call, struct template_value *out);
int template_do_diff_in_minutes(struct template_call *call, struct template_value *out);
int template_do_diff_in_hours(struct template_call *call, struct template_value *out);
int template_do_diff_in_days(struct template_call *call, struct template_value *out);
int template_do_diff_in_months(struct template_call *call, struct template_value *out);
int template_do_diff_in_years(struct template_call *call, struct template_value *out);

/* template_do_date_text.c */
int template_do_current_time_in_millis(struct template_call *call, struct template_value *out);
int template_do_get_current_zoned_date_time(struct template_call *call, struct template_value *out);
int template_do_now(struct template_call *call, struct template_value *out);
int template_do_format_date(struct template_call *call, struct template_value *out);
int template_do_string_to_date(struct template_call *call, struct template_value *out);
int template_do_to_date_time(struct template_call *call, struct template_value *out);
int template_do_to_date_time_only(struct template_call *call, struct template_value *out);

/* template_do_math.c */
int template_do_absolute(struct template_call *call, struct template_value *out);
int template_do_random(struct template_call *call, struct template_value *out);
int template_do_round_down(struct template_call *call, struct template_value *out);
int template_do_round_up(struct template_call *call, struct template_value *out);
int template_do_to_hex_string(struct template_call *call, struct template_value *out);
int template_do_to_precision(struct template_call *call, struct template_value *out);

/* template_do_convert.c */
int template_do_string_to_number(struct template_call *call, struct template_value *out);
int template_do_to_bool(struct template_call *call, struct template_value *out);
int template_do_to_int(struct template_call *call, struct template_value *out);
int template_do_to_string(struct template_call *call, struct template_value *out);

/* template_do_locale.c */
int template_do_camel_case(struct template_call *call, struct template_value *out);
int template_do_title_case(struct template_call *call, struct template_value *out);
int template_do_lower_case(struct template_call *call, struct template_value *out);
int template_do_upper_case(struct template_call *call, struct template_value *out);
int template_do_format_currency(struct template_call *call, struct template_value *out);
int template_do_format_number(struct template_call *call, struct template_value *out);
int template_do_to_percentage(struct template_call *call, struct template_value *out);

/* template_do_string.c */
int template_do_char_code_at(struct template_call *call, struct template_value *out);
int template_do_concat(struct template_call *call, struct template_value *out);
int template_do_index_of(struct template_call *call, struct template_value *out);
int template_do_last_index_of(struct template_call *call, struct template_value *out);
int template_do_left_trim(struct template_call *call, struct template_value *out);
int template_do_length(struct template_call *call, struct template_value *out);
int template_do_mask(struct template_call *call, struct template_value *out);
int template_do_replace(struct template_call *call, struct template_value *out);
int template_do_right_trim(struct template_call *call, struct template_value *out);
int template_do_split(struct template_call *call, struct template_value *out);
int template_do_substr(struct template_call *call, struct template_value *out);
int template_do_trim(struct template_call *call, struct template_value *out);

/* template_do_compare.c */
int template_do_contains(struct template_call *call, struct template_value *out);
int template_do_starts_with(struct template_call *call, struct template_value *out);
int template_do_ends_with(struct template_call *call, struct template_value *out);
int template_do_does_not_contain(struct template_call *call, struct template_value *out);
int template_do_does_not_start_with(struct template_call *call, struct template_value *out);
int template_do_does_not_end_with(struct template_call *call, struct template_value *out);
int template_do_equals(struct template_call *call, struct template_value *out);
int template_do_not_equal_to(struct template_call *call, struct template_value *out);
int template_do_equals_ignore_case(struct template_call *call, struct template_value *out);
int template_do_not_equal_with_ignore_case(struct template_call *call, struct template_value *out);
int template_do_equals_any_ignore_case(struct template_call *call, struct template_value *out);
int template_do_is_empty(struct template_call *call, struct template_value *out);
int template_do_is_not_empty(struct template_call *call, struct template_value *out);
int template_do_like(struct template_call *call, struct template_value *out);

/* template_do_regex.c */
int template_do_matches(struct template_call *call, struct template_value *out);
int template_do_regex_group(struct template_call *call, struct template_value *out);
int template_do_replace_all(struct template_call *call, struct template_value *out);

/* template_do_encode.c */
int template_do_decode64(struct template_call *call, struct template_value *out);
int template_do_encode64(struct template_call *call, struct template_value *out);
int template_do_md5(struct template_call *call, struct template_value *out);
int template_do_sha256(struct template_call *call, struct template_value *out);
int template_do_url_decode(struct template_call *call, struct template_value *out);
int template_do_url_encode(struct template_call *call, struct template_value *out);

/* template_do_url.c */
int template_do_append_query_params(struct template_call *call, struct template_value *out);
int template_do_extract_email_domain(struct template_call *call, struct template_value *out);
int template_do_get_url_fragment(struct template_call *call, struct template_value *out);
int template_do_get_url_host(struct template_call *call, struct template_value *out);
int template_do_get_url_path(struct template_call *call, struct template_value *out);
int template_do_get_url_protocol(struct template_call *call, struct template_value *out);

#endif

/*
 * Unicode text by ICU: letter case and regular expressions over UTF-8, which has to be well-formed.
 * Stateless; safe from any thread.
 */
#ifndef HERALD_LOCALE_TEXT_H
#define HERALD_LOCALE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* White space as Unicode has it, such as U+00A0 and U+3000. */
bool locale_is_space(uint32_t character);

/* The character as the first of a word in a title. */
uint32_t locale_title(uint32_t character);

/* The character by which those that differ in case alone are compared; one for one, so that "ß" is not "ss". */
uint32_t locale_fold(uint32_t character);

enum locale_case { LOCALE_UPPER, LOCALE_LOWER };

/*
 * Writes text in that case into out, which has size bytes, by the rules that hold in all languages; returns the length,
 * which may be beyond size: then out has nothing of use. SIZE_MAX: ICU failed.
 */
size_t locale_change_case(enum locale_case to, const char *text, size_t len, char *out, size_t size);

/* A regular expression being matched over one text. Both are borrowed until it is closed. */
struct locale_regex;

struct locale_span {
    size_t start, end; /* bytes of the text; SIZE_MAX both for a group that took no part */
};

#define LOCALE_REGEX_PATTERN_MOST 1000 /* bytes */

/* STATUS_INVALID with a static sentence in *out_why: the pattern is malformed or too long. */
int locale_regex_open(const char *pattern, size_t pattern_len, const char *text, size_t len, struct locale_regex **out,
                      const char **out_why);
void locale_regex_close(struct locale_regex *regex);

size_t locale_regex_group_count(const struct locale_regex *regex);

/*
 * Goes to the next match. STATUS_NOT_FOUND: there is none; STATUS_LIMIT: all that was matched in this text took too
 * many steps (about 50 ms) or too much memory.
 */
int locale_regex_next(struct locale_regex *regex);

/* A group of the match, 0 for all of it; group is at most the group count. */
struct locale_span locale_regex_group(const struct locale_regex *regex, size_t group);

#endif

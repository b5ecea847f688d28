/*
 * Lua's text patterns, matched in counted steps, so that a hostile pattern over a long text ends in time.
 * The language is that of the Lua 5.4 manual, 6.4.1; a malformed pattern is refused when it is compiled.
 */
#ifndef HERALD_PATTERN_H
#define HERALD_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_MOST_CAPTURES 32
#define PATTERN_POSITION SIZE_MAX /* a capture's len: it captured a position, as () does */

struct pattern;

struct pattern_capture {
    const char *start;
    size_t len;
};

struct pattern_match {
    const char *end; /* behind the match */
    size_t capture_count;
    struct pattern_capture captures[PATTERN_MOST_CAPTURES];
};

/*
 * Compiles a pattern; the caller frees it. is_anchorable: a ^ in front ties it to where it is tried (not so in gmatch).
 * STATUS_INVALID with a static text in out_error.
 */
int pattern_compile(const char *text, size_t len, bool is_anchorable, struct pattern **out, const char **out_error);
void pattern_free(struct pattern *pattern);
bool pattern_is_anchored(const struct pattern *pattern);

/*
 * Tries the pattern at one place of the subject. Takes what it costs from *steps.
 * STATUS_OK, STATUS_NOT_FOUND, STATUS_LIMIT when the steps are used up.
 */
int pattern_match_at(const struct pattern *pattern, const char *subject, size_t len, size_t offset, int64_t *steps,
                     struct pattern_match *out);

#endif

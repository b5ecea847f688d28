/*
 * How large a request's body may be, by method and path: for the paths that have a limit of their own.
 *
 * Filled by one thread, then only read, by that thread.
 */
#ifndef HERALD_HTTP_BODY_LIMIT_H
#define HERALD_HTTP_BODY_LIMIT_H

#include <stddef.h>

struct http_body_limits;

struct http_body_limits *http_body_limits_new(void);
void http_body_limits_free(struct http_body_limits *limits);

/*
 * pattern is a path whose segments may be {name}, which stands for one segment, and at the end {name...}, which stands
 * for one or more. method may be "ANY". Copies both. Of several that fit, the one that was added first holds.
 */
void http_body_limits_add(struct http_body_limits *limits, const char *method, const char *pattern, size_t most);

/* The limit of the first entry that fits, or fallback. A path may have /ajo before it and a slash behind it. */
size_t http_body_limits_find(const struct http_body_limits *limits, const char *method, const char *path,
                             size_t path_len, size_t fallback);

#endif

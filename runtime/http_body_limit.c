/* Limits of body sizes, by method and path. */
#include "runtime/http_body_limit.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/memory.h"

struct limit {
    char *method, *pattern;
    size_t most;
    struct limit *next;
};

struct http_body_limits {
    struct limit *first, **last;
};

/* What is left of a path. */
struct rest {
    const char *at, *end;
};

struct http_body_limits *http_body_limits_new(void)
{
    struct http_body_limits *limits = memory_zeroed(1, sizeof(*limits));

    limits->last = &limits->first;
    return limits;
}

void http_body_limits_free(struct http_body_limits *limits)
{
    struct limit *limit, *next;

    if (limits == NULL) return;
    for (limit = limits->first; limit != NULL; limit = next) {
        next = limit->next;
        memory_free(limit->method);
        memory_free(limit->pattern);
        memory_free(limit);
    }
    memory_free(limits);
}

void http_body_limits_add(struct http_body_limits *limits, const char *method, const char *pattern, size_t most)
{
    struct limit *limit = memory_zeroed(1, sizeof(*limit));

    limit->method = memory_copy_string(method);
    limit->pattern = memory_copy_string(pattern);
    limit->most = most;
    *limits->last = limit;
    limits->last = &limit->next;
}

/* Takes the next segment; false at the end. Slashes in a row are one, as they are to the router. */
static bool take_segment(struct rest *path, struct rest *out)
{
    while (path->at < path->end && *path->at == '/')
        path->at++;
    out->at = path->at;
    while (path->at < path->end && *path->at != '/')
        path->at++;
    out->end = path->at;
    return out->at < out->end;
}

static bool ends_with_dots(struct rest name)
{
    return name.end - name.at > 5 && memcmp(name.end - 4, "...}", 4) == 0;
}

static bool fits(const char *pattern, const char *bytes, size_t len)
{
    struct rest wanted = {pattern, pattern + strlen(pattern)}, path = {bytes, bytes + len}, name, segment;
    size_t name_len;

    while (take_segment(&wanted, &name)) {
        if (!take_segment(&path, &segment)) return false;
        name_len = (size_t)(name.end - name.at);
        if (*name.at == '{' && ends_with_dots(name)) return true;
        if (*name.at == '{') continue;
        if ((size_t)(segment.end - segment.at) != name_len || memcmp(name.at, segment.at, name_len) != 0) return false;
    }
    return !take_segment(&path, &segment);
}

size_t http_body_limits_find(const struct http_body_limits *limits, const char *method, const char *path,
                             size_t path_len, size_t fallback)
{
    static const char before[] = "/ajo/";
    size_t before_len = sizeof(before) - 2; /* the path goes on with the second slash */

    if (limits == NULL || path == NULL) return fallback;
    if (path_len > before_len && memcmp(path, before, before_len + 1) == 0) {
        path += before_len;
        path_len -= before_len;
    }
    for (const struct limit *limit = limits->first; limit != NULL; limit = limit->next) {
        if (strcmp(limit->method, "ANY") != 0 && strcmp(limit->method, method) != 0) continue;
        if (fits(limit->pattern, path, path_len)) return limit->most;
    }
    return fallback;
}

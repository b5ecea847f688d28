/*
 * Values inside URLs. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_URL_H
#define HERALD_TEMPLATE_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"

/* What stands in place of a value that would bring a scheme of its own. */
#define TEMPLATE_BLOCKED_URL "about:blank#blocked"

#define TEMPLATE_URL_SETTLED SIZE_MAX

struct template_url {
    size_t start;      /* in the output: where the URL begins */
    bool is_raw;       /* {{{ }}}: nothing is escaped but what would bring a scheme */
    bool is_encoded;   /* by urlEncode: ready for a URL */
    const char *never; /* bytes that are percent-encoded wherever they stand */
};

/*
 * Adds a value. One that begins the URL may be a whole one with a scheme of the web, of mail or of telephones; one
 * behind other text cannot leave the part of the URL that it stands in. Behind javascript:, vbscript: or data: (but
 * images) no value is let through. True: the value is, so far, part of what may become the URL's scheme by what follows;
 * then template_url_settle has to see that.
 */
bool template_url_put(struct buffer *out, const char *bytes, size_t len, struct template_url url);

/* With more text behind a URL that begins at start of out and has a value in its beginning: where that has become a scheme
 * which values may not bring, TEMPLATE_BLOCKED_URL takes its place. True: it is still open whether it becomes one. */
bool template_url_settle(struct buffer *out, size_t start);

/* Whether a URL that begins so is a program, or a document that may have one in it. */
bool template_url_is_program(const char *bytes, size_t len);

#endif

/*
 * Values inside URLs. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_URL_H
#define HERALD_TEMPLATE_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/buffer.h"

/* What stands in place of a value that would bring a scheme of its own. */
#define TEMPLATE_BLOCKED_URL "about:blank#blocked"

struct template_url {
    size_t start;      /* in the output: where the URL begins */
    bool is_raw;       /* {{{ }}}: nothing is escaped but what would bring a scheme */
    bool is_encoded;   /* by urlEncode: ready for a URL */
    const char *never; /* bytes that are percent-encoded wherever they stand */
};

/*
 * Adds a value. One that begins the URL may be a whole one with a scheme of the web, of mail or of telephones; one
 * behind other text cannot leave the part of the URL that it stands in. Behind javascript:, vbscript: or data: (but
 * images) no value is let through.
 */
void template_url_put(struct buffer *out, const char *bytes, size_t len, struct template_url url);

/* Whether a URL that begins so is a program, or a document that may have one in it. */
bool template_url_is_program(const char *bytes, size_t len);

#endif

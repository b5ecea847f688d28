/*
 * What a byte means to HTML, to URLs and to styles. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_BYTES_H
#define HERALD_TEMPLATE_BYTES_H

#include <stdbool.h>

enum {
    BYTE_HTML_SPECIAL = 1, /* one that handlebars.js makes an entity of */
    BYTE_CONTROL = 2,
    BYTE_UNRESERVED = 4,   /* RFC 3986 2.3 */
    BYTE_IN_QUERY = 8,     /* stays as it is inside a query or fragment */
    BYTE_IN_PATH = 16,     /* stays as it is in the rest of a URL */
    BYTE_ENDS_SCHEME = 32, /* no scheme can follow */
    BYTE_BLANK = 64,       /* a control character or a space */
    BYTE_IN_STYLE = 128,   /* may stand in a value of CSS without ending it or calling anything */
};

extern const unsigned char template_byte_kinds[256];

static inline bool template_byte_is(char byte, unsigned kinds)
{
    return (template_byte_kinds[(unsigned char)byte] & kinds) != 0;
}

#endif

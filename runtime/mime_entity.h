/*
 * Named characters of HTML. Behind mime_html_to_text.
 */
#ifndef HERALD_MIME_ENTITY_H
#define HERALD_MIME_ENTITY_H

#include <stdint.h>

#define MIME_ENTITY_NAME_MOST 8

/* The code point of a name such as "eacute"; 0 when there is none. */
uint32_t mime_entity(const char *name);

#endif

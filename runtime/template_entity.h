/*
 * The characters of an attribute's value as a browser reads them. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_ENTITY_H
#define HERALD_TEMPLATE_ENTITY_H

#include <stddef.h>
#include <stdint.h>

/* The first character, or the first byte of one beyond ASCII, and how many bytes spell it; of named entities those of
 * ASCII that matter to a URL are known, other ones are an &. 0: an entity is begun that what follows may go on with. */
size_t template_entity_read(const char *bytes, size_t len, uint32_t *out);

#endif

/* herald.payload documents, for the bindings that read them. */
#ifndef HERALD_BINDINGS_PAYLOAD_H
#define HERALD_BINDINGS_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct buffer;
struct payload;

/* The document at index, or NULL when the value is something else. Lives while the value does. */
const struct payload *test_document(lua_State *L, int index);

/*
 * Pushes the document of the text at index and returns it; NULL, pushing nothing, where it is no JSON: then failure has
 * a sentence that names the byte.
 */
const struct payload *push_document(lua_State *L, int index, char *failure, size_t failure_size);

/* Pushes a string's decoded bytes, or a number's or boolean's characters. */
void push_payload_text(lua_State *L, const struct payload *doc, uint32_t node);

/* Adds the Lua value at index as JSON: tables with sorted keys. Raises for what JSON cannot say. */
void payload_encode(lua_State *L, int index, struct buffer *out);

/* A buffer that is freed with the Lua value it pushes, so that nothing leaks when a call raises. */
struct buffer *push_buffer(lua_State *L);

#endif

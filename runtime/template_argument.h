/*
 * What the functions of the expression language share: arguments beyond their type, and room for results.
 * Arguments count from 0 here and from 1 in messages. For template_do_*.c alone.
 */
#ifndef HERALD_TEMPLATE_ARGUMENT_H
#define HERALD_TEMPLATE_ARGUMENT_H

#include "runtime/template_function.h"

/* The longest text that a function may give. */
#define TEMPLATE_RESULT_MOST (1024 * 1024)

/* A whole number from least to most. */
int template_argument_whole(struct template_call *call, size_t index, int64_t least, int64_t most, int64_t *out);

/* The characters of a string, number, boolean or date-time. */
int template_argument_text(struct template_call *call, size_t index, struct template_text *out);

/* The string there; nothing of it where it is null or was left out. */
struct template_text template_argument_string(const struct template_call *call, size_t index);

/* The boolean there, or otherwise where it was left out. */
bool template_argument_flag(const struct template_call *call, size_t index, bool otherwise);

/* The string there with a NUL behind it; otherwise where it was left out. Fails for one with a NUL in it. */
int template_argument_name(struct template_call *call, size_t index, const char *otherwise, const char **out);

/* The locale that is named there, or the call's where it was left out. */
int template_argument_locale(struct template_call *call, size_t index, const char **out);

/* Room in the arena for size bytes of a result; fails beyond TEMPLATE_RESULT_MOST. */
int template_result_room(struct template_call *call, size_t size, char **out);

/* Writes text behind the at bytes that are there, and returns how many there are then. */
size_t template_text_append(char *bytes, size_t at, struct template_text text);

/* An array of count items in the arena, which the caller fills. */
struct template_value *template_result_items(struct template_call *call, size_t count);
struct template_value template_result_array(const struct template_value *items, size_t count);

/* True for the types that have an order: numbers, strings, date-times. */
bool template_value_has_order(const struct template_value *value);

/* -1, 0 or 1: numbers by value, strings by code point, date-times by instant. Both are of one of these types. */
int template_value_compare(const struct template_value *a, const struct template_value *b);

#endif

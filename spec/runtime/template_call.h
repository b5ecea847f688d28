/*
 * Calls of the expression language's functions, written as a template would: add(1, [2, null], 'x', {'key': true}).
 * Enough of the language for tables of tests, and no more. Arguments are checked as the renderer checks them.
 */
#ifndef HERALD_SPEC_TEMPLATE_CALL_H
#define HERALD_SPEC_TEMPLATE_CALL_H

#include <stdlib.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/template_arena.h"
#include "runtime/template_function.h"
#include "spec/runtime/check.h"

#define CALL_NOW_MS INT64_C(1795514400000) /* 2026-11-24T10:00:00Z */
#define CALL_ITEMS_MOST 32

struct call_reader {
    const char *at;
    struct template_arena arena;
    struct template_call call; /* of the function called last */
    uint64_t random_count;
    int is_failed;
};

static struct template_value call_value(struct call_reader *reader);

static void call_skip(struct call_reader *reader)
{
    while (*reader->at == ' ')
        reader->at++;
}

static int call_take(struct call_reader *reader, char byte)
{
    call_skip(reader);
    if (*reader->at != byte) return 0;
    reader->at++;
    return 1;
}

/* A backslash stands before a quote or another one. */
static struct template_value call_string(struct call_reader *reader)
{
    char quote = *reader->at++, *bytes = template_arena_take(&reader->arena, strlen(reader->at) + 1);
    size_t len = 0;

    while (*reader->at != quote) {
        CHECK(*reader->at != '\0');
        if (*reader->at == '\\') reader->at++;
        bytes[len++] = *reader->at++;
    }
    reader->at++;
    return template_string(bytes, len);
}

/* As a payload's numbers, which keep their characters. */
static struct template_value call_number(struct call_reader *reader)
{
    size_t len = strspn(reader->at, "+-0123456789.eE");
    struct template_value value;
    char *end;
    long long integer = strtoll(reader->at, &end, 10);

    CHECK(len > 0);
    if (end == reader->at + len) {
        value = template_integer(integer);
    } else {
        value = template_decimal(strtod(reader->at, NULL));
    }
    value.number.text = (struct template_text){reader->at, len};
    reader->at += len;
    return value;
}

static size_t call_items(struct call_reader *reader, char close, struct template_value items[CALL_ITEMS_MOST])
{
    size_t count = 0;

    if (call_take(reader, close)) return 0;
    do {
        CHECK(count < CALL_ITEMS_MOST);
        items[count++] = call_value(reader);
    } while (call_take(reader, ','));
    CHECK(call_take(reader, close));
    return count;
}

static struct template_value call_array(struct call_reader *reader)
{
    struct template_value *items = template_arena_take(&reader->arena, CALL_ITEMS_MOST * sizeof(*items));
    size_t count = call_items(reader, ']', items);

    return (struct template_value){.type = TEMPLATE_ARRAY, .array = {.items = items, .count = count}};
}

static struct template_value call_map(struct call_reader *reader)
{
    struct template_member *members = template_arena_take(&reader->arena, CALL_ITEMS_MOST * sizeof(*members));
    size_t count = 0;

    if (!call_take(reader, '}')) {
        do {
            CHECK(count < CALL_ITEMS_MOST);
            call_skip(reader);
            members[count].key = call_string(reader).text;
            CHECK(call_take(reader, ':'));
            members[count++].value = call_value(reader);
        } while (call_take(reader, ','));
        CHECK(call_take(reader, '}'));
    }
    return (struct template_value){.type = TEMPLATE_MAP, .map = {.members = members, .count = count}};
}

static int call_fits(char letter, enum template_type type)
{
    static const char letters[] = {[TEMPLATE_BOOLEAN] = 'b',  [TEMPLATE_NUMBER] = 'n', [TEMPLATE_STRING] = 's',
                                   [TEMPLATE_DATETIME] = 'd', [TEMPLATE_ARRAY] = 'a',  [TEMPLATE_MAP] = 'm'};

    if (letter == '*') return 1;
    if (type == TEMPLATE_NULL) return letter < 'a';
    return (letter | 0x20) == letters[type];
}

/* What the renderer refuses before the function is called. */
static int call_check(const struct template_function *function, const struct template_value *arguments, size_t count)
{
    const char *parameters = function->parameters;
    int is_optional = 0;
    size_t i = 0;

    for (char last = '\0'; i < count; i++) {
        if (*parameters == '?') {
            is_optional = 1;
            parameters++;
        }
        if (*parameters == '+') {
            if (!call_fits(last, arguments[i].type)) return 0;
            continue;
        }
        last = *parameters;
        if (last == '\0' || !call_fits(last, arguments[i].type)) return 0;
        parameters++;
    }
    return is_optional || *parameters == '\0' || *parameters == '?' || *parameters == '+';
}

static struct template_value call_function(struct call_reader *reader, const char *name, size_t len)
{
    const struct template_function *function = template_function_find(name, len);
    struct template_value arguments[CALL_ITEMS_MOST], out = template_null();
    size_t count = call_items(reader, ')', arguments);

    if (function == NULL) {
        fprintf(stderr, "no function %.*s\n", (int)len, name);
        exit(1);
    }
    if (reader->is_failed) return out;
    reader->call = (struct template_call){.arena = &reader->arena,
                                          .now_ms = CALL_NOW_MS,
                                          .locale = "en_US",
                                          .random_seed = 42,
                                          .random_count = reader->random_count,
                                          .arguments = arguments,
                                          .count = count};
    if (!call_check(function, arguments, count)) {
        template_call_fail(&reader->call, "wrong arguments");
        reader->is_failed = 1;
    } else if (function->call(&reader->call, &out) != STATUS_OK) {
        CHECK(reader->call.message[0] != '\0');
        reader->is_failed = 1;
    } else {
        CHECK(call_fits(function->result, out.type));
    }
    reader->random_count = reader->call.random_count;
    return out;
}

static struct template_value call_value(struct call_reader *reader)
{
    const char *name;
    size_t len;

    call_skip(reader);
    if (*reader->at == '\'' || *reader->at == '"') return call_string(reader);
    if (call_take(reader, '[')) return call_array(reader);
    if (call_take(reader, '{')) return call_map(reader);
    name = reader->at;
    len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    if (len == 0 || (*name >= '0' && *name <= '9')) return call_number(reader);
    reader->at += len;
    if (call_take(reader, '(')) return call_function(reader, name, len);
    if (len == 4 && memcmp(name, "null", 4) == 0) return template_null();
    CHECK((len == 4 && memcmp(name, "true", 4) == 0) || (len == 5 && memcmp(name, "false", 5) == 0));
    return template_boolean(len == 4);
}

static void call_print(struct call_reader *reader, const struct template_value *value, struct buffer *out)
{
    struct template_walk walk = {0};
    struct template_text text;

    if (value->type == TEMPLATE_NULL) {
        buffer_add_string(out, "null");
    } else if (value->type == TEMPLATE_ARRAY) {
        for (size_t i = 0; i < template_array_count(&value->array); i++) {
            struct template_value item = template_array_next(&value->array, &walk, &reader->arena);

            buffer_add_char(out, i == 0 ? '[' : '|');
            call_print(reader, &item, out);
        }
        buffer_add_string(out, template_array_count(&value->array) == 0 ? "[]" : "]");
    } else if (value->type == TEMPLATE_MAP) {
        for (size_t i = 0; i < template_map_count(&value->map); i++) {
            struct template_member member = template_map_next(&value->map, &walk, &reader->arena);

            buffer_add_char(out, i == 0 ? '{' : '|');
            buffer_add(out, member.key.bytes, member.key.len);
            buffer_add_char(out, '=');
            call_print(reader, &member.value, out);
        }
        buffer_add_string(out, template_map_count(&value->map) == 0 ? "{}" : "}");
    } else {
        CHECK_INT(STATUS_OK, template_value_text(value, &reader->arena, &text));
        buffer_add(out, text.bytes, text.len);
    }
}

/* What a call gives: [a|b] for arrays, {key=value} for maps, "error: " and the message where it fails. */
static char *call_evaluate(const char *source)
{
    struct call_reader reader = {.at = source};
    struct template_value value = call_value(&reader);
    struct buffer out = BUFFER_EMPTY;

    CHECK(*reader.at == '\0');
    if (reader.is_failed) {
        buffer_add_format(&out, "error: %s", reader.call.message);
    } else {
        buffer_add(&out, "", 0);
        call_print(&reader, &value, &out);
    }
    template_arena_free(&reader.arena);
    buffer_reserve(&out, 1);
    out.bytes[out.len] = '\0';
    return buffer_take(&out, NULL);
}

struct call_example {
    const char *call, *expected; /* an error's message may go on */
};

/* Evaluates each; names those that give something else, and ends the test. */
static void call_check_all(const struct call_example *examples, size_t count)
{
    int failures = 0;

    for (size_t i = 0; i < count; i++) {
        char *actual = call_evaluate(examples[i].call);
        int is_error = strncmp(examples[i].expected, "error: ", 7) == 0;
        size_t len = is_error ? strlen(examples[i].expected) : strlen(actual) + 1;

        if (strncmp(examples[i].expected, actual, len) != 0) {
            fprintf(stderr, "%s: expected \"%s\", got \"%s\"\n", examples[i].call, examples[i].expected, actual);
            failures++;
        }
        memory_free(actual);
    }
    if (failures > 0) exit(1);
}

#define CALL_CHECK_ALL(examples) call_check_all(examples, sizeof(examples) / sizeof((examples)[0]))

#endif

#include "runtime/template_function.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/status.h"

int template_call_fail(struct template_call *call, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(call->message, sizeof(call->message), format, arguments);
    va_end(arguments);
    return STATUS_INVALID;
}

static int call_concat(struct template_call *call, struct template_value *out)
{
    size_t len = 0;
    char *bytes;

    for (size_t i = 0; i < call->count; i++)
        len += call->arguments[i].text.len;
    bytes = template_arena_take(call->arena, len + 1);
    len = 0;
    for (size_t i = 0; i < call->count; i++) {
        memcpy(bytes + len, call->arguments[i].text.bytes, call->arguments[i].text.len);
        len += call->arguments[i].text.len;
    }
    *out = template_string(bytes, len);
    return STATUS_OK;
}

static int call_count(struct template_call *call, struct template_value *out)
{
    *out = template_integer((int64_t)template_array_count(&call->arguments[0].array));
    return STATUS_OK;
}

static int call_is_not_null(struct template_call *call, struct template_value *out)
{
    *out = template_boolean(call->arguments[0].type != TEMPLATE_NULL);
    return STATUS_OK;
}

static int call_now(struct template_call *call, struct template_value *out)
{
    *out = (struct template_value){.type = TEMPLATE_DATETIME, .datetime = {.ms = call->now_ms}};
    return STATUS_OK;
}

static int call_upper_case(struct template_call *call, struct template_value *out)
{
    struct template_text text = call->arguments[0].text;
    char *bytes = template_arena_take(call->arena, text.len + 1);

    for (size_t i = 0; i < text.len; i++)
        bytes[i] = (char)toupper((unsigned char)text.bytes[i]);
    *out = template_string(bytes, text.len);
    return STATUS_OK;
}

static int call_url_encode(struct template_call *call, struct template_value *out)
{
    static const char digits[] = "0123456789ABCDEF";
    struct template_text text = call->arguments[0].text;
    char *bytes = template_arena_take(call->arena, text.len * 3 + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];

        if (isalnum(byte) || (byte != 0 && strchr("-._~", byte) != NULL)) {
            bytes[len++] = (char)byte;
        } else {
            bytes[len++] = '%';
            bytes[len++] = digits[byte >> 4];
            bytes[len++] = digits[byte & 15];
        }
    }
    *out = template_string(bytes, len);
    return STATUS_OK;
}

static const struct template_function functions[] = {
    {"concat", "ss+", 's', true, call_concat},       {"count", "a", 'n', true, call_count},
    {"isNotNull", "*", 'b', true, call_is_not_null}, {"now", "", 'd', false, call_now},
    {"upperCase", "s", 's', true, call_upper_case},  {"urlEncode", "s", 's', true, call_url_encode},
};

const struct template_function *template_function_list(size_t *out_count)
{
    *out_count = sizeof(functions) / sizeof(functions[0]);
    return functions;
}

const struct template_function *template_function_find(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strlen(functions[i].name) == len && memcmp(functions[i].name, name, len) == 0) return &functions[i];
    }
    return NULL;
}

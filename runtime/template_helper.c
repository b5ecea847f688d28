/* Calls of the helpers that a project adds: values go out as plain data, and one comes back. */
#include <string.h>

#include "runtime/payload.h"
#include "runtime/status.h"
#include "runtime/template_render.h"

static void add_json(struct template_renderer *renderer, const struct template_value *value, struct buffer *out);

static void add_json_array(struct template_renderer *renderer, const struct template_array *array, struct buffer *out)
{
    buffer_add_char(out, '[');
    for (size_t i = 0; i < array->count; i++) {
        if (i > 0) buffer_add_char(out, ',');
        add_json(renderer, &array->items[i], out);
    }
    buffer_add_char(out, ']');
}

static void add_json_map(struct template_renderer *renderer, const struct template_map *map, struct buffer *out)
{
    buffer_add_char(out, '{');
    for (size_t i = 0; i < map->count; i++) {
        if (i > 0) buffer_add_char(out, ',');
        payload_quote(map->members[i].key.bytes, map->members[i].key.len, out);
        buffer_add_char(out, ':');
        add_json(renderer, &map->members[i].value, out);
    }
    buffer_add_char(out, '}');
}

static void add_json(struct template_renderer *renderer, const struct template_value *value, struct buffer *out)
{
    const struct payload *payload = value->type == TEMPLATE_ARRAY ? value->array.payload
                                    : value->type == TEMPLATE_MAP ? value->map.payload
                                                                  : NULL;
    struct template_text text;

    if (payload != NULL) {
        text.bytes =
            payload_raw(payload, value->type == TEMPLATE_ARRAY ? value->array.node : value->map.node, &text.len);
        buffer_add(out, text.bytes, text.len);
    } else if (value->type == TEMPLATE_ARRAY) {
        add_json_array(renderer, &value->array, out);
    } else if (value->type == TEMPLATE_MAP) {
        add_json_map(renderer, &value->map, out);
    } else if (value->type == TEMPLATE_NULL) {
        buffer_add_string(out, "null");
    } else if (template_value_text(value, &renderer->arena, &text) == STATUS_OK) {
        bool is_plain = value->type == TEMPLATE_BOOLEAN || value->type == TEMPLATE_NUMBER;

        if (is_plain) {
            buffer_add(out, text.bytes, text.len);
        } else {
            payload_quote(text.bytes, text.len, out);
        }
    }
}

static void set_text(struct template_argument *argument, struct template_text text)
{
    argument->text = text.bytes;
    argument->len = text.len;
}

static void set_json(struct template_renderer *renderer, const struct template_value *value,
                     struct template_argument *argument)
{
    struct buffer json = BUFFER_EMPTY;

    argument->kind = ARGUMENT_JSON;
    add_json(renderer, value, &json);
    set_text(argument, template_arena_copy(&renderer->arena, json.bytes, json.len));
    buffer_free(&json);
}

static void fill_argument(struct template_renderer *renderer, const struct template_value *value,
                          struct template_argument *argument)
{
    struct template_text text;

    switch (value->type) {
    case TEMPLATE_NULL: argument->kind = ARGUMENT_NIL; return;
    case TEMPLATE_BOOLEAN:
        argument->kind = ARGUMENT_BOOLEAN;
        argument->boolean = value->boolean;
        return;
    case TEMPLATE_NUMBER:
        argument->kind = value->number.is_integer ? ARGUMENT_INTEGER : ARGUMENT_DECIMAL;
        argument->integer = value->number.integer;
        argument->decimal = value->number.decimal;
        return;
    case TEMPLATE_STRING:
    case TEMPLATE_DATETIME:
        argument->kind = ARGUMENT_STRING;
        if (template_value_text(value, &renderer->arena, &text) != STATUS_OK) text = (struct template_text){"", 0};
        set_text(argument, text);
        return;
    case TEMPLATE_ARRAY:
    case TEMPLATE_MAP: set_json(renderer, value, argument); return;
    }
}

static struct template_value result_value(struct template_renderer *renderer, const struct template_argument *result)
{
    switch (result->kind) {
    case ARGUMENT_NIL: break;
    case ARGUMENT_BOOLEAN: return template_boolean(result->boolean);
    case ARGUMENT_INTEGER: return template_integer(result->integer);
    case ARGUMENT_DECIMAL: return template_decimal(result->decimal);
    case ARGUMENT_STRING:
    case ARGUMENT_JSON: return template_string_copy(&renderer->arena, result->text, result->len);
    }
    return template_null();
}

static int fill_arguments(struct template_renderer *renderer, const struct template_expression *expression,
                          const struct template_scope *scope, struct template_argument *arguments)
{
    uint32_t total = expression->count + expression->pair_count;

    for (uint32_t i = 0; i < total; i++) {
        bool is_pair = i >= expression->count;
        const struct template_pair *pair = is_pair ? &expression->pairs[i - expression->count] : NULL;
        struct template_value value;
        int status = template_evaluate(renderer, is_pair ? pair->value : expression->arguments[i], scope, &value);

        if (status != STATUS_OK) return status;
        if (is_pair) {
            arguments[i].name = pair->name.bytes;
            arguments[i].name_len = pair->name.len;
        }
        fill_argument(renderer, &value, &arguments[i]);
    }
    return STATUS_OK;
}

int template_call_helper(struct template_renderer *renderer, const struct template_expression *expression,
                         const struct template_scope *scope, struct template_value *out)
{
    const struct template_helpers *helpers = renderer->input->helpers;
    uint32_t total = expression->count + expression->pair_count;
    struct template_argument *arguments = template_arena_zeroed(&renderer->arena, total + 1, sizeof(*arguments)),
                             result = {.kind = ARGUMENT_NIL};
    struct template_text name = expression->name;
    char message[200] = "";
    int status;

    if (helpers == NULL) {
        return template_render_fail(renderer, expression->unit, expression->offset, STATUS_INVALID,
                                    "the helper %.*s is not there", (int)name.len, name.bytes);
    }
    status = fill_arguments(renderer, expression, scope, arguments);
    if (status == STATUS_OK) status = template_render_step(renderer, expression->unit, expression->offset);
    if (status != STATUS_OK) return status;
    status = helpers->call(helpers->arg, name.bytes, name.len, arguments, total, &result, message, sizeof(message));
    if (status != STATUS_OK) {
        return template_render_fail(renderer, expression->unit, expression->offset, status, "%.*s: %s", (int)name.len,
                                    name.bytes, message);
    }
    *out = result_value(renderer, &result);
    return STATUS_OK;
}

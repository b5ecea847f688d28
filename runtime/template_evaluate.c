/* Expressions while rendering: values, operators, calls. Types that were not known when compiling are checked here. */
#include <stdio.h>
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_parse.h"
#include "runtime/template_render.h"

/* Values in the arena may take this many times the bytes that the output may have. */
#define ARENA_FACTOR 16

static int fail_type(struct template_renderer *renderer, const struct template_expression *expression,
                     const char *where, const char *wanted, const struct template_value *got)
{
    const struct template_text name =
        expression->kind == EXPRESSION_PATH ? expression->path->original : (struct template_text){"this value", 10};

    if (got->type == TEMPLATE_NULL) {
        return template_render_fail(renderer, expression->unit, expression->offset, STATUS_INVALID,
                                    "%s: %.*s is %s, where %s is needed; a default can stand behind ?:", where,
                                    (int)name.len, name.bytes, got->is_missing ? "missing" : "null", wanted);
    }
    return template_render_fail(renderer, expression->unit, expression->offset, STATUS_INVALID,
                                "%s: %.*s has to be %s, not %s", where, (int)name.len, name.bytes, wanted,
                                template_letter_name(template_letter_of(got->type)));
}

static int check_argument(struct template_renderer *renderer, const struct template_expression *call, uint32_t index,
                          const struct template_value *value)
{
    char letter = template_parameter(call->function, index), where[64];

    if (template_letter_takes(letter, template_letter_of(value->type))) return STATUS_OK;
    snprintf(where, sizeof(where), "%s, argument %u", call->function->name, index + 1);
    return fail_type(renderer, call->arguments[index], where, template_letter_name(letter), value);
}

static int check_size(struct template_renderer *renderer, const struct template_expression *expression)
{
    size_t most = renderer->input->limits->output_size;

    if (renderer->arena.total / ARENA_FACTOR <= most)
        return template_render_step(renderer, expression->unit, expression->offset);
    return template_render_fail(renderer, expression->unit, expression->offset, STATUS_LIMIT,
                                "the values of this template take up too much memory");
}

static int call_function(struct template_renderer *renderer, const struct template_expression *expression,
                         const struct template_scope *scope, struct template_value *out)
{
    struct template_call *call = &renderer->call;
    struct template_value *values = template_arena_take(&renderer->arena, (expression->count + 1) * sizeof(*values));
    const char *name = expression->function->name;
    int status;

    for (uint32_t i = 0; i < expression->count; i++) {
        status = template_evaluate(renderer, expression->arguments[i], scope, &values[i]);
        if (status == STATUS_OK) status = check_argument(renderer, expression, i, &values[i]);
        if (status != STATUS_OK) return status;
    }
    call->arena = &renderer->arena;
    call->arguments = values;
    call->count = expression->count;
    call->message[0] = '\0';
    status = expression->function->call(call, out);
    if (status == STATUS_OK) return check_size(renderer, expression);
    if (strncmp(call->message, name, strlen(name)) == 0) {
        return template_render_fail(renderer, expression->unit, expression->offset, status, "%s", call->message);
    }
    return template_render_fail(renderer, expression->unit, expression->offset, status, "%s: %s", name, call->message);
}

/* A name alone: data of that name comes before a function. */
static int evaluate_function(struct template_renderer *renderer, const struct template_expression *expression,
                             const struct template_scope *scope, struct template_value *out)
{
    if (expression->path != NULL) {
        struct template_item item = template_lookup(renderer, expression->path, scope, out);

        if (!template_item_is_missing(item)) {
            *out = template_item_value(renderer, item);
            return STATUS_OK;
        }
    }
    return call_function(renderer, expression, scope, out);
}

/* {{lookup object name}} */
static int evaluate_lookup(struct template_renderer *renderer, const struct template_expression *expression,
                           const struct template_scope *scope, struct template_value *out)
{
    struct template_value object_room, name, *room = template_arena_take(&renderer->arena, sizeof(*room));
    struct template_segment segment = {.index = UINT32_MAX};
    struct template_item item;
    int status = template_evaluate_item(renderer, expression->arguments[0], scope, &object_room, &item);

    if (status == STATUS_OK) status = template_evaluate(renderer, expression->arguments[1], scope, &name);
    if (status != STATUS_OK) return status;
    if (template_value_text(&name, &renderer->arena, &segment.text) != STATUS_OK) {
        return fail_type(renderer, expression->arguments[1], "lookup", "a string or a number", &name);
    }
    if (name.type == TEMPLATE_NUMBER && name.number.is_integer && name.number.integer >= 0 &&
        name.number.integer < UINT32_MAX) {
        segment.index = (uint32_t)name.number.integer;
    }
    item = template_lookup_member(renderer, item, &segment, room);
    *out = template_item_value(renderer, item);
    return STATUS_OK;
}

/* Arrays nest only as they are written, or a loop could nest them without end. */
static bool may_nest(const struct template_expression *item, const struct template_value *value)
{
    if (item->kind == EXPRESSION_ARRAY) return true;
    if (value->type == TEMPLATE_ARRAY) return value->array.payload != NULL;
    return value->type != TEMPLATE_MAP || value->map.payload != NULL;
}

static int evaluate_array(struct template_renderer *renderer, const struct template_expression *expression,
                          const struct template_scope *scope, struct template_value *out)
{
    struct template_value *items = template_arena_take(&renderer->arena, (expression->count + 1) * sizeof(*items));

    for (uint32_t i = 0; i < expression->count; i++) {
        const struct template_expression *item = expression->arguments[i];
        int status = template_evaluate(renderer, item, scope, &items[i]);

        if (status != STATUS_OK) return status;
        if (may_nest(item, &items[i])) continue;
        return template_render_fail(renderer, item->unit, item->offset, STATUS_INVALID,
                                    "an array that was made here cannot be put into another one");
    }
    *out = (struct template_value){.type = TEMPLATE_ARRAY, .array = {NULL, 0, items, expression->count}};
    return check_size(renderer, expression);
}

/* A condition of and, or and not: null counts as false. */
static int evaluate_boolean(struct template_renderer *renderer, const struct template_expression *operand,
                            const char *where, const struct template_scope *scope, bool *out)
{
    struct template_value value;
    int status = template_evaluate(renderer, operand, scope, &value);

    if (status != STATUS_OK) return status;
    if (value.type != TEMPLATE_BOOLEAN && value.type != TEMPLATE_NULL)
        return fail_type(renderer, operand, where, "a boolean", &value);
    *out = value.type == TEMPLATE_BOOLEAN && value.boolean;
    return STATUS_OK;
}

static int evaluate_logic(struct template_renderer *renderer, const struct template_expression *expression,
                          const struct template_scope *scope, struct template_value *out)
{
    bool is_and = expression->kind == EXPRESSION_AND, holds;
    const char *where = expression->kind == EXPRESSION_NOT ? "`not`" : is_and ? "`and`" : "`or`";
    int status = evaluate_boolean(renderer, expression->arguments[0], where, scope, &holds);

    if (status == STATUS_OK && expression->kind == EXPRESSION_NOT) {
        holds = !holds;
    } else if (status == STATUS_OK && holds == is_and) {
        status = evaluate_boolean(renderer, expression->arguments[1], where, scope, &holds);
    }
    if (status == STATUS_OK) *out = template_boolean(holds);
    return status;
}

static int evaluate_default(struct template_renderer *renderer, const struct template_expression *expression,
                            const struct template_scope *scope, struct template_value *out)
{
    int status = template_evaluate(renderer, expression->arguments[0], scope, out);

    if (status != STATUS_OK) return status;
    if (out->type != TEMPLATE_NULL && !(out->type == TEMPLATE_STRING && out->text.len == 0)) return STATUS_OK;
    return template_evaluate(renderer, expression->arguments[1], scope, out);
}

static int evaluate_pair(struct template_renderer *renderer, const struct template_expression *expression,
                         const struct template_scope *scope, struct template_value *a, struct template_value *b)
{
    int status = template_evaluate(renderer, expression->arguments[0], scope, a);

    return status == STATUS_OK ? template_evaluate(renderer, expression->arguments[1], scope, b) : status;
}

static int fail_comparison(struct template_renderer *renderer, const struct template_expression *expression,
                           const struct template_value *a, const struct template_value *b)
{
    return template_render_fail(renderer, expression->unit, expression->offset, STATUS_INVALID,
                                "a comparison of values of two types, %s and %s",
                                template_letter_name(template_letter_of(a->type)),
                                template_letter_name(template_letter_of(b->type)));
}

static int evaluate_equal(struct template_renderer *renderer, const struct template_expression *expression,
                          const struct template_scope *scope, struct template_value *out)
{
    struct template_value a, b;
    int status = evaluate_pair(renderer, expression, scope, &a, &b);
    bool is_equal;

    if (status != STATUS_OK) return status;
    if (a.type != b.type && a.type != TEMPLATE_NULL && b.type != TEMPLATE_NULL)
        return fail_comparison(renderer, expression, &a, &b);
    is_equal = template_value_equal(&a, &b, &renderer->arena);
    *out = template_boolean(is_equal == (expression->kind == EXPRESSION_EQUAL));
    if (a.type == TEMPLATE_ARRAY || a.type == TEMPLATE_MAP)
        return template_render_step(renderer, expression->unit, expression->offset);
    return STATUS_OK;
}

static int compare_texts(struct template_text a, struct template_text b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.bytes, b.bytes, len);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static bool holds_for(enum template_expression_kind kind, int order)
{
    if (kind == EXPRESSION_LESS) return order < 0;
    if (kind == EXPRESSION_LESS_EQUAL) return order <= 0;
    return kind == EXPRESSION_GREATER ? order > 0 : order >= 0;
}

static int evaluate_order(struct template_renderer *renderer, const struct template_expression *expression,
                          const struct template_scope *scope, struct template_value *out)
{
    static const char wanted[] = "a number, a string or a datetime";
    struct template_value a, b;
    int status = evaluate_pair(renderer, expression, scope, &a, &b), order = 0;

    if (status != STATUS_OK) return status;
    if (a.type == TEMPLATE_NULL) return fail_type(renderer, expression->arguments[0], "a comparison", wanted, &a);
    if (b.type == TEMPLATE_NULL) return fail_type(renderer, expression->arguments[1], "a comparison", wanted, &b);
    if (a.type != b.type) return fail_comparison(renderer, expression, &a, &b);
    switch (a.type) {
    case TEMPLATE_NUMBER: order = template_number_compare(&a.number, &b.number); break;
    case TEMPLATE_STRING: order = compare_texts(a.text, b.text); break;
    case TEMPLATE_DATETIME: order = (a.datetime.ms > b.datetime.ms) - (a.datetime.ms < b.datetime.ms); break;
    case TEMPLATE_NULL:
    case TEMPLATE_BOOLEAN:
    case TEMPLATE_ARRAY:
    case TEMPLATE_MAP: return fail_type(renderer, expression->arguments[0], "a comparison", wanted, &a);
    }
    *out = template_boolean(holds_for(expression->kind, order));
    return STATUS_OK;
}

static int evaluate_number(struct template_renderer *renderer, const struct template_expression *operand,
                           const char *where, const struct template_scope *scope, struct template_value *out)
{
    int status = template_evaluate(renderer, operand, scope, out);

    if (status != STATUS_OK || out->type == TEMPLATE_NUMBER) return status;
    if (where[1] == '+' && out->type == TEMPLATE_STRING) {
        return template_render_fail(renderer, operand->unit, operand->offset, STATUS_INVALID,
                                    "`+` adds numbers, and this is a string; join strings with concat(…)");
    }
    return fail_type(renderer, operand, where, "a number", out);
}

static int evaluate_arithmetic(struct template_renderer *renderer, const struct template_expression *expression,
                               const struct template_scope *scope, struct template_value *out)
{
    static const char *const names[] = {"`+`", "`-`", "`*`", "`/`", "`%`"};
    const char *name = names[expression->arithmetic], *why;
    struct template_value a, b;
    int status = evaluate_number(renderer, expression->arguments[0], name, scope, &a);

    if (status == STATUS_OK) status = evaluate_number(renderer, expression->arguments[1], name, scope, &b);
    if (status != STATUS_OK) return status;
    if (template_number_compute(expression->arithmetic, &a.number, &b.number, out, &why) == STATUS_OK) return STATUS_OK;
    return template_render_fail(renderer, expression->unit, expression->offset, STATUS_INVALID, "%s: %s", name, why);
}

static int evaluate_negation(struct template_renderer *renderer, const struct template_expression *expression,
                             const struct template_scope *scope, struct template_value *out)
{
    struct template_value zero = template_integer(0), value;
    const char *why;
    int status = evaluate_number(renderer, expression->arguments[0], "`-`", scope, &value);

    if (status != STATUS_OK) return status;
    if (template_number_compute(ARITHMETIC_SUBTRACT, &zero.number, &value.number, out, &why) == STATUS_OK)
        return STATUS_OK;
    return template_render_fail(renderer, expression->unit, expression->offset, STATUS_INVALID, "`-`: %s", why);
}

static int evaluate_member(struct template_renderer *renderer, const struct template_expression *expression,
                           const struct template_scope *scope, struct template_value *out)
{
    const struct template_segment *name = &expression->path->segments[0];
    struct template_value object, room;
    struct template_item item;
    int status = template_evaluate_item(renderer, expression->arguments[0], scope, &object, &item);

    if (status != STATUS_OK) return status;
    if (template_gathers(renderer, item, name)) {
        *out = template_gather(renderer, expression->path, 0, item);
        return check_size(renderer, expression);
    }
    *out = template_item_value(renderer, template_lookup_member(renderer, item, name, &room));
    return STATUS_OK;
}

static void evaluate_property(struct template_renderer *renderer, const struct template_expression *expression,
                              const struct template_scope *scope, struct template_value *out)
{
    const struct template_path *path = expression->path;

    if (template_find_variable(renderer, path->segments[0].text) != NULL) {
        *out = template_item_value(renderer, template_lookup(renderer, path, scope, out));
    } else {
        *out = template_string(path->original.bytes, path->original.len);
    }
}

/* Of an array's elements, in the arena. */
static bool is_gathered(const struct template_value *value)
{
    return value->type == TEMPLATE_ARRAY && value->array.payload == NULL;
}

int template_evaluate(struct template_renderer *renderer, const struct template_expression *expression,
                      const struct template_scope *scope, struct template_value *out)
{
    switch (expression->kind) {
    case EXPRESSION_LITERAL: *out = expression->literal; return STATUS_OK;
    case EXPRESSION_MEMBER: return evaluate_member(renderer, expression, scope, out);
    case EXPRESSION_PROPERTY: evaluate_property(renderer, expression, scope, out); return STATUS_OK;
    case EXPRESSION_PATH:
        *out = template_item_value(renderer, template_lookup(renderer, expression->path, scope, out));
        return is_gathered(out) ? check_size(renderer, expression) : STATUS_OK;
    case EXPRESSION_FUNCTION: return evaluate_function(renderer, expression, scope, out);
    case EXPRESSION_HELPER: return template_call_helper(renderer, expression, scope, out);
    case EXPRESSION_LOOKUP: return evaluate_lookup(renderer, expression, scope, out);
    case EXPRESSION_ARRAY: return evaluate_array(renderer, expression, scope, out);
    case EXPRESSION_AND:
    case EXPRESSION_OR:
    case EXPRESSION_NOT: return evaluate_logic(renderer, expression, scope, out);
    case EXPRESSION_DEFAULT: return evaluate_default(renderer, expression, scope, out);
    case EXPRESSION_EQUAL:
    case EXPRESSION_UNEQUAL: return evaluate_equal(renderer, expression, scope, out);
    case EXPRESSION_LESS:
    case EXPRESSION_LESS_EQUAL:
    case EXPRESSION_GREATER:
    case EXPRESSION_GREATER_EQUAL: return evaluate_order(renderer, expression, scope, out);
    case EXPRESSION_ARITHMETIC: return evaluate_arithmetic(renderer, expression, scope, out);
    case EXPRESSION_NEGATE: return evaluate_negation(renderer, expression, scope, out);
    }
    return STATUS_INVALID;
}

int template_evaluate_item(struct template_renderer *renderer, const struct template_expression *expression,
                           const struct template_scope *scope, struct template_value *room, struct template_item *out)
{
    int status;

    if (expression->kind == EXPRESSION_PATH) {
        *out = template_lookup(renderer, expression->path, scope, room);
        return out->value != NULL && is_gathered(out->value) ? check_size(renderer, expression) : STATUS_OK;
    }
    status = template_evaluate(renderer, expression, scope, room);
    *out = status == STATUS_OK ? template_item_settle(renderer, (struct template_item){0, room})
                               : (struct template_item){0, NULL};
    return status;
}

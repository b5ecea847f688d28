/* One value of many: sums, means, extremes and counts. Nulls do not count, where the name does not say so. */
#include "runtime/status.h"
#include "runtime/template_arena.h"
#include "runtime/template_argument.h"
#include "runtime/template_do.h"
#include "runtime/template_number.h"

static size_t count_nulls(struct template_call *call)
{
    const struct template_array *array = &call->arguments[0].array;
    size_t count = template_array_count(array), nulls = 0;
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        if (template_array_next(array, &walk, call->arena).type == TEMPLATE_NULL) nulls++;
    }
    return nulls;
}

int template_do_count(struct template_call *call, struct template_value *out)
{
    *out = template_integer((int64_t)(template_array_count(&call->arguments[0].array) - count_nulls(call)));
    return STATUS_OK;
}

int template_do_count_only_null(struct template_call *call, struct template_value *out)
{
    *out = template_integer((int64_t)count_nulls(call));
    return STATUS_OK;
}

int template_do_count_with_null(struct template_call *call, struct template_value *out)
{
    *out = template_integer((int64_t)template_array_count(&call->arguments[0].array));
    return STATUS_OK;
}

struct total {
    size_t count;
    int64_t integer;
    int64_t carries; /* times 2 to the power of 64, what the integer is short of */
    bool is_integer;
    long double decimal;
};

static int add_up(struct template_call *call, struct total *out)
{
    const struct template_array *array = &call->arguments[0].array;
    size_t count = template_array_count(array);
    struct total total = {.is_integer = true};
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        struct template_value item = template_array_next(array, &walk, call->arena);

        if (item.type == TEMPLATE_NULL) continue;
        if (item.type != TEMPLATE_NUMBER) {
            return template_call_fail(call, "argument 1: element %zu: expected a number, got %s", i + 1,
                                      template_type_name(item.type));
        }
        total.count++;
        total.is_integer = total.is_integer && item.number.is_integer;
        if (total.is_integer && __builtin_add_overflow(total.integer, item.number.integer, &total.integer)) {
            total.carries += item.number.integer < 0 ? -1 : 1;
        }
        total.decimal += item.number.is_integer ? (long double)item.number.integer : (long double)item.number.decimal;
    }
    *out = total;
    return STATUS_OK;
}

static int give_decimal(struct template_call *call, long double value, struct template_value *out)
{
    if (template_number_round(value, out) == STATUS_OK) return STATUS_OK;
    return template_call_fail(call, "the result is too large for a number");
}

int template_do_sum(struct template_call *call, struct template_value *out)
{
    struct total total;

    if (add_up(call, &total) != STATUS_OK) return STATUS_INVALID;
    if (!total.is_integer) return give_decimal(call, total.decimal, out);
    if (total.carries != 0) return template_call_fail(call, "the sum is too large for an integer");
    *out = template_integer(total.integer);
    return STATUS_OK;
}

int template_do_average(struct template_call *call, struct template_value *out)
{
    struct total total;

    if (add_up(call, &total) != STATUS_OK) return STATUS_INVALID;
    if (total.count == 0) {
        *out = template_null();
    } else if (total.is_integer && total.carries == 0 && total.integer % (int64_t)total.count == 0) {
        *out = template_integer(total.integer / (int64_t)total.count);
    } else {
        return give_decimal(call, total.decimal / (long double)total.count, out);
    }
    return STATUS_OK;
}

/* The item that comes last in the order (1) or first (-1); null where there is none. */
static int pick(struct template_call *call, int order, struct template_value *out)
{
    const struct template_array *array = &call->arguments[0].array;
    struct template_value best = template_null();
    size_t count = template_array_count(array);
    struct template_walk walk = {0};

    for (size_t i = 0; i < count && !template_watch_turn(call->arena->watch); i++) {
        struct template_value item = template_array_next(array, &walk, call->arena);

        if (item.type == TEMPLATE_NULL) continue;
        if (!template_value_has_order(&item)) {
            return template_call_fail(call, "argument 1: element %zu: expected a number, got %s", i + 1,
                                      template_type_name(item.type));
        }
        if (best.type != TEMPLATE_NULL && best.type != item.type) {
            return template_call_fail(call, "argument 1: element %zu: a value of type %s among those of type %s", i + 1,
                                      template_type_name(item.type), template_type_name(best.type));
        }
        if (best.type == TEMPLATE_NULL || template_value_compare(&item, &best) == order) best = item;
    }
    *out = best;
    return STATUS_OK;
}

int template_do_max(struct template_call *call, struct template_value *out)
{
    return pick(call, 1, out);
}

int template_do_min(struct template_call *call, struct template_value *out)
{
    return pick(call, -1, out);
}

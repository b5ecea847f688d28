/*
 * The typed expressions of {% %}: read by precedence, loosest first:
 *
 *   or · and · not · = != < <= > >= · ?: · + - · * / % · - (sign) · (…) […] "…" 12 path f(…)
 *
 * Types are checked as far as they are known; the rest is checked while rendering.
 */
#include <string.h>

#include "runtime/status.h"
#include "runtime/template_parse.h"

#define ITEMS_MOST 256
#define TOO_LONG "this expression is too long: more than %d operators or names stand in a row"

struct operator_word {
    const char *word;
    enum template_expression_kind kind;
    enum template_arithmetic arithmetic;
};

static int read_or(struct template_reader *reader, struct template_expression **out);

static struct template_expression *combine(struct template_reader *reader, enum template_expression_kind kind,
                                           size_t offset, struct template_expression *left,
                                           struct template_expression *right)
{
    struct template_expression *expression = template_expression_new(reader, kind, offset);

    expression->count = right != NULL ? 2 : 1;
    expression->arguments = template_arena_zeroed(&reader->template->arena, 2, sizeof(left));
    expression->arguments[0] = left;
    expression->arguments[1] = right;
    return expression;
}

static int expect_type(struct template_reader *reader, const struct template_expression *operand, char letter,
                       const char *operator_name)
{
    if (template_letter_takes(letter, operand->type)) return STATUS_OK;
    if (*operator_name == '+' && (operand->type == 's' || operand->type == 'S')) {
        return template_reader_fail(reader, operand->offset,
                                    "`+` adds numbers, and this is a string; join strings with concat(…)");
    }
    return template_reader_fail(reader, operand->offset, "`%s` needs %s here, not %s", operator_name,
                                template_letter_name(letter), template_letter_name(operand->type));
}

/* --- What stands by itself --- */

static int read_items(struct template_reader *reader, const char *closing, struct template_expression *first,
                      struct template_expression ***out, uint32_t *out_count)
{
    struct template_expression *items[ITEMS_MOST];
    uint32_t count = 0;

    if (first != NULL) items[count++] = first;
    if (!template_reader_accept(reader, closing)) {
        do {
            if (count == ITEMS_MOST)
                return template_reader_fail(reader, reader->at, "there are more than %d items here", ITEMS_MOST);
            if (read_or(reader, &items[count++]) != STATUS_OK) return STATUS_INVALID;
        } while (template_reader_accept(reader, ","));
        if (!template_reader_accept(reader, closing))
            return template_reader_fail(reader, reader->at, "expected , or %s here", closing);
    }
    *out = template_arena_zeroed(&reader->template->arena, count + 1, sizeof(items[0]));
    memcpy(*out, items, count * sizeof(items[0]));
    *out_count = count;
    return STATUS_OK;
}

/* Behind the (. first: the object of object.f(…). */
static int read_call(struct template_reader *reader, struct template_text name, size_t offset,
                     struct template_expression *first, struct template_expression **out)
{
    struct template_expression *call = template_expression_new(reader, EXPRESSION_FUNCTION, offset);

    call->name = name;
    if (read_items(reader, ")", first, &call->arguments, &call->count) != STATUS_OK) return STATUS_INVALID;
    *out = call;
    return template_make_call(reader, call);
}

static int read_name(struct template_reader *reader, struct template_expression **out)
{
    size_t offset = reader->at;
    struct template_path *path;
    struct template_expression *expression;

    if (template_read_path(reader, true, &path) != STATUS_OK) return STATUS_INVALID;
    expression = template_expression_new(reader, EXPRESSION_PATH, offset);
    expression->path = path;
    expression->name = path->original;
    *out = expression;
    if (path->start == PATH_DATA || !template_reader_accept(reader, "(")) return STATUS_OK;
    if (path->is_simple) return read_call(reader, path->original, offset, NULL, out);
    if (path->count == 0) return template_reader_fail(reader, offset, "expected the name of a function before the (");
    path->count--;
    path->is_simple = path->count == 1;
    return read_call(reader, path->segments[path->count].text, offset, expression, out);
}

static struct template_expression *new_member(struct template_reader *reader, size_t offset,
                                              struct template_expression *object, struct template_text name)
{
    struct template_expression *member = combine(reader, EXPRESSION_MEMBER, offset, object, NULL);

    member->path = template_arena_zeroed(&reader->template->arena, 1, sizeof(*member->path));
    member->path->segments = template_arena_zeroed(&reader->template->arena, 1, sizeof(*member->path->segments));
    member->path->segments[0] = (struct template_segment){name, UINT32_MAX};
    member->path->count = 1;
    return member;
}

/* Behind a value that is no path: .name, .f(…) and so on. */
static int read_members(struct template_reader *reader, struct template_expression **out)
{
    for (size_t chain = 0; (*out)->kind != EXPRESSION_PATH && template_reader_is_at(reader, "."); chain++) {
        size_t offset = ++reader->at;
        struct template_text name;

        if (chain == ITEMS_MOST) return template_reader_fail(reader, offset, TOO_LONG, ITEMS_MOST);
        if (!template_read_word(reader, false, &name)) {
            return template_reader_fail(reader, offset, "expected a name behind the point");
        }
        if (!template_reader_accept(reader, "(")) {
            *out = new_member(reader, offset, *out, name);
        } else if (read_call(reader, name, offset, *out, out) != STATUS_OK) {
            return STATUS_INVALID;
        }
    }
    return STATUS_OK;
}

static int read_value(struct template_reader *reader, struct template_expression **out)
{
    size_t offset;

    template_reader_skip_space(reader);
    offset = reader->at;
    if (offset == reader->len || template_reader_is_at(reader, "%}") || template_reader_is_at(reader, "~%}")) {
        return template_reader_fail(reader, offset, "something is missing here: expected a value");
    }
    if (template_reader_accept(reader, "(")) {
        if (read_or(reader, out) != STATUS_OK) return STATUS_INVALID;
        return template_reader_accept(reader, ")") ? STATUS_OK
                                                   : template_reader_fail(reader, reader->at, "expected a closing )");
    }
    if (template_reader_accept(reader, "[")) {
        *out = template_expression_new(reader, EXPRESSION_ARRAY, offset);
        (*out)->type = 'a';
        return read_items(reader, "]", NULL, &(*out)->arguments, &(*out)->count);
    }
    if (template_reader_is_at(reader, "!"))
        return template_reader_fail(reader, offset, "`!` is not an operator here; use `not`");
    if (template_read_literal(reader, out) != STATUS_OK) return STATUS_INVALID;
    return *out != NULL ? STATUS_OK : read_name(reader, out);
}

static int read_primary(struct template_reader *reader, struct template_expression **out)
{
    return read_value(reader, out) == STATUS_OK ? read_members(reader, out) : STATUS_INVALID;
}

/* -9223372036854775808: an integer, and exact, though without its sign it is too large for one. */
static bool take_least(const struct template_reader *reader, size_t sign, struct template_expression *operand)
{
    struct template_text text = operand->literal.number.text;
    struct template_number number;

    if (operand->kind != EXPRESSION_LITERAL || operand->literal.type != TEMPLATE_NUMBER) return false;
    if (operand->literal.number.is_integer || text.bytes != reader->bytes + sign + 1) return false;
    number = template_number_read((struct template_text){text.bytes - 1, text.len + 1});
    if (!number.is_integer) return false;
    operand->literal.number = number;
    return true;
}

static int read_sign(struct template_reader *reader, struct template_expression **out)
{
    size_t offset;
    int status;

    template_reader_skip_space(reader);
    offset = reader->at;
    if (!template_reader_is_at(reader, "-")) return read_primary(reader, out);
    reader->at++;
    if (template_reader_enter(reader, offset) != STATUS_OK) return STATUS_INVALID;
    status = read_sign(reader, out);
    reader->depth--;
    if (status != STATUS_OK || expect_type(reader, *out, 'n', "-") != STATUS_OK) return STATUS_INVALID;
    if (take_least(reader, offset, *out)) return STATUS_OK;
    *out = combine(reader, EXPRESSION_NEGATE, offset, *out, NULL);
    (*out)->type = 'n';
    return STATUS_OK;
}

/* --- Operators, from the tightest to the loosest --- */

static const struct operator_word *accept_operator(struct template_reader *reader, const struct operator_word *words,
                                                   size_t count)
{
    template_reader_skip_space(reader);
    for (size_t i = 0; i < count; i++) {
        if (!template_reader_is_at(reader, words[i].word)) continue;
        if (words[i].word[0] == '%' && (template_reader_is_at(reader, "%}") || reader->at + 1 == reader->len)) return NULL;
        reader->at += strlen(words[i].word);
        return &words[i];
    }
    return NULL;
}

static int read_arithmetic(struct template_reader *reader, const struct operator_word *words, size_t count,
                           int (*read_operand)(struct template_reader *reader, struct template_expression **out),
                           struct template_expression **out)
{
    const struct operator_word *operator;
    size_t chain = 0;

    if (read_operand(reader, out) != STATUS_OK) return STATUS_INVALID;
    while ((operator= accept_operator(reader, words, count)) != NULL) {
        size_t offset = reader->at - strlen(operator->word);
        struct template_expression *right;

        if (++chain > ITEMS_MOST) return template_reader_fail(reader, offset, TOO_LONG, ITEMS_MOST);
        if (expect_type(reader, *out, 'n', operator->word) != STATUS_OK) return STATUS_INVALID;
        if (read_operand(reader, &right) != STATUS_OK) return STATUS_INVALID;
        if (expect_type(reader, right, 'n', operator->word) != STATUS_OK) return STATUS_INVALID;
        *out = combine(reader, EXPRESSION_ARITHMETIC, offset, *out, right);
        (*out)->arithmetic = operator->arithmetic;
        (*out)->type = 'n';
    }
    return STATUS_OK;
}

static int read_product(struct template_reader *reader, struct template_expression **out)
{
    static const struct operator_word words[] = {{"*", EXPRESSION_ARITHMETIC, ARITHMETIC_MULTIPLY},
                                                 {"/", EXPRESSION_ARITHMETIC, ARITHMETIC_DIVIDE},
                                                 {"%", EXPRESSION_ARITHMETIC, ARITHMETIC_REST}};

    return read_arithmetic(reader, words, 3, read_sign, out);
}

static int read_sum(struct template_reader *reader, struct template_expression **out)
{
    static const struct operator_word words[] = {{"+", EXPRESSION_ARITHMETIC, ARITHMETIC_ADD},
                                                 {"-", EXPRESSION_ARITHMETIC, ARITHMETIC_SUBTRACT}};

    return read_arithmetic(reader, words, 2, read_product, out);
}

/* The type of a value that is one or the other. */
static char either_type(char a, char b)
{
    if (a == 'z') return b;
    if ((a | 0x20) == (b | 0x20)) return b;
    return '*';
}

static int read_default(struct template_reader *reader, struct template_expression **out)
{
    size_t chain = 0;

    if (read_sum(reader, out) != STATUS_OK) return STATUS_INVALID;
    while (template_reader_accept(reader, "?:")) {
        size_t offset = reader->at - 2;
        struct template_expression *right;

        if (++chain > ITEMS_MOST) return template_reader_fail(reader, offset, TOO_LONG, ITEMS_MOST);
        if (read_sum(reader, &right) != STATUS_OK) return STATUS_INVALID;
        *out = combine(reader, EXPRESSION_DEFAULT, offset, *out, right);
        (*out)->type = either_type((*out)->arguments[0]->type, right->type);
    }
    return STATUS_OK;
}

static bool can_be_ordered(char type)
{
    return type == '*' || strchr("nsdNSD", type) != NULL;
}

static int check_comparison(struct template_reader *reader, const struct operator_word *operator,
                            const struct template_expression * left, const struct template_expression *right)
{
    bool is_ordering = operator->kind != EXPRESSION_EQUAL && operator->kind != EXPRESSION_UNEQUAL;

    if (is_ordering && (!can_be_ordered(left->type) || !can_be_ordered(right->type))) {
        const struct template_expression *wrong = can_be_ordered(left->type) ? right : left;

        return template_reader_fail(reader, wrong->offset,
                                    "`%s` compares numbers, strings or datetimes, not %s", operator->word,
                                    template_letter_name(wrong->type));
    }
    if (left->type == 'z' || right->type == 'z' || left->type == '*' || right->type == '*') return STATUS_OK;
    if ((left->type | 0x20) == (right->type | 0x20)) return STATUS_OK;
    return template_reader_fail(reader, right->offset,
                                "`%s` compares values of one type, but here are %s and %s", operator->word,
                                template_letter_name(left->type), template_letter_name(right->type));
}

static const struct operator_word *accept_comparison(struct template_reader *reader)
{
    static const struct operator_word words[] = {
        {"!=", EXPRESSION_UNEQUAL, 0}, {"<=", EXPRESSION_LESS_EQUAL, 0}, {">=", EXPRESSION_GREATER_EQUAL, 0},
        {"=", EXPRESSION_EQUAL, 0},    {"<", EXPRESSION_LESS, 0},        {">", EXPRESSION_GREATER, 0},
    };

    return accept_operator(reader, words, sizeof(words) / sizeof(words[0]));
}

static int read_comparison(struct template_reader *reader, struct template_expression **out)
{
    const struct operator_word *operator;
    struct template_expression *right;
    size_t offset;

    if (read_default(reader, out) != STATUS_OK) return STATUS_INVALID;
    template_reader_skip_space(reader);
    offset = reader->at;
    if (template_reader_is_at(reader, "=="))
        return template_reader_fail(reader, offset, "`==` is not an operator here; use `=`");
    if (template_reader_is_at(reader, "<>"))
        return template_reader_fail(reader, offset, "`<>` is not an operator here; use `!=`");
    operator= accept_comparison(reader);
    if (operator== NULL) return STATUS_OK;
    if (read_default(reader, &right) != STATUS_OK) return STATUS_INVALID;
    if (check_comparison(reader, operator, * out, right) != STATUS_OK) return STATUS_INVALID;
    *out = combine(reader, operator->kind, offset, *out, right);
    (*out)->type = 'b';
    offset = reader->at;
    if (accept_comparison(reader) == NULL) return STATUS_OK;
    return template_reader_fail(reader, offset,
                                "one comparison follows another; put parentheses, or `and` between them");
}

static int read_not(struct template_reader *reader, struct template_expression **out)
{
    size_t offset;
    int status;

    template_reader_skip_space(reader);
    offset = reader->at;
    if (!template_accept_word(reader, "not")) return read_comparison(reader, out);
    if (template_reader_enter(reader, offset) != STATUS_OK) return STATUS_INVALID;
    status = read_not(reader, out);
    reader->depth--;
    if (status != STATUS_OK || expect_type(reader, *out, 'B', "not") != STATUS_OK) return STATUS_INVALID;
    *out = combine(reader, EXPRESSION_NOT, offset, *out, NULL);
    (*out)->type = 'b';
    return STATUS_OK;
}

static int read_logic(struct template_reader *reader, const char *word, enum template_expression_kind kind,
                      int (*read_operand)(struct template_reader *reader, struct template_expression **out),
                      struct template_expression **out)
{
    size_t chain = 0;

    if (read_operand(reader, out) != STATUS_OK) return STATUS_INVALID;
    while (template_accept_word(reader, word)) {
        size_t offset = reader->at - strlen(word);
        struct template_expression *right;

        if (++chain > ITEMS_MOST) return template_reader_fail(reader, offset, TOO_LONG, ITEMS_MOST);
        if (expect_type(reader, *out, 'B', word) != STATUS_OK || read_operand(reader, &right) != STATUS_OK)
            return STATUS_INVALID;
        if (expect_type(reader, right, 'B', word) != STATUS_OK) return STATUS_INVALID;
        *out = combine(reader, kind, offset, *out, right);
        (*out)->type = 'b';
    }
    return STATUS_OK;
}

static int read_and(struct template_reader *reader, struct template_expression **out)
{
    return read_logic(reader, "and", EXPRESSION_AND, read_not, out);
}

static int read_or(struct template_reader *reader, struct template_expression **out)
{
    size_t offset = reader->at;
    int status;

    if (template_reader_enter(reader, offset) != STATUS_OK) return STATUS_INVALID;
    status = read_logic(reader, "or", EXPRESSION_OR, read_and, out);
    reader->depth--;
    return status;
}

int template_read_expression(struct template_reader *reader, struct template_expression **out)
{
    if (read_or(reader, out) != STATUS_OK) return STATUS_INVALID;
    template_reader_skip_space(reader);
    if (template_reader_is_at(reader, "&&"))
        return template_reader_fail(reader, reader->at, "`&&` is not an operator here; use `and`");
    if (template_reader_is_at(reader, "||"))
        return template_reader_fail(reader, reader->at, "`||` is not an operator here; use `or`");
    return STATUS_OK;
}

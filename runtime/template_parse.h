/*
 * The compiler's steps, each in a file of its own: source -> tree -> white space -> program. For template_*.c alone.
 */
#ifndef HERALD_TEMPLATE_PARSE_H
#define HERALD_TEMPLATE_PARSE_H

#include "runtime/template_reader.h"

/* What stands in a Handlebars tag: name arguments key=value as |names|. */
struct template_invocation {
    size_t offset;
    struct template_expression *head; /* a path or a literal */
    struct template_expression **arguments;
    struct template_pair *pairs;
    struct template_text *params;
    uint32_t count, pair_count, param_count;
};

/* Reads one; names inside are resolved, the head is not. */
int template_read_invocation(struct template_reader *reader, struct template_invocation *out);

/* as |item index|, where it stands here. */
int template_read_params(struct template_reader *reader, struct template_text **out, uint32_t *out_count);

/* The head of an invocation as a name, such as "if"; as it is written where it is a path. */
struct template_text template_invocation_name(const struct template_invocation *invocation);

/* What an invocation gives: a path's value, or what a helper or function makes of the arguments. is_call: it stood in
 * parentheses. */
int template_invocation_value(struct template_reader *reader, const struct template_invocation *invocation,
                              bool is_call, struct template_expression **out);

/* Reads an expression of {% %}. */
int template_read_expression(struct template_reader *reader, struct template_expression **out);

/* A text, number, date, true, false or null of an expression; NULL where something else stands here. */
int template_read_literal(struct template_reader *reader, struct template_expression **out);
struct template_expression *template_literal_new(struct template_reader *reader, size_t offset, char type,
                                                 struct template_value value);

/* A word such as and, which no name may continue. */
bool template_accept_word(struct template_reader *reader, const char *word);

/* A call of a function or helper by name, with count and known types of its arguments checked. */
int template_make_call(struct template_reader *reader, struct template_expression *call);

/* Whether the project has a helper of that name. */
bool template_is_helper(const struct template_reader *reader, struct template_text name);

/* "a string", "null or a number", as errors name what a letter of template_function.h stands for. */
const char *template_letter_name(char letter);

/* True when a value of the known type fits the letter; '*' fits all. */
bool template_letter_takes(char letter, char type);
char template_letter_of(enum template_type type);

/* The letter of the index-th argument, or '\0' beyond the last; how many there have to be. */
char template_parameter(const struct template_function *function, size_t index);
size_t template_parameter_least(const struct template_function *function);

/* Each fills the node by what stands in its tag: {{value}} up to the tag's end, let name = …, {{> name …}}, {{#inline
 * "name"}}, the block that an invocation names, the block of {% %} that name names. */
int template_fill_output(struct template_reader *reader, struct template_tag *tag, struct template_node *node);
int template_fill_let(struct template_reader *reader, struct template_node *node);
int template_fill_partial(struct template_reader *reader, const struct template_invocation *invocation,
                          struct template_node *node);
int template_fill_region(struct template_reader *reader, const struct template_invocation *invocation,
                         struct template_node *node, bool is_partial);
int template_fill_named(struct template_reader *reader, struct template_invocation *invocation,
                        struct template_node *node);
int template_fill_typed(struct template_reader *reader, size_t offset, struct template_text name,
                        struct template_node *node);

/* The whole of the reader's source as a tree. */
int template_parse(struct template_reader *reader, struct template_body **out);

/* White space control and standalone lines, as Handlebars has them. */
void template_trim(struct template_body *body);

/* Which names stand near this one: " (did you mean x?)", or "". */
const char *template_suggest(const struct template_reader *reader, struct template_text name, char *out, size_t size);

#endif

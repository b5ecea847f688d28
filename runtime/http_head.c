/* Collects the fields of a head, and checks what the parser leaves to the server (RFC 9112 2.3, 3.2 and 5.1). */
#include "runtime/http_head.h"

#include <string.h>
#include <strings.h>

#include "runtime/http_exchange.h"

static struct http_field *arriving(struct http_exchange *exchange)
{
    return &exchange->fields[exchange->field_count - 1];
}

bool http_head_add_name(struct http_exchange *exchange, const char *bytes, size_t len)
{
    if (!exchange->has_open_field) {
        if (exchange->field_count == HTTP_HEADERS_MOST) return false;
        buffer_add_char(&exchange->text, '\0');
        exchange->fields[exchange->field_count++] = (struct http_field){exchange->text.len, 0, 0, 0};
        exchange->has_open_field = true;
    }
    buffer_add(&exchange->text, bytes, len);
    arriving(exchange)->name_len += len;
    return true;
}

static bool is_token_character(char byte)
{
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')) return true;
    return byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL;
}

bool http_head_end_name(struct http_exchange *exchange)
{
    struct http_field *field = arriving(exchange);

    for (size_t i = 0; i < field->name_len; i++) {
        if (!is_token_character(exchange->text.bytes[field->name + i])) return false;
    }
    buffer_add_char(&exchange->text, '\0');
    field->value = exchange->text.len;
    return field->name_len > 0;
}

void http_head_add_value(struct http_exchange *exchange, const char *bytes, size_t len)
{
    buffer_add(&exchange->text, bytes, len);
    arriving(exchange)->value_len += len;
}

void http_head_end_value(struct http_exchange *exchange)
{
    struct http_field *field = arriving(exchange);
    char *value = exchange->text.bytes + field->value;

    while (field->value_len > 0 && (value[field->value_len - 1] == ' ' || value[field->value_len - 1] == '\t'))
        field->value_len--;
    exchange->text.len = field->value + field->value_len;
    exchange->has_open_field = false;
}

bool http_head_has_value(const struct http_exchange *exchange)
{
    return exchange->has_open_field && exchange->fields[exchange->field_count - 1].value_len > 0;
}

static size_t count_hosts(const struct http_exchange *exchange)
{
    size_t count = 0;

    for (size_t i = 0; i < exchange->field_count; i++) {
        const struct http_field *field = &exchange->fields[i];

        if (field->name_len == 4 && strncasecmp(exchange->text.bytes + field->name, "host", 4) == 0) count++;
    }
    return count;
}

/* RFC 9112 3.2.2: a client may name the whole URL; its path and query are what is asked for. */
static void skip_authority(struct http_exchange *exchange)
{
    const char *target = exchange->text.bytes;
    size_t at = 0;

    if (exchange->target_len >= 7 && strncasecmp(target, "http://", 7) == 0) at = 7;
    if (exchange->target_len >= 8 && strncasecmp(target, "https://", 8) == 0) at = 8;
    if (at == 0) return;
    while (at < exchange->target_len && target[at] != '/' && target[at] != '?')
        at++;
    exchange->target = at;
    exchange->target_len -= at;
}

const char *http_head_end(struct http_exchange *exchange, int major, int minor)
{
    size_t hosts = count_hosts(exchange);

    buffer_add_char(&exchange->text, '\0');
    skip_authority(exchange);
    if (major != 1) return "This server speaks HTTP/1.1";
    if (hosts > 1 || (hosts == 0 && minor >= 1)) return "The request needs one Host header";
    return NULL;
}

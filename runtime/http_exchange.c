/* Requests as their handlers read them, and answers as they go out. */
#include "runtime/http_exchange.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "runtime/memory.h"

/* A kept exchange does not hold on to the memory of an unusually large request. */
#define KEPT_BYTES 65536

struct http_exchange *http_exchange_new(struct http_connection *connection)
{
    struct http_exchange *exchange = memory_zeroed(1, sizeof(*exchange));

    exchange->connection = connection;
    return exchange;
}

static void forget(struct buffer *buffer)
{
    if (buffer->size > KEPT_BYTES) {
        buffer_free(buffer);
    } else {
        buffer_clear(buffer);
    }
}

void http_exchange_reset(struct http_exchange *exchange)
{
    forget(&exchange->text);
    forget(&exchange->body);
    forget(&exchange->answer);
    exchange->next = NULL;
    exchange->method = NULL;
    exchange->target = exchange->target_len = 0;
    exchange->field_count = 0;
    exchange->has_open_field = false;
    exchange->is_complete = exchange->is_answered = exchange->is_head = false;
}

void http_exchange_free(struct http_exchange *exchange)
{
    buffer_free(&exchange->text);
    buffer_free(&exchange->body);
    buffer_free(&exchange->answer);
    memory_free(exchange);
}

const char *http_exchange_method(const struct http_exchange *exchange)
{
    return exchange->method;
}

const char *http_exchange_path(const struct http_exchange *exchange, size_t *out_len)
{
    const char *target = exchange->text.bytes + exchange->target;
    const char *mark = memchr(target, '?', exchange->target_len);

    *out_len = mark != NULL ? (size_t)(mark - target) : exchange->target_len;
    if (*out_len > 0) return target;
    *out_len = 1; /* "http://host?query" */
    return "/";
}

const char *http_exchange_query(const struct http_exchange *exchange, size_t *out_len)
{
    const char *target = exchange->text.bytes + exchange->target;
    const char *mark = memchr(target, '?', exchange->target_len);

    *out_len = 0;
    if (mark == NULL) return NULL;
    *out_len = exchange->target_len - (size_t)(mark + 1 - target);
    return mark + 1;
}

const char *http_exchange_header(const struct http_exchange *exchange, const char *lower_name, size_t *out_len)
{
    size_t len = strlen(lower_name);

    for (size_t i = 0; i < exchange->field_count; i++) {
        const struct http_field *field = &exchange->fields[i];

        if (field->name_len == len && strncasecmp(exchange->text.bytes + field->name, lower_name, len) == 0) {
            *out_len = field->value_len;
            return exchange->text.bytes + field->value;
        }
    }
    *out_len = 0;
    return NULL;
}

size_t http_exchange_header_count(const struct http_exchange *exchange)
{
    return exchange->field_count;
}

struct http_header http_exchange_header_at(const struct http_exchange *exchange, size_t index)
{
    const struct http_field *field = &exchange->fields[index];

    return (struct http_header){exchange->text.bytes + field->name, field->name_len,
                                exchange->text.bytes + field->value, field->value_len};
}

const char *http_exchange_body(const struct http_exchange *exchange, size_t *out_len)
{
    *out_len = exchange->body.len;
    return exchange->body.bytes != NULL ? exchange->body.bytes : "";
}

const char *http_exchange_remote(const struct http_exchange *exchange)
{
    return exchange->connection != NULL ? http_connection_remote(exchange->connection) : "gone";
}

const char *http_exchange_tls_name(const struct http_exchange *exchange)
{
    return exchange->connection != NULL ? http_connection_tls_name(exchange->connection) : NULL;
}

bool http_exchange_is_unix(const struct http_exchange *exchange)
{
    return exchange->connection != NULL && http_connection_is_unix(exchange->connection);
}

bool http_exchange_is_gone(const struct http_exchange *exchange)
{
    return exchange->connection == NULL;
}

/* RFC 9110 15: the reason phrases of the statuses in use. */
static const char *reason_phrase(int status)
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    default: return "Status";
    }
}

/* RFC 9110 6.6.1; composed anew when the second changes. */
static const char *date_line(void)
{
    static _Thread_local char line[48];
    static _Thread_local time_t composed_at;
    time_t now = time(NULL);
    struct tm parts;

    if (now != composed_at) {
        composed_at = now;
        gmtime_r(&now, &parts);
        strftime(line, sizeof(line), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    }
    return line;
}

static bool is_safe(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r' || text[i] == '\n' || text[i] == '\0') return false;
    }
    return true;
}

static void add_number(struct buffer *buffer, size_t number)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    buffer_add(buffer, digits + at, sizeof(digits) - at);
}

void http_exchange_compose(struct http_exchange *exchange, int status, const struct http_header *headers,
                           size_t header_count, const char *body, size_t body_len)
{
    struct buffer *answer = &exchange->answer;

    buffer_reserve(answer, 256 + body_len);
    buffer_add_string(answer, "HTTP/1.1 ");
    add_number(answer, (size_t)status);
    buffer_add_char(answer, ' ');
    buffer_add_string(answer, reason_phrase(status));
    buffer_add_string(answer, "\r\n");
    buffer_add_string(answer, date_line());
    for (size_t i = 0; i < header_count; i++) {
        if (!is_safe(headers[i].name, headers[i].name_len) || !is_safe(headers[i].value, headers[i].value_len))
            continue;
        buffer_add(answer, headers[i].name, headers[i].name_len);
        buffer_add(answer, ": ", 2);
        buffer_add(answer, headers[i].value, headers[i].value_len);
        buffer_add(answer, "\r\n", 2);
    }
    if (status != 204 && status != 304) {
        buffer_add_string(answer, "Content-Length: ");
        add_number(answer, body_len);
        buffer_add_string(answer, "\r\n");
    }
    if (!exchange->keeps_alive) buffer_add_string(answer, "Connection: close\r\n");
    buffer_add(answer, "\r\n", 2);
    if (!exchange->is_head && status != 204 && status != 304) buffer_add(answer, body, body_len);
}

void http_respond(struct http_exchange *exchange, int status, const struct http_header *headers, size_t header_count,
                  const char *body, size_t body_len)
{
    if (exchange->connection == NULL) {
        http_exchange_free(exchange);
        return;
    }
    http_exchange_compose(exchange, status, headers, header_count, body, body_len);
    exchange->is_answered = true;
    http_connection_answered(exchange->connection, exchange);
}

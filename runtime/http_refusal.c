/* The shape of the listener's own answers: the body is the handler's to write, the headers are those of every answer.
 */
#include "runtime/http_refusal.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "runtime/crypto.h"
#include "runtime/http_exchange.h"

#define REQUEST_ID_MOST 128
#define REQUEST_ID_RANDOM 8

static bool is_visible(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '!' || text[i] > '~') return false;
    }
    return true;
}

/* As scripts/herald/app.lua does it for the answers of handlers. */
static void name_request(const struct http_exchange *exchange, char out[REQUEST_ID_MOST + 1])
{
    unsigned char random[REQUEST_ID_RANDOM];
    const char *given = NULL;
    size_t len = 0;

    if (exchange->method != NULL) given = http_exchange_header(exchange, "x-request-id", &len);
    if (given != NULL && len > 0 && len <= REQUEST_ID_MOST && is_visible(given, len)) {
        memcpy(out, given, len);
        out[len] = '\0';
        return;
    }
    crypto_random(random, sizeof(random));
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(out + 2 * i, 3, "%02x", random[i]);
}

void http_refusal_compose(struct http_exchange *exchange, const struct http_server_options *options, int status,
                          const char *code, const char *message)
{
    char request_id[REQUEST_ID_MOST + 1];
    struct http_header headers[] = {{"Content-Type", 12, "application/json; charset=utf-8", 31},
                                    {"x-request-id", 12, request_id, 0},
                                    {"Retry-After", 11, "1", 1}};
    struct buffer body = BUFFER_EMPTY;

    name_request(exchange, request_id);
    headers[1].value_len = strlen(request_id);
    options->on_error(options->ctx, &body, status, code, message);
    exchange->keeps_alive = false;
    exchange->is_complete = exchange->is_answered = true;
    http_exchange_compose(exchange, status, headers, status == 503 ? 3 : 2, body.bytes, body.len);
    buffer_free(&body);
}

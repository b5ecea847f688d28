/*
 * Fuzzes the SMTP dialogue: whatever a server says, in whatever pieces, every message gets a result that fits it, and
 * what is said are whole lines. The first two bytes choose the route and the size of the pieces.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/smtp_client.h"
#include "runtime/smtp_dialogue.h"
#include "runtime/smtp_message.h"
#include "runtime/smtp_route.h"

#define MESSAGES_MOST 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_said(struct smtp_dialogue *dialogue)
{
    const char *bytes;
    size_t len;

    while ((bytes = smtp_dialogue_next(dialogue, &len)) != NULL) {
        if (len < 2 || memcmp(bytes + len - 2, "\r\n", 2) != 0) abort();
    }
}

static void check_result(const struct transfer_result *result)
{
    if (result->code == TRANSFER_DONE) {
        if (result->status / 100 != 2) abort();
    } else if (result->message[0] == '\0' || (result->code == TRANSFER_REJECTED && result->status < 200)) {
        abort();
    }
}

/* A settled message makes room for the next. */
static bool follow(struct smtp_dialogue *dialogue, struct smtp_message *const messages[], size_t *at,
                   enum smtp_event event)
{
    if (event == SMTP_SHAKE_HANDS) event = smtp_dialogue_secured(dialogue);
    while (event == SMTP_SETTLED && *at < MESSAGES_MOST - 1) {
        check_result(&messages[*at]->result);
        event = smtp_dialogue_take(dialogue, messages[++*at]);
    }
    if (event != SMTP_BROKEN) check_said(dialogue);
    return event == SMTP_WAIT;
}

static void talk(const uint8_t *data, size_t size, size_t piece, const struct smtp_route *route,
                 struct smtp_message *const messages[])
{
    struct smtp_dialogue *dialogue = smtp_dialogue_new(route);
    size_t at = 0, len;
    bool goes_on = follow(dialogue, messages, &at, smtp_dialogue_take(dialogue, messages[0]));

    while (goes_on && size > 0) {
        const char *bytes = (const char *)data;

        len = piece < size ? piece : size;
        data += len;
        size -= len;
        while (goes_on && len > 0)
            goes_on = follow(dialogue, messages, &at, smtp_dialogue_receive(dialogue, &bytes, &len));
    }
    smtp_dialogue_fail(dialogue, TRANSFER_CONNECT, "the end");
    check_result(&messages[at]->result);
    smtp_dialogue_free(dialogue);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const to[] = {"jane@example.com", "j\xc3\xa4ne@example.com"};
    struct smtp_request request = {.helo = "herald.example", .from = "", .to = to, .data = "x\n.\n", .data_len = 4};
    struct smtp_message *messages[MESSAGES_MOST];
    struct smtp_route *route;
    const char *fault;
    bool is_sound;

    if (size < 2) return 0;
    request.url = data[0] & 1 ? "smtps://mx.example" : "smtp://mx.example";
    request.tls = data[0] & 2 ? SMTP_TLS_NONE : data[0] & 4 ? SMTP_TLS_OPPORTUNISTIC : SMTP_TLS_REQUIRED;
    if (data[0] & 8) request.user = request.password = "secret";
    request.to_count = data[0] & 16 ? 2 : 1;
    route = smtp_route_new(&request, &fault);
    for (size_t i = 0; i < MESSAGES_MOST; i++) {
        messages[i] = smtp_message_new(&request, &is_sound);
        if (!is_sound) abort();
    }
    talk(data + 2, size - 2, 1 + data[1], route, messages);
    for (size_t i = 0; i < MESSAGES_MOST; i++)
        smtp_message_free(messages[i]);
    smtp_route_free(route);
    return 0;
}

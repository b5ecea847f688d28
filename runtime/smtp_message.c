#include "runtime/smtp_message.h"

#include <string.h>

#include "runtime/memory.h"
#include "runtime/smtp_client.h"
#include "runtime/utf8.h"

#define ADDRESS_MOST 320 /* RFC 3696: 64 of the local part, 255 of the domain */

static bool is_ascii(const char *bytes, size_t len)
{
    uint64_t word, high = 0;
    size_t i = 0;

    for (; i + sizeof(word) <= len; i += sizeof(word)) {
        memcpy(&word, bytes + i, sizeof(word));
        high |= word;
    }
    for (; i < len; i++)
        high |= (unsigned char)bytes[i];
    return (high & UINT64_C(0x8080808080808080)) == 0;
}

/* An address that can stand between < and > without ending the command (RFC 5321 4.1.2, RFC 6531 3.3). */
static bool is_address(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || text[i] == '<' || text[i] == '>') return false;
    }
    return len <= ADDRESS_MOST && utf8_is_valid(text, len);
}

static bool has_sound_addresses(const struct smtp_request *request)
{
    if (!is_address(request->from) || request->to_count == 0) return false;
    for (size_t i = 0; i < request->to_count; i++) {
        if (*request->to[i] == '\0' || !is_address(request->to[i])) return false;
    }
    return true;
}

/*
 * A line feed alone becomes a whole line's end: servers disagree on whether a dot behind one ends the message, and no
 * text may decide that (RFC 5321 2.3.8).
 */
static void compose(struct smtp_message *message, const char *data, size_t len)
{
    struct buffer wire = BUFFER_EMPTY;
    const char *end = data + len, *at = data, *feed = data;
    size_t doubled = 0;

    buffer_reserve(&wire, len + len / 64 + 8);
    if (len > 0 && *data == '.') {
        buffer_add_char(&wire, '.');
        doubled++;
    }
    while (feed < end && (feed = memchr(feed, '\n', (size_t)(end - feed))) != NULL) {
        if (feed == data || feed[-1] != '\r') {
            buffer_add(&wire, at, (size_t)(feed - at));
            buffer_add_char(&wire, '\r');
            at = feed;
        }
        feed++;
        if (feed < end && *feed == '.') {
            buffer_add(&wire, at, (size_t)(feed - at));
            buffer_add_char(&wire, '.');
            doubled++;
            at = feed;
        }
    }
    buffer_add(&wire, at, (size_t)(end - at));
    if (len > 0 && end[-1] != '\n') buffer_add_string(&wire, "\r\n");
    message->size = wire.len - doubled;
    buffer_add_string(&wire, ".\r\n");
    message->wire = buffer_take(&wire, &message->wire_len);
    message->is_8bit = !is_ascii(data, len);
}

struct smtp_message *smtp_message_new(const struct smtp_request *request, bool *out_is_sound)
{
    struct smtp_message *message = memory_zeroed(1, sizeof(*message));

    *out_is_sound = has_sound_addresses(request);
    if (!*out_is_sound) {
        transfer_fail(&message->result, TRANSFER_INVALID, "an address cannot be sent to a mail server");
        return message;
    }
    message->from = memory_copy_string(request->from);
    message->to = memory_zeroed(request->to_count, sizeof(*message->to));
    message->to_count = request->to_count;
    message->is_international = !is_ascii(request->from, strlen(request->from));
    for (size_t i = 0; i < request->to_count; i++) {
        message->to[i] = memory_copy_string(request->to[i]);
        if (!is_ascii(request->to[i], strlen(request->to[i]))) message->is_international = true;
    }
    message->timeout_ms = request->timeout_ms;
    compose(message, request->data, request->data_len);
    return message;
}

void smtp_message_free(struct smtp_message *message)
{
    memory_free(message->from);
    for (size_t i = 0; i < message->to_count; i++)
        memory_free(message->to[i]);
    memory_free(message->to);
    if (message->wire != NULL) memory_wipe(message->wire, message->wire_len);
    memory_free(message->wire);
    transfer_result_free(&message->result);
    memory_free(message);
}

#include "runtime/smtp_reply.h"

#include <ctype.h>
#include <string.h>

#include "runtime/status.h"

#define LINE_MOST 4096
#define LINES_MOST 100
#define TEXT_MOST 16384 /* what is longer is read and forgotten */

/* "250-text", "250 text", or "250" alone. */
static int take_line(struct smtp_reply *reply, const char *line, size_t len)
{
    struct buffer *text = &reply->text;
    int code;

    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r'))
        len--;
    if (len < 3 || line[0] < '2' || line[0] > '5' || !isdigit((unsigned char)line[1]) ||
        !isdigit((unsigned char)line[2]) || (len > 3 && line[3] != ' ' && line[3] != '-'))
        return STATUS_INVALID;
    code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (reply->is_whole || reply->lines == 0) {
        buffer_clear(text);
        reply->lines = 0;
        reply->code = code;
    }
    if (code != reply->code || ++reply->lines > LINES_MOST) return STATUS_INVALID;
    reply->is_whole = len == 3 || line[3] == ' ';
    if (text->len + len > TEXT_MOST) return STATUS_OK;
    buffer_reserve(text, len);
    for (size_t i = 4; i < len; i++)
        text->bytes[text->len++] = (unsigned char)line[i] < ' ' || line[i] == 0x7f ? ' ' : line[i];
    buffer_add_char(text, '\n');
    return STATUS_OK;
}

int smtp_reply_receive(struct smtp_reply *reply, const char **bytes, size_t *len, bool *out_is_whole)
{
    struct buffer *begun = &reply->begun;
    const char *end;
    size_t taken;
    int status = STATUS_OK;

    *out_is_whole = false;
    while (status == STATUS_OK && *len > 0 && !*out_is_whole) {
        end = memchr(*bytes, '\n', *len);
        taken = end != NULL ? (size_t)(end - *bytes) + 1 : *len;
        if (begun->len + taken > LINE_MOST) return STATUS_INVALID;
        if (end == NULL) {
            buffer_add(begun, *bytes, taken);
        } else if (begun->len == 0) {
            status = take_line(reply, *bytes, taken - 1);
        } else {
            buffer_add(begun, *bytes, taken - 1);
            status = take_line(reply, begun->bytes, begun->len);
            buffer_clear(begun);
        }
        *bytes += taken;
        *len -= taken;
        *out_is_whole = status == STATUS_OK && end != NULL && reply->is_whole;
    }
    return status;
}

void smtp_reply_free(struct smtp_reply *reply)
{
    buffer_free(&reply->text);
    buffer_free(&reply->begun);
}

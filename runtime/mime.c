/* The builder: checks every value first, then writes header and parts in one pass. */
#include "runtime/mime.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "runtime/buffer.h"
#include "runtime/crypto.h"
#include "runtime/crypto_text.h"
#include "runtime/memory.h"
#include "runtime/mime_address.h"
#include "runtime/mime_body.h"
#include "runtime/mime_dkim.h"
#include "runtime/mime_header.h"
#include "runtime/status.h"
#include "runtime/utf8.h"

#define HEADER_NAME_MOST 76
#define BOUNDARY_SIZE 40
#define DATE_LEAST_MS INT64_C(-2208988800000)
#define DATE_MOST_MS INT64_C(253402300799999)

/* What a message needs beside the caller's values while it is being written. */
struct build {
    const struct mime_message *message;
    struct mime_address from, reply_to, *to;
    struct buffer message_id;
    struct mime_error *error;
};

static int fail(struct mime_error *error, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct mime_error *error, const char *code, const char *format, ...)
{
    va_list arguments;

    error->code = code;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof(error->message), format, arguments);
    va_end(arguments);
    return STATUS_INVALID;
}

static bool is_given(const struct mime_value *value)
{
    return value->bytes != NULL;
}

static int check_text(const struct mime_value *value, const char *name, struct mime_error *error)
{
    if (!is_given(value) || utf8_is_valid(value->bytes, value->len)) return STATUS_OK;
    return fail(error, "invalid-utf8", "%s is not UTF-8", name);
}

/* True for a header that this builder or a server on the way writes. */
static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {"from",           "to",       "cc",         "bcc",        "sender",
                                           "reply-to",       "subject",  "date",       "message-id", "mime-version",
                                           "dkim-signature", "received", "return-path"};

    if (strncasecmp(name, "content-", 8) == 0 || strncasecmp(name, "resent-", 7) == 0) return true;
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (strcasecmp(name, reserved[i]) == 0) return true;
    }
    return false;
}

/* Copies the header's name; RFC 5322 section 2.2: printable ASCII but the colon. */
static int read_header_name(const struct mime_value *value, char out[HEADER_NAME_MOST + 1], struct mime_error *error)
{
    if (value->len == 0 || value->len > HEADER_NAME_MOST) {
        return fail(error, "invalid-header", "a header's name has 1 to %d characters", HEADER_NAME_MOST);
    }
    for (size_t i = 0; i < value->len; i++) {
        if (value->bytes[i] <= ' ' || value->bytes[i] > '~' || value->bytes[i] == ':') {
            return fail(error, "invalid-header", "a header's name has a character that cannot stand in it");
        }
    }
    memcpy(out, value->bytes, value->len);
    out[value->len] = '\0';
    if (is_reserved(out)) return fail(error, "invalid-header", "the header %s is written by Herald itself", out);
    return STATUS_OK;
}

static int check_message_id(const struct mime_value *id, struct mime_error *error)
{
    const char *at = id->len > 0 ? memchr(id->bytes, '@', id->len) : NULL;

    if (id->len < 5 || id->len > 250 || id->bytes[0] != '<' || id->bytes[id->len - 1] != '>' || at == NULL) goto bad;
    for (size_t i = 1; i < id->len - 1; i++) {
        if (id->bytes[i] <= ' ' || id->bytes[i] > '~' || strchr("<>()[]\\,;:\"", id->bytes[i]) != NULL) goto bad;
    }
    if (at > id->bytes + 1 && at < id->bytes + id->len - 2) return STATUS_OK;

bad:
    return fail(error, "invalid-header", "a message id has the form <left@right>");
}

static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~' || strchr("()<>@,;:\\\"/[]?=", text[i]) != NULL) return false;
    }
    return len > 0;
}

/* type/subtype and nothing else: whatever it contains leaves as base64, which composite types may not. */
static bool is_media_type(const struct mime_value *type)
{
    const char *slash = type->len > 0 ? memchr(type->bytes, '/', type->len) : NULL;
    size_t left_len = slash != NULL ? (size_t)(slash - type->bytes) : 0;

    if (slash == NULL || type->len > 127 || !is_token(type->bytes, left_len)) return false;
    if ((left_len == 9 && strncasecmp(type->bytes, "multipart", 9) == 0) ||
        (left_len == 7 && strncasecmp(type->bytes, "message", 7) == 0))
        return false;
    return is_token(slash + 1, type->len - left_len - 1);
}

static int check_attachment(const struct mime_attachment *attachment, struct mime_error *error)
{
    const struct mime_value *name = &attachment->name;

    if (name->len == 0 || name->len > 255)
        return fail(error, "invalid-attachment", "an attachment's name has 1 to 255 bytes");
    if (check_text(name, "an attachment's name", error) != STATUS_OK) return STATUS_INVALID;
    for (size_t i = 0; i < name->len; i++) {
        unsigned char byte = (unsigned char)name->bytes[i];

        if (byte < ' ' || byte == 0x7f || byte == '/' || byte == '\\') {
            return fail(error, "invalid-attachment", "an attachment's name has a path or a control character in it");
        }
    }
    if (is_given(&attachment->type) && !is_media_type(&attachment->type)) {
        return fail(error, "invalid-attachment", "an attachment's type is not one such as application/pdf");
    }
    return STATUS_OK;
}

static int check(const struct mime_message *message, struct mime_error *error)
{
    if (message->to_count == 0) return fail(error, "invalid-address", "there is no recipient");
    if (!is_given(&message->html) && !is_given(&message->text))
        return fail(error, "invalid-message", "there is neither html nor text");
    if (message->date_ms < DATE_LEAST_MS || message->date_ms > DATE_MOST_MS) {
        return fail(error, "invalid-message", "the date is not in the years 1900 to 9999");
    }
    if (check_text(&message->subject, "the subject", error) != STATUS_OK) return STATUS_INVALID;
    if (check_text(&message->html, "html", error) != STATUS_OK) return STATUS_INVALID;
    if (check_text(&message->text, "text", error) != STATUS_OK) return STATUS_INVALID;
    for (size_t i = 0; i < message->attachment_count; i++) {
        if (check_attachment(&message->attachments[i], error) != STATUS_OK) return STATUS_INVALID;
    }
    return is_given(&message->message_id) ? check_message_id(&message->message_id, error) : STATUS_OK;
}

static int read_addresses(struct build *build)
{
    const struct mime_message *message = build->message;
    int status = mime_address_parse(&message->from, &build->from, build->error);

    if (status == STATUS_OK && is_given(&message->reply_to))
        status = mime_address_parse(&message->reply_to, &build->reply_to, build->error);
    for (size_t i = 0; i < message->to_count && status == STATUS_OK; i++) {
        status = mime_address_parse(&message->to[i], &build->to[i], build->error);
    }
    return status;
}

/* The given Message-ID, or a random one at the sender's domain. */
static void set_message_id(struct build *build)
{
    const struct mime_value *given = &build->message->message_id;
    const char *address = build->from.address.bytes;
    char uuid[CRYPTO_UUID_LEN + 1];

    if (is_given(given)) {
        buffer_add(&build->message_id, given->bytes, given->len);
        return;
    }
    crypto_uuid(uuid);
    buffer_add_format(&build->message_id, "<%s%s>", uuid, strrchr(address, '@'));
}

static void add_date(struct buffer *out, int64_t date_ms)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)((date_ms - DATE_LEAST_MS) / 1000 + DATE_LEAST_MS / 1000);
    struct tm date;

    gmtime_r(&seconds, &date);
    buffer_add_format(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[date.tm_wday], date.tm_mday,
                      months[date.tm_mon], date.tm_year + 1900, date.tm_hour, date.tm_min, date.tm_sec);
}

/* Whether an earlier custom header has the same name, in any case of its letters. */
static bool is_repeated(const struct mime_message *message, size_t index)
{
    const struct mime_value *name = &message->headers[index].name;

    for (size_t i = 0; i < index; i++) {
        const struct mime_value *other = &message->headers[i].name;

        if (other->len == name->len && strncasecmp(other->bytes, name->bytes, name->len) == 0) return true;
    }
    return false;
}

static int add_custom_headers(struct build *build, struct buffer *out)
{
    char name[HEADER_NAME_MOST + 1];

    for (size_t i = 0; i < build->message->header_count; i++) {
        const struct mime_header *header = &build->message->headers[i];

        if (read_header_name(&header->name, name, build->error) != STATUS_OK) return STATUS_INVALID;
        if (is_repeated(build->message, i))
            return fail(build->error, "invalid-header", "the header %s is there twice", name);
        if (check_text(&header->value, name, build->error) != STATUS_OK) return STATUS_INVALID;
        if (!mime_header_add_text(out, name, &header->value, false)) {
            return fail(build->error, "invalid-header", "a word of the header %s is longer than a line may be", name);
        }
    }
    return STATUS_OK;
}

static int add_header(struct build *build, struct buffer *out)
{
    mime_header_add_addresses(out, "From", &build->from, 1);
    mime_header_add_addresses(out, "To", build->to, build->message->to_count);
    if (build->reply_to.address.len > 0) mime_header_add_addresses(out, "Reply-To", &build->reply_to, 1);
    mime_header_add_text(out, "Subject", &build->message->subject, true);
    add_date(out, build->message->date_ms);
    buffer_add_format(out, "Message-ID: %s\r\n", build->message_id.bytes);
    if (add_custom_headers(build, out) != STATUS_OK) return STATUS_INVALID;
    buffer_add_string(out, "MIME-Version: 1.0\r\n");
    return STATUS_OK;
}

static void add_text_part(struct buffer *out, const char *subtype, const struct mime_value *text)
{
    enum mime_encoding encoding = mime_body_choose(text->bytes, text->len);

    buffer_add_format(out, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", subtype,
                      mime_body_encoding_name(encoding));
    mime_body_add_text(out, encoding, text->bytes, text->len);
}

/*
 * No encoded content can hold a line that starts with "--=_": '=' is escaped in quoted-printable, neither character is
 * in base64, and 7bit is not chosen for lines that start with dashes. So the boundary needs no look at the parts.
 */
static void make_boundary(const struct build *build, char kind, char out[BOUNDARY_SIZE])
{
    unsigned char digest[CRYPTO_SHA256_LEN];
    struct buffer hex = BUFFER_EMPTY;

    crypto_sha256(build->message_id.bytes, build->message_id.len, digest);
    crypto_hex(digest, 12, &hex);
    snprintf(out, BOUNDARY_SIZE, "=_%c_%s", kind, hex.bytes);
    buffer_free(&hex);
}

static void add_content(const struct build *build, struct buffer *out)
{
    const struct mime_message *message = build->message;
    char boundary[BOUNDARY_SIZE];

    if (!is_given(&message->html)) {
        add_text_part(out, "plain", &message->text);
    } else if (!is_given(&message->text)) {
        add_text_part(out, "html", &message->html);
    } else {
        make_boundary(build, 'a', boundary);
        buffer_add_format(out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary,
                          boundary);
        add_text_part(out, "plain", &message->text);
        buffer_add_format(out, "\r\n--%s\r\n", boundary);
        add_text_part(out, "html", &message->html);
        buffer_add_format(out, "\r\n--%s--\r\n", boundary);
    }
}

static void add_attachment(struct buffer *out, const struct mime_attachment *attachment)
{
    buffer_add_string(out, "Content-Type: ");
    if (is_given(&attachment->type)) {
        buffer_add(out, attachment->type.bytes, attachment->type.len);
    } else {
        buffer_add_string(out, "application/octet-stream");
    }
    buffer_add_string(out, "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment");
    mime_header_add_parameter(out, "filename", &attachment->name);
    buffer_add_string(out, "\r\n\r\n");
    mime_body_add_data(out, attachment->data.bytes, attachment->data.len);
}

static void add_parts(const struct build *build, struct buffer *out)
{
    const struct mime_message *message = build->message;
    char boundary[BOUNDARY_SIZE];

    if (message->attachment_count == 0) {
        add_content(build, out);
        return;
    }
    make_boundary(build, 'm', boundary);
    buffer_add_format(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary);
    add_content(build, out);
    for (size_t i = 0; i < message->attachment_count; i++) {
        buffer_add_format(out, "\r\n--%s\r\n", boundary);
        add_attachment(out, &message->attachments[i]);
    }
    buffer_add_format(out, "\r\n--%s--\r\n", boundary);
}

int mime_build(const struct mime_message *message, struct buffer *out, struct mime_error *error)
{
    struct build build = {message, {BUFFER_EMPTY, BUFFER_EMPTY}, {BUFFER_EMPTY, BUFFER_EMPTY}, NULL, BUFFER_EMPTY,
                          error};
    size_t start = out->len;
    int status = check(message, error);

    if (status != STATUS_OK) return status;
    build.to = memory_zeroed(message->to_count, sizeof(*build.to));
    status = read_addresses(&build);
    if (status == STATUS_OK) {
        set_message_id(&build);
        status = add_header(&build, out);
    }
    if (status == STATUS_OK) {
        add_parts(&build, out);
        if (message->dkim.key != NULL) status = mime_dkim_sign(out, start, &message->dkim, message->date_ms, error);
    }
    if (status != STATUS_OK) {
        out->len = start;
        if (out->bytes != NULL) out->bytes[start] = '\0';
    }
    for (size_t i = 0; i < message->to_count; i++)
        mime_address_free(&build.to[i]);
    memory_free(build.to);
    mime_address_free(&build.from);
    mime_address_free(&build.reply_to);
    buffer_free(&build.message_id);
    return status;
}

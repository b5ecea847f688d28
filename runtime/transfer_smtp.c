/* SMTP: from a message to a libcurl handle, and from the server's last reply to a result. */
#include "runtime/transfer_smtp.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/transfer_call.h"

#define REPLY_MOST 2000
#define ADDRESS_MOST 320 /* RFC 3696: 64 of the local part, 255 of the domain */

struct smtp_call {
    struct transfer_call base;
    struct curl_slist *to;
    char *from, *user, *password, *data;
    size_t data_len, sent;
    enum transfer_smtp_tls tls;
    int reply_code;
    bool is_reply_whole; /* the next line begins another reply */
};

/* An address that can stand between < and > without ending the command (RFC 5321 4.1.2). */
static bool is_address(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || text[i] == '<' || text[i] == '>') return false;
    }
    return len <= ADDRESS_MOST;
}

static bool check_addresses(struct smtp_call *call, const struct transfer_smtp_request *request)
{
    bool is_sound = is_address(request->from) && request->to_count > 0;

    for (size_t i = 0; i < request->to_count; i++)
        is_sound = is_sound && *request->to[i] != '\0' && is_address(request->to[i]);
    if (!is_sound) transfer_fail(&call->base.result, TRANSFER_INVALID, "an address cannot be sent to a mail server");
    return is_sound;
}

static char *read_url(const struct transfer_smtp_request *request, const char *host_name)
{
    struct buffer url = BUFFER_EMPTY;
    size_t len;

    if (request->helo == NULL) return memory_copy_string(host_name);
    buffer_add_format(&url, "%s/%s", host_name, request->helo);
    return buffer_take(&url, &len);
}

static bool is_host_name(const char *text)
{
    for (; *text != '\0'; text++) {
        if (!isalnum((unsigned char)*text) && strchr("-._:[]", *text) == NULL) return false;
    }
    return true;
}

/* Checks and copies the request; false: the result says what is wrong. */
static bool prepare(struct smtp_call *call, const struct transfer_smtp_request *request)
{
    call->base.host_name = transfer_read_host(request->url, "smtp");
    if (call->base.host_name == NULL) {
        transfer_fail(&call->base.result, TRANSFER_INVALID, "not an smtp or smtps URL that can be sent to");
        return false;
    }
    if (request->helo != NULL && !is_host_name(request->helo)) {
        transfer_fail(&call->base.result, TRANSFER_INVALID, "not a host's name to greet a mail server with");
        return false;
    }
    if (!check_addresses(call, request)) return false;
    for (size_t i = 0; i < request->to_count; i++)
        call->to = curl_slist_append(call->to, request->to[i]);
    call->base.url = read_url(request, call->base.host_name);
    call->base.ca_file = memory_copy_string(request->ca_file);
    call->base.timeout_ms = request->timeout_ms;
    call->from = memory_copy_string(request->from);
    call->user = memory_copy_string(request->user);
    call->password = memory_copy_string(request->password);
    call->data = memory_copy(request->data, request->data_len);
    call->data_len = request->data_len;
    call->tls = request->tls;
    if (call->user != NULL && call->tls == TRANSFER_SMTP_OPPORTUNISTIC) call->tls = TRANSFER_SMTP_REQUIRED;
    return true;
}

static size_t on_data_wanted(char *bytes, size_t size, size_t count, void *arg)
{
    struct smtp_call *call = arg;
    size_t len = size * count, left = call->data_len - call->sent;

    if (len > left) len = left;
    memcpy(bytes, call->data + call->sent, len);
    call->sent += len;
    return len;
}

/*
 * One line of a reply: "250-text" or, its last, "250 text" (RFC 5321 4.2.1). Behind a refusal libcurl says QUIT: the
 * 221 to that is not about the message.
 */
static size_t on_reply(char *bytes, size_t size, size_t count, void *arg)
{
    struct smtp_call *call = arg;
    struct buffer *text = &call->base.result.body;
    size_t len = size * count, end = len;

    if (len < 3 || !isdigit((unsigned char)bytes[0]) || !isdigit((unsigned char)bytes[1]) ||
        !isdigit((unsigned char)bytes[2]))
        return len;
    if (memcmp(bytes, "221", 3) == 0) return len;
    if (call->is_reply_whole) buffer_clear(text);
    call->is_reply_whole = len < 4 || bytes[3] != '-';
    call->reply_code = (bytes[0] - '0') * 100 + (bytes[1] - '0') * 10 + (bytes[2] - '0');
    while (end > 4 && (unsigned char)bytes[end - 1] <= ' ')
        end--;
    if (end <= 4 || text->len + end > REPLY_MOST) return len;
    if (text->len > 0) buffer_add_char(text, ' ');
    for (size_t i = 4; i < end; i++)
        buffer_add_char(text, (unsigned char)bytes[i] < ' ' || bytes[i] == 0x7f ? ' ' : bytes[i]);
    return len;
}

static void configure(struct transfer_call *base, void *easy)
{
    static const long levels[] = {CURLUSESSL_NONE, CURLUSESSL_TRY, CURLUSESSL_ALL};
    struct smtp_call *call = (struct smtp_call *)base;
    bool is_implicit = strncmp(base->host_name, "smtps:", 6) == 0;

    transfer_configure(base, easy, "smtp,smtps", is_implicit || call->tls == TRANSFER_SMTP_REQUIRED);
    curl_easy_setopt(easy, CURLOPT_USE_SSL, is_implicit ? (long)CURLUSESSL_ALL : levels[call->tls]);
    if (call->user != NULL) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, call->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, call->password != NULL ? call->password : "");
    }
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, call->from);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, call->to);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)call->data_len);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_data_wanted);
    curl_easy_setopt(easy, CURLOPT_READDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    call->sent = 0;
}

/* A reply that refuses says more than libcurl's code for what it led to; but a login that fails is no verdict on the
 * mail. */
static enum transfer_code code_of(const struct smtp_call *call, int curl_code)
{
    enum transfer_code code = transfer_code_of(call->base.easy, curl_code);

    if (code == TRANSFER_TIMEOUT || code == TRANSFER_AUTH || code == TRANSFER_TLS) return code;
    if (call->is_reply_whole && call->reply_code >= 400) return TRANSFER_REJECTED;
    return code == TRANSFER_PROTOCOL && call->sent > 0 ? TRANSFER_CONNECT : code;
}

static void conclude(struct transfer_call *base, int curl_code)
{
    struct smtp_call *call = (struct smtp_call *)base;

    base->result.status = call->reply_code;
    if (curl_code == CURLE_OK) {
        base->result.code = TRANSFER_DONE;
        return;
    }
    base->result.code = code_of(call, curl_code);
    if (base->result.code == TRANSFER_REJECTED) {
        transfer_fail(&base->result, TRANSFER_REJECTED, "%d %.*s", call->reply_code, (int)base->result.body.len,
                      base->result.body.len > 0 ? base->result.body.bytes : "");
    } else {
        transfer_fail(&base->result, base->result.code, "%s: %s", base->host_name, transfer_why(base, curl_code));
    }
}

static void free_secret(char *text)
{
    if (text != NULL) memory_wipe(text, strlen(text));
    memory_free(text);
}

static void release(struct transfer_call *base)
{
    struct smtp_call *call = (struct smtp_call *)base;

    curl_slist_free_all(call->to);
    memory_free(call->from);
    free_secret(call->user);
    free_secret(call->password);
    if (call->data != NULL) memory_wipe(call->data, call->data_len);
    memory_free(call->data);
}

static const struct transfer_protocol smtp = {configure, conclude, release};

struct transfer_call *transfer_smtp_start(struct transfer_client *client, const struct transfer_smtp_request *request,
                                          void (*done)(void *arg, struct transfer_result *result), void *arg)
{
    struct smtp_call *call = memory_zeroed(1, sizeof(*call));

    call->base.protocol = &smtp;
    call->base.done = done;
    call->base.arg = arg;
    call->base.streams = 1;
    call->is_reply_whole = true;
    transfer_client_start(client, &call->base, prepare(call, request));
    return &call->base;
}

/* HTTP: from a request to a libcurl handle, and from libcurl's answer to a result. */
#include "runtime/transfer_http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "runtime/memory.h"
#include "runtime/transfer_call.h"
#include "runtime/transfer_guard.h"

_Static_assert(CURL_ERROR_SIZE <= sizeof(((struct transfer_call *)0)->error_text),
               "error_text is too short for libcurl");

#define VALUE_MOST 16384
#define HEADERS_SIZE_MOST 262144
#define STREAMS_PER_CONNECTION 32

struct http_call {
    struct transfer_call base;
    struct curl_slist *header_lines;
    char *method, *body, *unix_socket, *certificate, *key;
    size_t body_len, response_most, certificate_len, key_len;
    char *name; /* of the URL, without brackets */
    int port;
    bool is_forbidden, is_unverified, is_http2_wanted, is_http1_wanted, is_too_large, is_head_whole;
};

static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~' || strchr("()<>@,;:\\\"/[]?={}", text[i]) != NULL) return false;
    }
    return len > 0;
}

/* Headers that frame the message are libcurl's to write. */
static bool is_framing(const char *name, size_t len)
{
    static const char *const names[] = {"content-length", "transfer-encoding", "connection", "te", "upgrade"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i]) == len && strncasecmp(names[i], name, len) == 0) return true;
    }
    return false;
}

static void add_header(struct http_call *call, const char *line)
{
    call->header_lines = curl_slist_append(call->header_lines, line);
}

static bool prepare_header(struct http_call *call, const struct transfer_http_header *header, bool *has_type)
{
    struct buffer line = BUFFER_EMPTY;

    if (!is_token(header->name, header->name_len) || is_framing(header->name, header->name_len)) {
        transfer_fail(&call->base.result, TRANSFER_INVALID, "a header's name cannot be sent");
        return false;
    }
    for (size_t i = 0; i < header->value_len; i++) {
        unsigned char byte = (unsigned char)header->value[i];

        if ((byte < ' ' && byte != '\t') || byte == 0x7f || header->value_len > VALUE_MOST) {
            transfer_fail(&call->base.result, TRANSFER_INVALID, "the value of the header %.*s cannot be sent",
                          (int)header->name_len, header->name);
            return false;
        }
    }
    if (header->name_len == 12 && strncasecmp(header->name, "content-type", 12) == 0) *has_type = true;
    buffer_add(&line, header->name, header->name_len);
    buffer_add_string(&line, header->value_len > 0 ? ": " : ";");
    buffer_add(&line, header->value, header->value_len);
    add_header(call, line.bytes);
    buffer_free(&line);
    return true;
}

static void set_target(struct http_call *call, const char *name, const char *port)
{
    size_t len = strlen(name);
    bool has_brackets = len > 2 && name[0] == '[';

    call->name = memory_copy_string(has_brackets ? name + 1 : name);
    if (has_brackets) call->name[len - 2] = '\0';
    call->port = (int)strtol(port, NULL, 10);
}

/*
 * "scheme://name:port" of an http or https URL, with the scheme's default port, and without a user in it; NULL when it
 * is not one to send to.
 */
static char *read_host(struct http_call *call, const char *url)
{
    CURLU *parsed = curl_url();
    char *found = NULL, *name = NULL, *port = NULL, *user = NULL;
    struct buffer host = BUFFER_EMPTY;
    size_t len;

    for (const char *at = url; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || *at == 0x7f) goto cleanup;
    }
    if (curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) goto cleanup;
    if (curl_url_get(parsed, CURLUPART_USER, &user, 0) == CURLUE_OK) goto cleanup;
    if (curl_url_get(parsed, CURLUPART_SCHEME, &found, 0) != CURLUE_OK) goto cleanup;
    if (strcmp(found, "http") != 0 && strcmp(found, "https") != 0) goto cleanup;
    if (curl_url_get(parsed, CURLUPART_HOST, &name, 0) != CURLUE_OK || *name == '\0') goto cleanup;
    if (curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK) goto cleanup;
    buffer_add_format(&host, "%s://%s:%s", found, name, port);
    set_target(call, name, port);

cleanup:
    curl_free(found);
    curl_free(name);
    curl_free(port);
    curl_free(user);
    curl_url_cleanup(parsed);
    return host.len > 0 ? buffer_take(&host, &len) : NULL;
}

static void copy_credentials(struct http_call *call, const struct transfer_http_request *request)
{
    const char *key = request->key != NULL ? request->key : request->certificate;

    call->certificate = memory_copy(request->certificate, request->certificate_len);
    call->certificate_len = request->certificate_len;
    call->key_len = request->key != NULL ? request->key_len : request->certificate_len;
    call->key = memory_copy(key, call->key_len);
}

/* Checks and copies the request; false: the result says what is wrong. */
static bool prepare(struct http_call *call, const struct transfer_http_request *request)
{
    bool has_type = false;

    call->base.host_name = read_host(call, request->url);
    if (call->base.host_name == NULL) {
        transfer_fail(&call->base.result, TRANSFER_INVALID, "not an http or https URL that can be sent to");
        return false;
    }
    if (request->method != NULL && !is_token(request->method, strlen(request->method))) {
        transfer_fail(&call->base.result, TRANSFER_INVALID, "not an HTTP method");
        return false;
    }
    for (size_t i = 0; i < request->header_count; i++) {
        if (!prepare_header(call, &request->headers[i], &has_type)) return false;
    }
    /* libcurl would add these two by itself. */
    add_header(call, "Expect:");
    if (!has_type) add_header(call, "Content-Type:");
    call->base.url = memory_copy_string(request->url);
    call->method = memory_copy_string(request->method);
    call->body = request->body != NULL ? memory_copy(request->body, request->body_len) : NULL;
    call->body_len = request->body_len;
    call->base.ca_file = memory_copy_string(request->ca_file);
    call->unix_socket = memory_copy_string(request->unix_socket);
    call->is_unverified = request->is_unverified;
    if (request->certificate != NULL) copy_credentials(call, request);
    call->is_http2_wanted = request->version == TRANSFER_HTTP_2;
    call->is_http1_wanted = request->version == TRANSFER_HTTP_1;
    call->base.timeout_ms = request->timeout_ms;
    call->response_most = request->response_most;
    return true;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct http_call *call = arg;
    size_t len = size * count;

    if (len > call->response_most - call->base.result.body.len) {
        call->is_too_large = true;
        return 0;
    }
    buffer_add(&call->base.result.body, bytes, len);
    return len;
}

/* A line of the head. A status line starts it anew: an answer may follow an interim one. */
static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
    struct http_call *call = arg;
    struct buffer *headers = &call->base.result.headers;
    size_t len = size * count, name_len, end = len;
    const char *colon;

    if (headers->len + len > HEADERS_SIZE_MOST) {
        call->is_too_large = true;
        return 0;
    }
    if (len >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        buffer_clear(headers);
        call->is_head_whole = false;
    }
    if (bytes[0] == '\r' || bytes[0] == '\n') call->is_head_whole = true;
    colon = memchr(bytes, ':', len);
    if (colon == NULL || colon == bytes) return len;
    name_len = (size_t)(colon - bytes);
    for (size_t i = 0; i < name_len; i++)
        buffer_add_char(headers, bytes[i] >= 'A' && bytes[i] <= 'Z' ? (char)(bytes[i] + 32) : bytes[i]);
    buffer_add_string(headers, ": ");
    for (name_len++; name_len < end && (bytes[name_len] == ' ' || bytes[name_len] == '\t');)
        name_len++;
    while (end > name_len && (unsigned char)bytes[end - 1] <= ' ')
        end--;
    for (size_t i = name_len; i < end; i++)
        buffer_add_char(headers, bytes[i] == '\n' || bytes[i] == '\r' ? ' ' : bytes[i]);
    buffer_add_char(headers, '\n');
    return len;
}

static void configure_transfer(struct transfer_call *call, CURL *easy, bool is_verified)
{
    call->error_text[0] = '\0';
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_URL, call->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A name server that hangs must not hold the loop when a transfer is given up. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error_text);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (call->ca_file != NULL) curl_easy_setopt(easy, CURLOPT_CAINFO, call->ca_file);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, is_verified ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, is_verified ? 2L : 0L);
}

static void configure_method(struct http_call *call, CURL *easy)
{
    bool is_head = call->method != NULL && strcmp(call->method, "HEAD") == 0;
    bool has_body = call->body != NULL ||
                    (call->method != NULL && (strcmp(call->method, "POST") == 0 || strcmp(call->method, "PUT") == 0 ||
                                              strcmp(call->method, "PATCH") == 0));

    if (has_body && !is_head) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_len);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body != NULL ? call->body : "");
    } else if (is_head) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    }
    if (call->method != NULL && !is_head) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
}

static void configure_version(struct http_call *call, CURL *easy)
{
    long version = CURL_HTTP_VERSION_2TLS;

    if (call->is_http1_wanted) version = CURL_HTTP_VERSION_1_1;
    if (call->is_http2_wanted && strncmp(call->base.host_name, "http:", 5) == 0)
        version = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, call->is_http2_wanted ? 1L : 0L);
}

/* Called for each address that is tried. */
static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_call *call = arg;
    const struct transfer_guard *guard = transfer_client_guard(call->base.client);

    (void)purpose;
    if (!transfer_guard_permits(guard, call->name, call->port, &address->addr)) {
        call->is_forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void configure_credentials(struct http_call *call, CURL *easy)
{
    struct curl_blob certificate = {call->certificate, call->certificate_len, CURL_BLOB_COPY};
    struct curl_blob key = {call->key, call->key_len, CURL_BLOB_COPY};

    curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
    curl_easy_setopt(easy, CURLOPT_SSLCERT_BLOB, &certificate);
    curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
    curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &key);
}

void transfer_http_configure(struct transfer_call *base, void *easy)
{
    struct http_call *call = (struct http_call *)base;

    configure_transfer(base, easy, !call->is_unverified);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->header_lines);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Herald/" HERALD_VERSION);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    if (call->unix_socket != NULL) curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, call->unix_socket);
    if (call->certificate != NULL) configure_credentials(call, easy);
    if (transfer_client_guard(base->client) != NULL) {
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
    }
    configure_method(call, easy);
    configure_version(call, easy);
}

/* A receive error that the system knows nothing of is libcurl's own: older ones say so for a broken chunk. */
static enum transfer_code code_of_receive_error(CURL *easy)
{
    long system_error = 0;

    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &system_error);
    return system_error == 0 ? TRANSFER_PROTOCOL : TRANSFER_CONNECT;
}

/* What a failure of libcurl means. */
static enum transfer_code code_of(CURL *easy, int curl_code)
{
    switch ((CURLcode)curl_code) {
    case CURLE_RECV_ERROR: return code_of_receive_error(easy);
    case CURLE_OPERATION_TIMEDOUT: return TRANSFER_TIMEOUT;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE: return TRANSFER_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR: return TRANSFER_TLS;
    case CURLE_URL_MALFORMAT: return TRANSFER_INVALID;
    default: return TRANSFER_PROTOCOL;
    }
}

/* libcurl's own words for how the call ended. */
static const char *explain(const struct transfer_call *call, int curl_code)
{
    return call->error_text[0] != '\0' ? call->error_text : curl_easy_strerror((CURLcode)curl_code);
}

void transfer_http_conclude(struct transfer_call *base, int curl_code)
{
    struct http_call *call = (struct http_call *)base;
    long status = 0;

    if (curl_code == CURLE_OK && !call->is_head_whole) {
        transfer_fail(&base->result, TRANSFER_CONNECT, "%s: the connection was lost in the middle of an answer",
                      base->host_name);
    } else if (curl_code == CURLE_OK) {
        curl_easy_getinfo(base->easy, CURLINFO_RESPONSE_CODE, &status);
        base->result.code = TRANSFER_DONE;
        base->result.status = (int)status;
    } else if (call->is_forbidden) {
        transfer_fail(&base->result, TRANSFER_FORBIDDEN, "%s: leads to an address of a private network", base->host_name);
    } else if (call->is_too_large) {
        transfer_fail(&base->result, TRANSFER_TOO_LARGE, "%s: the answer is larger than %zu bytes", base->host_name,
                      call->response_most);
    } else {
        transfer_fail(&base->result, code_of(base->easy, curl_code), "%s: %s", base->host_name,
                      explain(base, curl_code));
    }
}

void transfer_http_release(struct transfer_call *base)
{
    struct http_call *call = (struct http_call *)base;

    curl_slist_free_all(call->header_lines);
    memory_free(call->method);
    if (call->body != NULL) memory_wipe(call->body, call->body_len);
    memory_free(call->body);
    memory_free(call->unix_socket);
    memory_free(call->name);
    memory_free(call->certificate);
    if (call->key != NULL) memory_wipe(call->key, call->key_len);
    memory_free(call->key);
}

char *transfer_http_resolve(const char *base, const char *target)
{
    CURLU *parsed = curl_url();
    char *scheme = NULL, *url = NULL, *result = NULL;

    if (curl_url_set(parsed, CURLUPART_URL, base, 0) != CURLUE_OK) goto cleanup;
    if (curl_url_set(parsed, CURLUPART_URL, target, CURLU_URLENCODE) != CURLUE_OK) goto cleanup;
    if (curl_url_set(parsed, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK) goto cleanup;
    if (curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK) goto cleanup;
    if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) goto cleanup;
    if (curl_url_get(parsed, CURLUPART_URL, &url, 0) == CURLUE_OK) result = memory_copy_string(url);

cleanup:
    curl_free(scheme);
    curl_free(url);
    curl_url_cleanup(parsed);
    return result;
}

struct transfer_call *transfer_http_start(struct transfer_client *client, const struct transfer_http_request *request,
                                          void (*done)(void *arg, struct transfer_result *result), void *arg)
{
    struct http_call *call = memory_zeroed(1, sizeof(*call));

    call->base.done = done;
    call->base.arg = arg;
    call->base.streams = request->version == TRANSFER_HTTP_2 ? STREAMS_PER_CONNECTION : 1;
    transfer_client_start(client, &call->base, prepare(call, request));
    return &call->base;
}

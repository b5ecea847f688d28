/* mbedTLS between two pieces of memory, so that libuv alone touches sockets. */
#include "runtime/tls_session.h"

#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/memory.h"
#include "runtime/status.h"

#define PLAIN_PIECE 16384
#define NAME_MOST 256

struct tls_session {
    mbedtls_ssl_context ssl;
    void (*release)(void *owner);
    void *owner;
    const char *input;
    size_t input_len;
    struct buffer *wire;
    int failure; /* mbedTLS's code for why it is broken */
    bool is_open;
    char peer_name[NAME_MOST];
};

static int send_wire(void *arg, const unsigned char *bytes, size_t len)
{
    struct tls_session *session = arg;

    buffer_add(session->wire, bytes, len);
    return (int)len;
}

static int receive_wire(void *arg, unsigned char *out, size_t size)
{
    struct tls_session *session = arg;
    size_t len = session->input_len < size ? session->input_len : size;

    if (len == 0) return MBEDTLS_ERR_SSL_WANT_READ;
    memcpy(out, session->input, len);
    session->input += len;
    session->input_len -= len;
    return (int)len;
}

struct tls_session *tls_session_begin(const struct mbedtls_ssl_config *config, void (*release)(void *owner),
                                      void *owner)
{
    struct tls_session *session = memory_zeroed(1, sizeof(*session));

    session->release = release;
    session->owner = owner;
    mbedtls_ssl_init(&session->ssl);
    /* Fails only for want of memory; the handshake then fails too. */
    (void)mbedtls_ssl_setup(&session->ssl, config);
    mbedtls_ssl_set_bio(&session->ssl, session, send_wire, receive_wire, NULL);
    return session;
}

struct mbedtls_ssl_context *tls_session_context(struct tls_session *session)
{
    return &session->ssl;
}

void tls_session_free(struct tls_session *session)
{
    if (session == NULL) return;
    mbedtls_ssl_free(&session->ssl);
    session->release(session->owner);
    memory_free(session);
}

static void read_peer_name(struct tls_session *session)
{
    const mbedtls_x509_crt *peer = mbedtls_ssl_get_peer_cert(&session->ssl);
    const mbedtls_x509_name *part;

    for (part = peer != NULL ? &peer->subject : NULL; part != NULL; part = part->next) {
        if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &part->oid) != 0 || part->val.len >= NAME_MOST ||
            memchr(part->val.p, 0, part->val.len) != NULL)
            continue;
        memcpy(session->peer_name, part->val.p, part->val.len);
        session->peer_name[part->val.len] = '\0';
    }
}

static int fail(struct tls_session *session, int code)
{
    session->failure = code;
    return STATUS_TLS;
}

/* mbedTLS tells the peer what is wrong by itself, but for this in TLS 1.2. RFC 5246 7.4.6 asks for handshake_failure.
 */
static void tell_missing_certificate(struct tls_session *session, size_t wire_len)
{
    if (session->failure != MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE || session->wire->len != wire_len) return;
    (void)mbedtls_ssl_send_alert_message(&session->ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                         MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE);
}

static int shake_hands(struct tls_session *session)
{
    size_t wire_len = session->wire->len;
    int result = mbedtls_ssl_handshake(&session->ssl);

    if (result == MBEDTLS_ERR_SSL_WANT_READ) return STATUS_OK;
    if (result != 0) {
        (void)fail(session, result);
        tell_missing_certificate(session, wire_len);
        return STATUS_TLS;
    }
    session->is_open = true;
    read_peer_name(session);
    return STATUS_OK;
}

/* TLS 1.3 hands its tickets over in the middle of the data. */
static bool is_ticket(int result)
{
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
    return result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
    (void)result;
    return false;
#endif
}

static int read_plain(struct tls_session *session, struct buffer *plain)
{
    int result;

    do {
        buffer_reserve(plain, PLAIN_PIECE);
        result = mbedtls_ssl_read(&session->ssl, (unsigned char *)plain->bytes + plain->len, PLAIN_PIECE);
        if (result > 0) {
            plain->len += (size_t)result;
            plain->bytes[plain->len] = '\0';
        }
    } while (result > 0 || is_ticket(result));
    if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE) return STATUS_OK;
    if (result == 0 || result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return STATUS_CLOSED;
    return fail(session, result);
}

int tls_session_receive(struct tls_session *session, const char *bytes, size_t len, struct buffer *plain,
                        struct buffer *wire)
{
    int status = STATUS_OK;

    if (session->failure != 0) return STATUS_TLS;
    session->input = bytes;
    session->input_len = len;
    session->wire = wire;
    if (!session->is_open) status = shake_hands(session);
    if (status == STATUS_OK && session->is_open) status = read_plain(session, plain);
    session->input_len = 0;
    session->wire = NULL;
    return status;
}

int tls_session_send(struct tls_session *session, const char *bytes, size_t len, struct buffer *wire)
{
    size_t sent = 0;
    int result = 0;

    if (session->failure != 0) return STATUS_TLS;
    session->wire = wire;
    while (sent < len) {
        result = mbedtls_ssl_write(&session->ssl, (const unsigned char *)bytes + sent, len - sent);
        if (result < 0) break;
        sent += (size_t)result;
    }
    session->wire = NULL;
    return sent == len ? STATUS_OK : fail(session, result);
}

void tls_session_goodbye(struct tls_session *session, struct buffer *wire)
{
    session->wire = wire;
    if (session->is_open && session->failure == 0) (void)mbedtls_ssl_close_notify(&session->ssl);
    session->wire = NULL;
}

bool tls_session_is_open(const struct tls_session *session)
{
    return session->is_open;
}

const char *tls_session_peer_name(const struct tls_session *session)
{
    return session->peer_name[0] != '\0' ? session->peer_name : NULL;
}

void tls_session_explain(const struct tls_session *session, char *out, size_t size)
{
    uint32_t faults = mbedtls_ssl_get_verify_result(&session->ssl);
    size_t len;

    *out = '\0';
    if (session->failure == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED && faults != 0 && faults != (uint32_t)-1) {
        if (mbedtls_x509_crt_verify_info(out, size, "", faults) < 0) snprintf(out, size, "the certificate is not good");
    } else if (session->failure != 0) {
        mbedtls_strerror(session->failure, out, size);
    }
    /* mbedTLS gives a line for each fault. */
    len = strlen(out);
    while (len > 0 && out[len - 1] == '\n')
        out[--len] = '\0';
    for (char *at = out; *at != '\0'; at++) {
        if (*at == '\n') *at = ' ';
    }
}

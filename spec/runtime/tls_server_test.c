/* The server's TLS against mbedTLS's own client, through memory: handshake, mutual TLS, reload, garbage. */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif
#include <stdbool.h>
#include <unistd.h>

#include "runtime/buffer.h"
#include "runtime/status.h"
#include "runtime/tls_server.h"
#include "runtime/tls_session.h"
#include "spec/runtime/check.h"

static char folder[] = "/tmp/herald-tls-XXXXXX";

/* A path in the folder of this test; one of a few buffers in turn. */
static const char *file(const char *name)
{
    static char paths[8][128];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, 128, "%s/%s", folder, name);
    return path;
}

static void make_certificate(const char *name, const char *subject, const char *signer)
{
    char command[1024];

    if (signer == NULL) {
        snprintf(command, sizeof(command),
                 "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=%s "
                 "-keyout %s/%s.key -out %s/%s.crt 2>/dev/null",
                 subject, folder, name, folder, name);
    } else {
        snprintf(command, sizeof(command),
                 "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%s -keyout %s/%s.key -out "
                 "%s/%s.csr 2>/dev/null && "
                 "openssl x509 -req -in %s/%s.csr -CA %s/%s.crt -CAkey %s/%s.key -CAcreateserial -days 30 -out "
                 "%s/%s.crt 2>/dev/null",
                 subject, folder, name, folder, name, folder, name, folder, signer, folder, signer, folder, name);
    }
    CHECK_INT(0, system(command));
}

struct client {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    mbedtls_x509_crt ca, own;
    mbedtls_pk_context key;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    struct buffer to_server;
    const char *from_server;
    size_t from_server_len;
    int shaken; /* what the handshake's last step gave */
};

static int send_bytes(void *arg, const unsigned char *bytes, size_t len)
{
    buffer_add(&((struct client *)arg)->to_server, bytes, len);
    return (int)len;
}

static int receive_bytes(void *arg, unsigned char *out, size_t size)
{
    struct client *client = arg;
    size_t len = client->from_server_len < size ? client->from_server_len : size;

    if (len == 0) return MBEDTLS_ERR_SSL_WANT_READ;
    memcpy(out, client->from_server, len);
    client->from_server += len;
    client->from_server_len -= len;
    return (int)len;
}

static int parse_key(struct client *client, const char *path)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_parse_keyfile(&client->key, path, NULL, mbedtls_ctr_drbg_random, &client->random);
#else
    return mbedtls_pk_parse_keyfile(&client->key, path, NULL);
#endif
}

static void open_client(struct client *client, const char *ca, const char *name)
{
    memset(client, 0, sizeof(*client));
    mbedtls_ssl_init(&client->ssl);
    mbedtls_ssl_config_init(&client->config);
    mbedtls_x509_crt_init(&client->ca);
    mbedtls_x509_crt_init(&client->own);
    mbedtls_pk_init(&client->key);
    mbedtls_entropy_init(&client->entropy);
    mbedtls_ctr_drbg_init(&client->random);
    CHECK_INT(0, mbedtls_ctr_drbg_seed(&client->random, mbedtls_entropy_func, &client->entropy, NULL, 0));
    CHECK_INT(0, mbedtls_ssl_config_defaults(&client->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                             MBEDTLS_SSL_PRESET_DEFAULT));
    mbedtls_ssl_conf_rng(&client->config, mbedtls_ctr_drbg_random, &client->random);
    CHECK_INT(0, mbedtls_x509_crt_parse_file(&client->ca, ca));
    mbedtls_ssl_conf_ca_chain(&client->config, &client->ca, NULL);
    mbedtls_ssl_conf_authmode(&client->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    if (name != NULL) {
        char own[160], key[160];

        snprintf(own, sizeof(own), "%s/%s.crt", folder, name);
        snprintf(key, sizeof(key), "%s/%s.key", folder, name);
        CHECK_INT(0, mbedtls_x509_crt_parse_file(&client->own, own));
        CHECK_INT(0, parse_key(client, key));
        CHECK_INT(0, mbedtls_ssl_conf_own_cert(&client->config, &client->own, &client->key));
    }
    CHECK_INT(0, mbedtls_ssl_setup(&client->ssl, &client->config));
    CHECK_INT(0, mbedtls_ssl_set_hostname(&client->ssl, "server"));
    mbedtls_ssl_set_bio(&client->ssl, client, send_bytes, receive_bytes, NULL);
}

static void close_client(struct client *client)
{
    mbedtls_ssl_free(&client->ssl);
    mbedtls_ssl_config_free(&client->config);
    mbedtls_x509_crt_free(&client->ca);
    mbedtls_x509_crt_free(&client->own);
    mbedtls_pk_free(&client->key);
    mbedtls_ctr_drbg_free(&client->random);
    mbedtls_entropy_free(&client->entropy);
    buffer_free(&client->to_server);
}

/* Carries bytes both ways until the client's step is done or both are stuck. Returns the server's status. */
static int carry(struct client *client, struct tls_session *session, struct buffer *plain,
                 int (*step)(struct client *client), bool *out_done)
{
    struct buffer wire = BUFFER_EMPTY;
    int status = STATUS_OK;

    *out_done = false;
    for (int turn = 0; turn < 20 && status == STATUS_OK && !*out_done; turn++) {
        int result = step(client);
        struct buffer sent = client->to_server;

        *out_done = result >= 0;
        client->to_server = (struct buffer)BUFFER_EMPTY;
        if (result < 0 && result != MBEDTLS_ERR_SSL_WANT_READ && sent.len == 0) status = STATUS_TLS;
        buffer_clear(&wire);
        if (sent.len > 0) status = tls_session_receive(session, sent.bytes, sent.len, plain, &wire);
        buffer_free(&sent);
        client->from_server = wire.bytes;
        client->from_server_len = wire.len;
        if (status != STATUS_OK) (void)step(client);
    }
    /* What the server said last, such as its session tickets, is read with the next step. */
    buffer_free(&wire);
    client->from_server_len = 0;
    return status;
}

static int shake(struct client *client)
{
    client->shaken = mbedtls_ssl_handshake(&client->ssl);
    return client->shaken;
}

static int say_hello(struct client *client)
{
    return mbedtls_ssl_write(&client->ssl, (const unsigned char *)"hello", 5);
}

static void test_conversation(struct tls_server *server)
{
    struct tls_session *session = tls_server_session(server);
    struct buffer plain = BUFFER_EMPTY;
    struct client client;
    bool done;

    open_client(&client, file("ca.crt"), NULL);
    CHECK_INT(STATUS_OK, carry(&client, session, &plain, shake, &done));
    CHECK(done && tls_session_is_open(session));
    CHECK(tls_session_peer_name(session) == NULL);
    CHECK_INT(STATUS_OK, carry(&client, session, &plain, say_hello, &done));
    CHECK(done && plain.len == 5 && memcmp(plain.bytes, "hello", 5) == 0);
    buffer_free(&plain);
    close_client(&client);
    tls_session_free(session);
}

/* In TLS 1.3 a client is done before the server has looked at its certificate. */
static void only_tls_1_2(struct client *client)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_max_tls_version(&client->config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
    (void)client;
#endif
}

static void test_mutual(void)
{
    struct tls_server_options options = {file("server.crt"), file("server.key"), file("ca.crt")};
    struct buffer plain = BUFFER_EMPTY, wire = BUFFER_EMPTY;
    struct tls_session *session;
    struct tls_server *server;
    struct client client;
    char failure[256];
    bool done;

    CHECK_INT(STATUS_OK, tls_server_open(&options, &server, failure, sizeof(failure)));
    session = tls_server_session(server);
    open_client(&client, file("ca.crt"), "shop");
    CHECK_INT(STATUS_OK, carry(&client, session, &plain, shake, &done));
    CHECK_INT(STATUS_OK, carry(&client, session, &plain, say_hello, &done));
    CHECK_STRING("shop", tls_session_peer_name(session));
    close_client(&client);
    tls_session_free(session);

    session = tls_server_session(server);
    open_client(&client, file("ca.crt"), NULL);
    only_tls_1_2(&client);
    CHECK_INT(STATUS_TLS, carry(&client, session, &plain, shake, &done));
    CHECK(!tls_session_is_open(session));
    CHECK_INT(MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE, client.shaken);
    CHECK_INT(STATUS_TLS, tls_session_receive(session, "more", 4, &plain, &wire));
    tls_session_goodbye(session, &wire);
    CHECK_INT(0, wire.len);
    close_client(&client);
    tls_session_free(session);
    tls_server_close(server);
    buffer_free(&plain);
}

static void test_reload(struct tls_server *server)
{
    struct tls_session *before = tls_server_session(server), *after;
    struct buffer plain = BUFFER_EMPTY;
    struct client old_client, new_client;
    char failure[256] = "", command[512];
    bool done;

    open_client(&old_client, file("ca.crt"), NULL);
    CHECK_INT(STATUS_OK, carry(&old_client, before, &plain, shake, &done));
    make_certificate("ca2", "ca2", NULL);
    make_certificate("server2", "server", "ca2");
    snprintf(command, sizeof(command), "cp %s/server2.crt %s/server.crt", folder, folder);
    CHECK_INT(0, system(command));
    CHECK_INT(STATUS_TLS, tls_server_reload(server, failure, sizeof(failure))); /* the key does not fit */
    CHECK(strstr(failure, "key") != NULL);
    snprintf(command, sizeof(command), "cp %s/server2.key %s/server.key", folder, folder);
    CHECK_INT(0, system(command));
    CHECK_INT(STATUS_OK, tls_server_reload(server, failure, sizeof(failure)));

    CHECK_INT(STATUS_OK, carry(&old_client, before, &plain, say_hello, &done)); /* goes on with the old one */
    CHECK(plain.len == 5);
    after = tls_server_session(server);
    open_client(&new_client, file("ca2.crt"), NULL);
    CHECK_INT(STATUS_OK, carry(&new_client, after, &plain, shake, &done));
    CHECK(done);
    close_client(&old_client);
    close_client(&new_client);
    tls_session_free(before);
    tls_session_free(after);
    buffer_free(&plain);
}

static void test_garbage(struct tls_server *server)
{
    static const char *const garbage[] = {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\xff\xff\x01",
                                          "\x15\x03\x03\x00\x02\x02\x28", "\x80\x2e\x01\x00\x02"};

    for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
        struct tls_session *session = tls_server_session(server);
        struct buffer plain = BUFFER_EMPTY, wire = BUFFER_EMPTY;
        int status = STATUS_OK;

        /* As often as a record may be long: newer mbedTLS waits for the whole of it. */
        for (int turn = 0; turn < 20000 && status == STATUS_OK; turn++) {
            status = tls_session_receive(session, garbage[i], strlen(garbage[i]), &plain, &wire);
        }
        CHECK(status != STATUS_OK);
        CHECK_INT(0, plain.len);
        buffer_free(&plain);
        buffer_free(&wire);
        tls_session_free(session);
    }
}

static void test_bad_files(void)
{
    struct tls_server_options options = {"/nowhere.crt", "/nowhere.key", NULL};
    struct tls_server *server = NULL;
    char failure[256] = "";

    CHECK_INT(STATUS_TLS, tls_server_open(&options, &server, failure, sizeof(failure)));
    CHECK(strstr(failure, "/nowhere.crt") != NULL);
    options.key_file = NULL;
    CHECK_INT(STATUS_TLS, tls_server_open(&options, &server, failure, sizeof(failure)));
}

int main(void)
{
    struct tls_server_options options;
    struct tls_server *server;
    char failure[256] = "", command[128];

#if MBEDTLS_VERSION_MAJOR >= 3
    CHECK_INT(0, psa_crypto_init());
#endif
    CHECK(mkdtemp(folder) != NULL);
    make_certificate("ca", "ca", NULL);
    make_certificate("server", "server", "ca");
    make_certificate("shop", "shop", "ca");
    options = (struct tls_server_options){file("server.crt"), file("server.key"), NULL};
    if (tls_server_open(&options, &server, failure, sizeof(failure)) != STATUS_OK) {
        fprintf(stderr, "%s\n", failure);
        return 1;
    }
    test_conversation(server);
    test_mutual();
    test_garbage(server);
    test_reload(server);
    test_bad_files();
    tls_server_close(server);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    CHECK_INT(0, system(command));
    puts("tls_server: ok");
    return 0;
}

/* TLS for the listener: its certificates, read once and again on demand. */
#include "runtime/tls_server.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/tls_session.h"

/* One reading of the files; kept by every session that began with it. */
struct identity {
    atomic_uint holders;
    mbedtls_ssl_config config;
    mbedtls_x509_crt chain;
    mbedtls_x509_crt client_ca;
    mbedtls_pk_context key;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    pthread_mutex_t random_lock; /* sessions of several threads draw from it */
};

struct tls_server {
    char *certificate_file, *key_file, *client_ca_file;
    pthread_mutex_t lock; /* of identity */
    struct identity *identity;
};

static int draw_random(void *arg, unsigned char *out, size_t len)
{
    struct identity *identity = arg;
    int result;

    pthread_mutex_lock(&identity->random_lock);
    result = mbedtls_ctr_drbg_random(&identity->random, out, len);
    pthread_mutex_unlock(&identity->random_lock);
    return result;
}

static void release(void *owner)
{
    struct identity *identity = owner;

    if (identity == NULL || atomic_fetch_sub(&identity->holders, 1) != 1) return;
    mbedtls_ssl_config_free(&identity->config);
    mbedtls_x509_crt_free(&identity->chain);
    mbedtls_x509_crt_free(&identity->client_ca);
    mbedtls_pk_free(&identity->key);
    mbedtls_ctr_drbg_free(&identity->random);
    mbedtls_entropy_free(&identity->entropy);
    pthread_mutex_destroy(&identity->random_lock);
    memory_free(identity);
}

static struct identity *new_identity(void)
{
    struct identity *identity = memory_zeroed(1, sizeof(*identity));

    atomic_init(&identity->holders, 1);
    mbedtls_ssl_config_init(&identity->config);
    mbedtls_x509_crt_init(&identity->chain);
    mbedtls_x509_crt_init(&identity->client_ca);
    mbedtls_pk_init(&identity->key);
    mbedtls_entropy_init(&identity->entropy);
    mbedtls_ctr_drbg_init(&identity->random);
    pthread_mutex_init(&identity->random_lock, NULL);
    return identity;
}

static int explain(char *failure, size_t failure_size, const char *what, const char *file, int code)
{
    char reason[128] = "";

    mbedtls_strerror(code, reason, sizeof(reason));
    snprintf(failure, failure_size, "%s %s: %s", what, file != NULL ? file : "", reason);
    return STATUS_TLS;
}

static int parse_key(struct identity *identity, const char *file)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_parse_keyfile(&identity->key, file, NULL, draw_random, identity);
#else
    return mbedtls_pk_parse_keyfile(&identity->key, file, NULL);
#endif
}

static int check_pair(struct identity *identity)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_check_pair(&identity->chain.pk, &identity->key, draw_random, identity);
#else
    return mbedtls_pk_check_pair(&identity->chain.pk, &identity->key);
#endif
}

static int read_files(const struct tls_server *server, struct identity *identity, char *failure, size_t failure_size)
{
    int result = mbedtls_ctr_drbg_seed(&identity->random, mbedtls_entropy_func, &identity->entropy, NULL, 0);

    if (result != 0) return explain(failure, failure_size, "random numbers", NULL, result);
    result = mbedtls_x509_crt_parse_file(&identity->chain, server->certificate_file);
    if (result != 0) return explain(failure, failure_size, "the certificate", server->certificate_file, result);
    result = parse_key(identity, server->key_file);
    if (result != 0) return explain(failure, failure_size, "the key", server->key_file, result);
    result = check_pair(identity);
    if (result != 0)
        return explain(failure, failure_size, "the key does not belong to the certificate", server->certificate_file,
                       result);
    if (server->client_ca_file == NULL) return STATUS_OK;
    result = mbedtls_x509_crt_parse_file(&identity->client_ca, server->client_ca_file);
    if (result != 0) return explain(failure, failure_size, "the clients' CA", server->client_ca_file, result);
    return STATUS_OK;
}

static int configure(struct identity *identity, bool asks_clients, char *failure, size_t failure_size)
{
    mbedtls_ssl_config *config = &identity->config;
    int result = mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                             MBEDTLS_SSL_PRESET_DEFAULT);

    if (result != 0) return explain(failure, failure_size, "TLS", NULL, result);
    mbedtls_ssl_conf_rng(config, draw_random, identity);
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
    result = mbedtls_ssl_conf_own_cert(config, &identity->chain, &identity->key);
    if (result != 0) return explain(failure, failure_size, "the certificate", NULL, result);
    if (asks_clients) {
        mbedtls_ssl_conf_ca_chain(config, &identity->client_ca, NULL);
        mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_REQUIRED);
    }
    return STATUS_OK;
}

static int load_identity(const struct tls_server *server, struct identity **out, char *failure, size_t failure_size)
{
    struct identity *identity = new_identity();
    int status = read_files(server, identity, failure, failure_size);

    if (status == STATUS_OK) status = configure(identity, server->client_ca_file != NULL, failure, failure_size);
    if (status != STATUS_OK) {
        release(identity);
        return status;
    }
    *out = identity;
    return STATUS_OK;
}

int tls_server_open(const struct tls_server_options *options, struct tls_server **out, char *failure,
                    size_t failure_size)
{
    struct tls_server *server;
    int status;

    if (options->certificate_file == NULL || options->key_file == NULL) {
        snprintf(failure, failure_size, "both certificate and key are needed");
        return STATUS_TLS;
    }
#if MBEDTLS_VERSION_MAJOR >= 3
    if (psa_crypto_init() != PSA_SUCCESS) {
        snprintf(failure, failure_size, "the crypto library cannot be started");
        return STATUS_TLS;
    }
#endif
    server = memory_zeroed(1, sizeof(*server));
    server->certificate_file = memory_copy_string(options->certificate_file);
    server->key_file = memory_copy_string(options->key_file);
    server->client_ca_file = memory_copy_string(options->client_ca_file);
    pthread_mutex_init(&server->lock, NULL);
    status = load_identity(server, &server->identity, failure, failure_size);
    if (status != STATUS_OK) {
        tls_server_close(server);
        return status;
    }
    *out = server;
    return STATUS_OK;
}

int tls_server_reload(struct tls_server *server, char *failure, size_t failure_size)
{
    struct identity *fresh, *old;
    int status = load_identity(server, &fresh, failure, failure_size);

    if (status != STATUS_OK) return status;
    pthread_mutex_lock(&server->lock);
    old = server->identity;
    server->identity = fresh;
    pthread_mutex_unlock(&server->lock);
    release(old);
    return STATUS_OK;
}

void tls_server_close(struct tls_server *server)
{
    if (server == NULL) return;
    release(server->identity);
    pthread_mutex_destroy(&server->lock);
    memory_free(server->certificate_file);
    memory_free(server->key_file);
    memory_free(server->client_ca_file);
    memory_free(server);
}

struct tls_session *tls_server_session(struct tls_server *server)
{
    struct identity *identity;

    pthread_mutex_lock(&server->lock);
    identity = server->identity;
    atomic_fetch_add(&identity->holders, 1);
    pthread_mutex_unlock(&server->lock);
    return tls_session_begin(&identity->config, release, identity);
}

/* TLS towards servers: whom to trust, and whether a certificate is the host's. */
#include "runtime/tls_client.h"

#include <arpa/inet.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/memory.h"
#include "runtime/status.h"
#include "runtime/tls_session.h"

#define SAN_IP_ADDRESS 7 /* RFC 5280 4.2.1.6: iPAddress [7] */
#define TAG_NUMBER 0x1f

/* One reading of a file of authorities; kept by the client and by every session that began with it. */
struct trust {
    unsigned holders;
    char *file; /* NULL: trusts anybody */
    struct timespec changed_at;
    off_t size;
    mbedtls_ssl_config config;
    mbedtls_x509_crt authorities;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    struct trust *next;
};

struct tls_client {
    struct trust *trusts;
};

/* Whom a session wants to talk to. */
struct peer {
    struct trust *trust;
    unsigned char address[sizeof(struct in6_addr)];
    size_t address_len; /* 0: the host has a name, which mbedTLS checks */
};

int tls_client_new(struct tls_client **out)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    if (psa_crypto_init() != PSA_SUCCESS) return STATUS_UNAVAILABLE;
#endif
    *out = memory_zeroed(1, sizeof(**out));
    return STATUS_OK;
}

static void release_trust(struct trust *trust)
{
    if (--trust->holders > 0) return;
    mbedtls_ssl_config_free(&trust->config);
    mbedtls_x509_crt_free(&trust->authorities);
    mbedtls_ctr_drbg_free(&trust->random);
    mbedtls_entropy_free(&trust->entropy);
    memory_free(trust->file);
    memory_free(trust);
}

void tls_client_free(struct tls_client *client)
{
    struct trust *trust;

    if (client == NULL) return;
    while ((trust = client->trusts) != NULL) {
        client->trusts = trust->next;
        release_trust(trust);
    }
    memory_free(client);
}

static const char *system_authorities(void)
{
    static const char *const files[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                        "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (access(files[i], R_OK) == 0) return files[i];
    }
    return files[0];
}

static int explain(char *failure, size_t failure_size, const char *what, const char *file, int code)
{
    char reason[128] = "nothing in it";

    if (code < 0) mbedtls_strerror(code, reason, sizeof(reason));
    snprintf(failure, failure_size, "%s%s: %s", what, file != NULL ? file : "", reason);
    return STATUS_TLS;
}

static int configure(struct trust *trust, char *failure, size_t failure_size)
{
    mbedtls_ssl_config *config = &trust->config;
    int result = mbedtls_ctr_drbg_seed(&trust->random, mbedtls_entropy_func, &trust->entropy, NULL, 0);

    if (result != 0) return explain(failure, failure_size, "random numbers", NULL, result);
    result = mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                         MBEDTLS_SSL_PRESET_DEFAULT);
    if (result != 0) return explain(failure, failure_size, "TLS", NULL, result);
    mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, &trust->random);
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
    mbedtls_ssl_conf_authmode(config, trust->file != NULL ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
    if (trust->file == NULL) return STATUS_OK;
    /* Certificates that this library cannot read are passed over: the others may still do. */
    result = mbedtls_x509_crt_parse_file(&trust->authorities, trust->file);
    if (result < 0 || trust->authorities.raw.p == NULL)
        return explain(failure, failure_size, "certificate authorities of ", trust->file, result);
    mbedtls_ssl_conf_ca_chain(config, &trust->authorities, NULL);
    return STATUS_OK;
}

static int read_trust(const char *file, const struct stat *found, struct trust **out, char *failure,
                      size_t failure_size)
{
    struct trust *trust = memory_zeroed(1, sizeof(*trust));
    int status;

    trust->holders = 1;
    trust->file = memory_copy_string(file);
    trust->changed_at = found->st_mtim;
    trust->size = found->st_size;
    mbedtls_ssl_config_init(&trust->config);
    mbedtls_x509_crt_init(&trust->authorities);
    mbedtls_entropy_init(&trust->entropy);
    mbedtls_ctr_drbg_init(&trust->random);
    status = configure(trust, failure, failure_size);
    if (status != STATUS_OK) {
        release_trust(trust);
        return status;
    }
    *out = trust;
    return STATUS_OK;
}

static bool is_same_file(const struct trust *trust, const char *file)
{
    return trust->file == NULL || file == NULL ? trust->file == file : strcmp(trust->file, file) == 0;
}

static bool is_current(const struct trust *trust, const struct stat *found)
{
    return trust->size == found->st_size && trust->changed_at.tv_sec == found->st_mtim.tv_sec &&
           trust->changed_at.tv_nsec == found->st_mtim.tv_nsec;
}

/* The reading of the file that holds now; the client keeps it. */
static int find_trust(struct tls_client *client, const char *file, struct trust **out, char *failure,
                      size_t failure_size)
{
    struct trust **at = &client->trusts, *old, *fresh;
    struct stat found = {0};
    int status;

    if (file != NULL) (void)stat(file, &found); /* one that is not there fails when it is read */
    while (*at != NULL && !is_same_file(*at, file))
        at = &(*at)->next;
    old = *at;
    if (old != NULL && is_current(old, &found)) {
        *out = old;
        return STATUS_OK;
    }
    status = read_trust(file, &found, &fresh, failure, failure_size);
    if (status != STATUS_OK) return status;
    fresh->next = old != NULL ? old->next : NULL;
    *at = fresh;
    if (old != NULL) release_trust(old);
    *out = fresh;
    return STATUS_OK;
}

static void release_peer(void *owner)
{
    struct peer *peer = owner;

    release_trust(peer->trust);
    memory_free(peer);
}

/* mbedTLS 2.28 compares names only. Whether a host's own certificate is for its address is found here. */
static int check_address(void *arg, mbedtls_x509_crt *certificate, int depth, uint32_t *faults)
{
    const struct peer *peer = arg;
    const mbedtls_x509_sequence *name;

    if (depth > 0) return 0;
    for (name = &certificate->subject_alt_names; name != NULL; name = name->next) {
        if ((name->buf.tag & TAG_NUMBER) == SAN_IP_ADDRESS && name->buf.len == peer->address_len &&
            memcmp(name->buf.p, peer->address, peer->address_len) == 0)
            return 0;
    }
    *faults |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    return 0;
}

int tls_client_session(struct tls_client *client, const char *host, const char *ca_file, bool is_verified,
                       struct tls_session **out, char *failure, size_t failure_size)
{
    struct tls_session *session;
    struct trust *trust;
    struct peer *peer;
    int result, status;

    if (ca_file == NULL) ca_file = system_authorities();
    status = find_trust(client, is_verified ? ca_file : NULL, &trust, failure, failure_size);
    if (status != STATUS_OK) return status;
    peer = memory_zeroed(1, sizeof(*peer));
    peer->trust = trust;
    trust->holders++;
    if (inet_pton(AF_INET, host, peer->address) == 1) peer->address_len = sizeof(struct in_addr);
    if (inet_pton(AF_INET6, host, peer->address) == 1) peer->address_len = sizeof(struct in6_addr);
    session = tls_session_begin(&trust->config, release_peer, peer);
    result = mbedtls_ssl_set_hostname(tls_session_context(session), peer->address_len > 0 ? NULL : host);
    if (result != 0) {
        tls_session_free(session);
        return explain(failure, failure_size, "the host's name", NULL, result);
    }
    if (peer->address_len > 0) mbedtls_ssl_set_verify(tls_session_context(session), check_address, peer);
    *out = session;
    return STATUS_OK;
}

/* Private keys and their signatures by libcrypto. */
#include "runtime/crypto_key.h"

#include <limits.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "runtime/buffer.h"
#include "runtime/crypto.h"
#include "runtime/crypto_text.h"
#include "runtime/memory.h"
#include "runtime/status.h"

#define P256_HALF_LEN 32

struct crypto_key {
    EVP_PKEY *pkey;
    enum crypto_algorithm algorithm;
};

/* A key with a passphrase is refused, not asked about on the terminal. */
static int no_passphrase(char *out, int size, int is_writing, void *arg)
{
    (void)out;
    (void)size;
    (void)is_writing;
    (void)arg;
    return -1;
}

static int algorithm_of(EVP_PKEY *pkey, enum crypto_algorithm *out)
{
    char group[32] = "";
    int bits = EVP_PKEY_get_bits(pkey);

    if (EVP_PKEY_is_a(pkey, "RSA") && bits >= 1024 && bits <= 8192) {
        *out = CRYPTO_RS256;
        return STATUS_OK;
    }
    if (!EVP_PKEY_is_a(pkey, "EC") || EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) != 1)
        return STATUS_INVALID;
    if (strcmp(group, "prime256v1") != 0) return STATUS_INVALID;
    *out = CRYPTO_ES256;
    return STATUS_OK;
}

int crypto_key_parse(const char *pem, size_t len, struct crypto_key **out)
{
    enum crypto_algorithm algorithm;
    BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
    EVP_PKEY *pkey = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;

    BIO_free(bio);
    ERR_clear_error();
    if (pkey == NULL) return STATUS_INVALID;
    if (algorithm_of(pkey, &algorithm) != STATUS_OK) {
        EVP_PKEY_free(pkey);
        return STATUS_INVALID;
    }
    *out = memory_zeroed(1, sizeof(**out));
    (*out)->pkey = pkey;
    (*out)->algorithm = algorithm;
    return STATUS_OK;
}

void crypto_key_free(struct crypto_key *key)
{
    if (key == NULL) return;
    EVP_PKEY_free(key->pkey);
    memory_free(key);
}

enum crypto_algorithm crypto_key_algorithm(const struct crypto_key *key)
{
    return key->algorithm;
}

/* The DER sequence of r and s, in place, as the two fixed halves that JWS has. */
static int flatten_ecdsa(struct buffer *out, size_t start)
{
    const unsigned char *der = (const unsigned char *)out->bytes + start;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)(out->len - start));
    unsigned char *halves = (unsigned char *)out->bytes + start;
    int is_good;

    if (signature == NULL) return STATUS_UNAVAILABLE;
    is_good = BN_bn2binpad(ECDSA_SIG_get0_r(signature), halves, P256_HALF_LEN) == P256_HALF_LEN &&
              BN_bn2binpad(ECDSA_SIG_get0_s(signature), halves + P256_HALF_LEN, P256_HALF_LEN) == P256_HALF_LEN;
    ECDSA_SIG_free(signature);
    out->len = start + 2 * P256_HALF_LEN;
    return is_good ? STATUS_OK : STATUS_UNAVAILABLE;
}

int crypto_key_sign(struct crypto_key *key, const void *bytes, size_t len, struct buffer *out)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t start = out->len, signature_len = (size_t)EVP_PKEY_get_size(key->pkey);
    int status = STATUS_UNAVAILABLE;

    buffer_reserve(out, signature_len + 2 * P256_HALF_LEN);
    if (context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
        EVP_DigestSign(context, (unsigned char *)out->bytes + start, &signature_len, bytes, len) == 1) {
        out->len += signature_len;
        status = key->algorithm == CRYPTO_ES256 ? flatten_ecdsa(out, start) : STATUS_OK;
    }
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    if (status != STATUS_OK) out->len = start;
    out->bytes[out->len] = '\0';
    return status;
}

/* Appends "header.claims". */
static int add_signed_part(const char *algorithm, const char *key_id, const char *claims, size_t claims_len,
                           struct buffer *out)
{
    struct buffer header = BUFFER_EMPTY;

    for (const char *at = key_id; at != NULL && *at != '\0'; at++) {
        if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\') return STATUS_INVALID;
    }
    buffer_add_format(&header, "{\"alg\":\"%s\",\"typ\":\"JWT\"", algorithm);
    if (key_id != NULL) buffer_add_format(&header, ",\"kid\":\"%s\"", key_id);
    buffer_add_char(&header, '}');
    crypto_base64(BASE64_URL, header.bytes, header.len, out);
    buffer_free(&header);
    buffer_add_char(out, '.');
    crypto_base64(BASE64_URL, claims, claims_len, out);
    return STATUS_OK;
}

static void add_signature(const void *signature, size_t len, struct buffer *out)
{
    buffer_add_char(out, '.');
    crypto_base64(BASE64_URL, signature, len, out);
}

int crypto_jwt_with_key(struct crypto_key *key, const char *key_id, const char *claims, size_t claims_len,
                        struct buffer *out)
{
    struct buffer signature = BUFFER_EMPTY;
    size_t start = out->len;
    int status = add_signed_part(key->algorithm == CRYPTO_ES256 ? "ES256" : "RS256", key_id, claims, claims_len, out);

    if (status == STATUS_OK) status = crypto_key_sign(key, out->bytes + start, out->len - start, &signature);
    if (status == STATUS_OK) add_signature(signature.bytes, signature.len, out);
    buffer_free(&signature);
    if (status != STATUS_OK) out->len = start;
    return status;
}

int crypto_jwt_with_secret(const void *secret, size_t secret_len, const char *key_id, const char *claims,
                           size_t claims_len, struct buffer *out)
{
    unsigned char mac[CRYPTO_SHA256_LEN];
    size_t start = out->len;
    int status = add_signed_part("HS256", key_id, claims, claims_len, out);

    if (status != STATUS_OK) return status;
    crypto_hmac_sha256(secret, secret_len, out->bytes + start, out->len - start, mac);
    add_signature(mac, sizeof(mac), out);
    return STATUS_OK;
}

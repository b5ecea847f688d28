/* Public keys and what they verify, by libcrypto. */
#include "runtime/crypto_public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#include "runtime/memory.h"
#include "runtime/status.h"

#define ED25519_LEN 32
#define RSA_LEAST_BITS 2048
#define RSA_MOST_BITS 8192
#define RSA_MOST_EXPONENT_LEN 8
#define COORDINATE_MOST 66
#define DER_MOST (2 * COORDINATE_MOST + 16)

enum family { RSA_KEY, P256_KEY, P384_KEY, P521_KEY, ED25519_KEY };

struct crypto_public_key {
    EVP_PKEY *pkey;
    enum family family;
};

struct scheme {
    const char *name, *digest; /* NULL: the algorithm hashes by itself */
    enum family family;
    bool is_pss;
};

static const struct scheme schemes[CRYPTO_SIGNED_COUNT] = {
    {"RS256", "SHA256", RSA_KEY, false},  {"RS384", "SHA384", RSA_KEY, false},  {"RS512", "SHA512", RSA_KEY, false},
    {"PS256", "SHA256", RSA_KEY, true},   {"PS384", "SHA384", RSA_KEY, true},   {"PS512", "SHA512", RSA_KEY, true},
    {"ES256", "SHA256", P256_KEY, false}, {"ES384", "SHA384", P384_KEY, false}, {"ES512", "SHA512", P521_KEY, false},
    {"EdDSA", NULL, ED25519_KEY, false},
};

struct curve {
    const char *name, *group;
    enum family family;
    size_t coordinate_len;
};

static const struct curve curves[] = {
    {"P-256", "P-256", P256_KEY, 32},
    {"P-384", "P-384", P384_KEY, 48},
    {"P-521", "P-521", P521_KEY, COORDINATE_MOST},
};

#define CURVE_COUNT (sizeof(curves) / sizeof(curves[0]))

const char *crypto_signature_name(enum crypto_signature signature)
{
    return schemes[signature].name;
}

static int keep(EVP_PKEY *pkey, enum family family, struct crypto_public_key **out)
{
    ERR_clear_error();
    if (pkey == NULL) return STATUS_INVALID;
    *out = memory_zeroed(1, sizeof(**out));
    (*out)->pkey = pkey;
    (*out)->family = family;
    return STATUS_OK;
}

static EVP_PKEY *from_parts(const char *type, OSSL_PARAM_BLD *parts)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(parts);
    EVP_PKEY *pkey = NULL;

    if (context == NULL || parameters == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        pkey = NULL;
    OSSL_PARAM_free(parameters);
    EVP_PKEY_CTX_free(context);
    return pkey;
}

int crypto_public_key_rsa(struct crypto_number n, struct crypto_number e, struct crypto_public_key **out)
{
    OSSL_PARAM_BLD *parts;
    BIGNUM *modulus, *exponent;
    EVP_PKEY *pkey = NULL;
    int bits;

    if (n.len > RSA_MOST_BITS / 8 + 1 || e.len == 0 || e.len > RSA_MOST_EXPONENT_LEN) return STATUS_INVALID;
    parts = OSSL_PARAM_BLD_new();
    modulus = BN_bin2bn(n.bytes, (int)n.len, NULL);
    exponent = BN_bin2bn(e.bytes, (int)e.len, NULL);
    bits = modulus != NULL ? BN_num_bits(modulus) : 0;
    if (parts != NULL && exponent != NULL && bits >= RSA_LEAST_BITS && bits <= RSA_MOST_BITS && BN_is_odd(modulus) &&
        BN_is_odd(exponent) && !BN_is_one(exponent) &&
        OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        pkey = from_parts("RSA", parts);
    OSSL_PARAM_BLD_free(parts);
    BN_free(modulus);
    BN_free(exponent);
    return keep(pkey, RSA_KEY, out);
}

/* The point uncompressed (SEC 1, 2.3.3): 4, then x and y. */
static EVP_PKEY *from_point(const struct curve *curve, const void *x, const void *y)
{
    unsigned char point[1 + 2 * COORDINATE_MOST] = {4};
    OSSL_PARAM_BLD *parts = OSSL_PARAM_BLD_new();
    EVP_PKEY *pkey = NULL;

    memcpy(point + 1, x, curve->coordinate_len);
    memcpy(point + 1 + curve->coordinate_len, y, curve->coordinate_len);
    if (parts != NULL && OSSL_PARAM_BLD_push_utf8_string(parts, OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(parts, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * curve->coordinate_len) == 1)
        pkey = from_parts("EC", parts);
    OSSL_PARAM_BLD_free(parts);
    return pkey;
}

int crypto_public_key_ec(const char *curve, struct crypto_number x, struct crypto_number y,
                         struct crypto_public_key **out)
{
    for (size_t i = 0; i < CURVE_COUNT; i++) {
        if (strcmp(curve, curves[i].name) != 0) continue;
        if (x.len != curves[i].coordinate_len || y.len != x.len) return STATUS_INVALID;
        return keep(from_point(&curves[i], x.bytes, y.bytes), curves[i].family, out);
    }
    return STATUS_INVALID;
}

int crypto_public_key_ed25519(struct crypto_number x, struct crypto_public_key **out)
{
    if (x.len != ED25519_LEN) return STATUS_INVALID;
    return keep(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x.bytes, x.len), ED25519_KEY, out);
}

void crypto_public_key_free(struct crypto_public_key *key)
{
    if (key == NULL) return;
    EVP_PKEY_free(key->pkey);
    memory_free(key);
}

bool crypto_public_key_fits(const struct crypto_public_key *key, enum crypto_signature signature)
{
    return schemes[signature].family == key->family;
}

static size_t coordinate_len(enum family family)
{
    for (size_t i = 0; i < CURVE_COUNT; i++) {
        if (curves[i].family == family) return curves[i].coordinate_len;
    }
    return 0;
}

/* r and s side by side (RFC 7518 3.4) as the sequence that libcrypto reads; its length, 0 when it is none. */
static size_t sequence_of(const unsigned char *halves, size_t half_len, unsigned char der[DER_MOST])
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(halves, (int)half_len, NULL), *s = BN_bin2bn(halves + half_len, (int)half_len, NULL);
    int len = 0;

    if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = s = NULL;
        len = i2d_ECDSA_SIG(pair, NULL) <= DER_MOST ? i2d_ECDSA_SIG(pair, &der) : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

static bool use_pss(EVP_PKEY_CTX *context)
{
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool verify(EVP_PKEY *pkey, const struct scheme *scheme, const void *bytes, size_t len, const void *signed_bytes,
                   size_t signed_len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    bool is_good =
        context != NULL && EVP_DigestVerifyInit_ex(context, &options, scheme->digest, NULL, NULL, pkey, NULL) == 1 &&
        (!scheme->is_pss || use_pss(options)) && EVP_DigestVerify(context, signed_bytes, signed_len, bytes, len) == 1;

    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return is_good;
}

bool crypto_public_key_verify(const struct crypto_public_key *key, enum crypto_signature signature, const void *bytes,
                              size_t len, const void *signed_bytes, size_t signed_len)
{
    const struct scheme *scheme = &schemes[signature];
    size_t half_len = coordinate_len(scheme->family);
    unsigned char der[DER_MOST];

    if (!crypto_public_key_fits(key, signature)) return false;
    if (half_len == 0) return verify(key->pkey, scheme, bytes, len, signed_bytes, signed_len);
    if (signed_len != 2 * half_len) return false;
    signed_len = sequence_of(signed_bytes, half_len, der);
    return signed_len > 0 && verify(key->pkey, scheme, bytes, len, der, signed_len);
}

/*
 * Private keys, what they sign, and JSON Web Tokens: for DKIM, FCM, APNs and endpoints.
 */
#ifndef HERALD_CRYPTO_KEY_H
#define HERALD_CRYPTO_KEY_H

#include <stddef.h>

struct buffer;
struct crypto_key;

enum crypto_algorithm {
    CRYPTO_HS256, /* HMAC-SHA-256 with a shared secret */
    CRYPTO_RS256, /* RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017) */
    CRYPTO_ES256, /* ECDSA on P-256 with SHA-256 */
};

/*
 * A private key from PEM (PKCS#1, PKCS#8 or SEC 1, without a passphrase). STATUS_INVALID: none of these, or neither RSA
 * of 1024 to 8192 bits nor P-256. The caller frees it; after that it is read-only and safe from any thread.
 */
int crypto_key_parse(const char *pem, size_t len, struct crypto_key **out);
void crypto_key_free(struct crypto_key *key);

/* CRYPTO_RS256 or CRYPTO_ES256. */
enum crypto_algorithm crypto_key_algorithm(const struct crypto_key *key);

/* Appends the signature: RS256 as long as the modulus, ES256 64 bytes, r and s (RFC 7518 section 3.4). */
int crypto_key_sign(struct crypto_key *key, const void *bytes, size_t len, struct buffer *out);

/*
 * Appends a JWT (RFC 7519) over claims, which is JSON text. key_id (may be NULL) becomes the header's kid; it must
 * be printable ASCII without quote or backslash: STATUS_INVALID.
 */
int crypto_jwt_with_key(struct crypto_key *key, const char *key_id, const char *claims, size_t claims_len,
                        struct buffer *out);
int crypto_jwt_with_secret(const void *secret, size_t secret_len, const char *key_id, const char *claims,
                           size_t claims_len, struct buffer *out);

#endif

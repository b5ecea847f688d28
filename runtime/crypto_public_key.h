/*
 * Public keys as a JSON Web Key has them (RFC 7517, 7518, 8037), and the signatures that they vouch for.
 */
#ifndef HERALD_CRYPTO_PUBLIC_KEY_H
#define HERALD_CRYPTO_PUBLIC_KEY_H

#include <stdbool.h>
#include <stddef.h>

struct crypto_public_key;

enum crypto_signature {
    CRYPTO_SIGNED_RS256, /* RSASSA-PKCS1-v1_5 */
    CRYPTO_SIGNED_RS384,
    CRYPTO_SIGNED_RS512,
    CRYPTO_SIGNED_PS256, /* RSASSA-PSS, with a salt as long as the hash */
    CRYPTO_SIGNED_PS384,
    CRYPTO_SIGNED_PS512,
    CRYPTO_SIGNED_ES256, /* ECDSA on P-256; r and s side by side */
    CRYPTO_SIGNED_ES384, /* on P-384 */
    CRYPTO_SIGNED_ES512, /* on P-521 */
    CRYPTO_SIGNED_EDDSA, /* Ed25519 */
};

#define CRYPTO_SIGNED_COUNT 10

/* "RS256", ..., "EdDSA"; a static string. */
const char *crypto_signature_name(enum crypto_signature signature);

struct crypto_number {
    const void *bytes; /* big-endian */
    size_t len;
};

/* STATUS_INVALID: no RSA key of 2048 to 8192 bits. The caller frees the key; it is safe from any thread. */
int crypto_public_key_rsa(struct crypto_number n, struct crypto_number e, struct crypto_public_key **out);

/* curve is "P-256", "P-384" or "P-521". STATUS_INVALID: another curve, or no point of it. */
int crypto_public_key_ec(const char *curve, struct crypto_number x, struct crypto_number y,
                         struct crypto_public_key **out);

/* STATUS_INVALID: not 32 bytes. */
int crypto_public_key_ed25519(struct crypto_number x, struct crypto_public_key **out);

void crypto_public_key_free(struct crypto_public_key *key);

/* Whether this kind of signature can be this key's. */
bool crypto_public_key_fits(const struct crypto_public_key *key, enum crypto_signature signature);

/* False as well where the kind does not fit the key. */
bool crypto_public_key_verify(const struct crypto_public_key *key, enum crypto_signature signature, const void *bytes,
                              size_t len, const void *signed_bytes, size_t signed_len);

#endif

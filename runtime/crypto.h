/*
 * Hashes, MACs, random bytes and authenticated encryption, for keys, signatures and templates.
 * Everything here is stateless and safe from any thread.
 */
#ifndef HERALD_CRYPTO_H
#define HERALD_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#define CRYPTO_SHA256_LEN 32
#define CRYPTO_MD5_LEN 16
#define CRYPTO_NONCE_LEN 12
#define CRYPTO_TAG_LEN 16
#define CRYPTO_UUID_LEN 36

struct buffer;

/* SHA-256 (FIPS 180-4). */
void crypto_sha256(const void *bytes, size_t len, unsigned char out[CRYPTO_SHA256_LEN]);

/* MD5 (RFC 1321), for those who ask for it by name: it protects nothing. */
void crypto_md5(const void *bytes, size_t len, unsigned char out[CRYPTO_MD5_LEN]);

/* HMAC-SHA-256 (RFC 2104); a key of any length. */
void crypto_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                        unsigned char out[CRYPTO_SHA256_LEN]);

#define CRYPTO_HMAC_MOST 64

enum crypto_hash { CRYPTO_SHA256, CRYPTO_SHA384, CRYPTO_SHA512 };

/* HMAC with one of these hashes; a key of any length below 2 GB. Returns the length of the MAC: 32, 48 or 64. */
size_t crypto_hmac(enum crypto_hash hash, const void *key, size_t key_len, const void *bytes, size_t len,
                   unsigned char out[CRYPTO_HMAC_MOST]);

/* True when both have the same length and bytes; takes the same time wherever they differ. */
bool crypto_equal(const void *a, size_t a_len, const void *b, size_t b_len);

/* Unpredictable bytes from the kernel. Aborts if the kernel has none to give. */
void crypto_random(void *out, size_t len);

/* A random UUID (RFC 9562, version 4) in lower case, with a NUL behind it. */
void crypto_uuid(char out[CRYPTO_UUID_LEN + 1]);

/*
 * AES-GCM (NIST SP 800-38D) with a key of 16 or 32 bytes. nonce: CRYPTO_NONCE_LEN bytes, never used twice with one
 * key; NULL makes a random one. associated (may be NULL with 0) is authenticated, not encrypted.
 * Appends nonce, ciphertext and tag to out. STATUS_INVALID: a key of another length.
 */
int crypto_aes_gcm_encrypt(const unsigned char *key, size_t key_len, const unsigned char *nonce, const void *associated,
                           size_t associated_len, const void *bytes, size_t len, struct buffer *out);

/* Appends the plaintext of what crypto_aes_gcm_encrypt made. STATUS_INVALID: wrong key, or not one byte is as it was.
 */
int crypto_aes_gcm_decrypt(const unsigned char *key, size_t key_len, const void *associated, size_t associated_len,
                           const void *sealed, size_t sealed_len, struct buffer *out);

#endif

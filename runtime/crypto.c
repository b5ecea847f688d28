/*
 * Hashes, MACs and AES-GCM by libcrypto, random bytes by the kernel.
 *
 * The one-shot SHA-256 functions are used although OpenSSL 3 calls them low-level: the EVP ones look the algorithm up
 * under a lock at each call, which costs more than hashing a trigger's body does.
 */
#define OPENSSL_API_COMPAT 10101
#include "runtime/crypto.h"

#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "runtime/buffer.h"
#include "runtime/memory.h"
#include "runtime/status.h"

#define SHA256_BLOCK_LEN 64

static void hash_two(const void *a, size_t a_len, const void *b, size_t b_len, unsigned char out[CRYPTO_SHA256_LEN])
{
    SHA256_CTX context;

    SHA256_Init(&context);
    SHA256_Update(&context, a, a_len);
    SHA256_Update(&context, b, b_len);
    SHA256_Final(out, &context);
    memory_wipe(&context, sizeof(context));
}

void crypto_sha256(const void *bytes, size_t len, unsigned char out[CRYPTO_SHA256_LEN])
{
    hash_two(bytes, len, "", 0, out);
}

void crypto_md5(const void *bytes, size_t len, unsigned char out[CRYPTO_MD5_LEN])
{
    MD5(bytes, len, out);
}

void crypto_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len,
                        unsigned char out[CRYPTO_SHA256_LEN])
{
    unsigned char inner[SHA256_BLOCK_LEN] = {0}, outer[SHA256_BLOCK_LEN], digest[CRYPTO_SHA256_LEN];

    if (key_len > sizeof(inner)) {
        crypto_sha256(key, key_len, inner);
    } else if (key_len > 0) {
        memcpy(inner, key, key_len);
    }
    for (size_t i = 0; i < sizeof(inner); i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    hash_two(inner, sizeof(inner), bytes, len, digest);
    hash_two(outer, sizeof(outer), digest, sizeof(digest), out);
    memory_wipe(inner, sizeof(inner));
    memory_wipe(outer, sizeof(outer));
}

size_t crypto_hmac(enum crypto_hash hash, const void *key, size_t key_len, const void *bytes, size_t len,
                   unsigned char out[CRYPTO_HMAC_MOST])
{
    const EVP_MD *digest = NULL;
    unsigned out_len = 0;

    switch (hash) {
    case CRYPTO_SHA256: digest = EVP_sha256(); break;
    case CRYPTO_SHA384: digest = EVP_sha384(); break;
    case CRYPTO_SHA512: digest = EVP_sha512(); break;
    }
    if (key_len > INT_MAX || HMAC(digest, key, (int)key_len, bytes, len, out, &out_len) == NULL) abort();
    return out_len;
}

bool crypto_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
    return a_len == b_len && CRYPTO_memcmp(a, b, a_len) == 0;
}

void crypto_random(void *out, size_t len)
{
    unsigned char *at = out;
    ssize_t got;

    while (len > 0) {
        got = getrandom(at, len, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            perror("herald: getrandom");
            abort();
        }
        at += got;
        len -= (size_t)got;
    }
}

void crypto_uuid(char out[CRYPTO_UUID_LEN + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[16];
    char *at = out;

    crypto_random(bytes, sizeof(bytes));
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    *at = '\0';
}

static const EVP_CIPHER *cipher_for(size_t key_len)
{
    if (key_len == 16) return EVP_aes_128_gcm();
    return key_len == 32 ? EVP_aes_256_gcm() : NULL;
}

int crypto_aes_gcm_encrypt(const unsigned char *key, size_t key_len, const unsigned char *nonce, const void *associated,
                           size_t associated_len, const void *bytes, size_t len, struct buffer *out)
{
    const EVP_CIPHER *cipher = cipher_for(key_len);
    EVP_CIPHER_CTX *context;
    unsigned char *sealed, *text;
    int part = 0, is_good;

    if (cipher == NULL || len > INT_MAX - 64 || associated_len > INT_MAX) return STATUS_INVALID;
    buffer_reserve(out, CRYPTO_NONCE_LEN + len + CRYPTO_TAG_LEN);
    sealed = (unsigned char *)out->bytes + out->len;
    text = sealed + CRYPTO_NONCE_LEN;
    if (nonce != NULL) {
        memcpy(sealed, nonce, CRYPTO_NONCE_LEN);
    } else {
        crypto_random(sealed, CRYPTO_NONCE_LEN);
    }
    context = EVP_CIPHER_CTX_new();
    is_good = context != NULL && EVP_EncryptInit_ex(context, cipher, NULL, key, sealed) == 1 &&
              (associated_len == 0 || EVP_EncryptUpdate(context, NULL, &part, associated, (int)associated_len) == 1) &&
              (len == 0 || EVP_EncryptUpdate(context, text, &part, bytes, (int)len) == 1) &&
              EVP_EncryptFinal_ex(context, text + len, &part) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, CRYPTO_TAG_LEN, text + len) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!is_good) return STATUS_UNAVAILABLE;
    out->len += CRYPTO_NONCE_LEN + len + CRYPTO_TAG_LEN;
    out->bytes[out->len] = '\0';
    return STATUS_OK;
}

int crypto_aes_gcm_decrypt(const unsigned char *key, size_t key_len, const void *associated, size_t associated_len,
                           const void *sealed, size_t sealed_len, struct buffer *out)
{
    const EVP_CIPHER *cipher = cipher_for(key_len);
    const unsigned char *text = (const unsigned char *)sealed + CRYPTO_NONCE_LEN;
    unsigned char tag[CRYPTO_TAG_LEN], *plain;
    EVP_CIPHER_CTX *context;
    size_t len;
    int part = 0, is_good;

    if (cipher == NULL || sealed_len < CRYPTO_NONCE_LEN + CRYPTO_TAG_LEN || sealed_len > INT_MAX) return STATUS_INVALID;
    if (associated_len > INT_MAX) return STATUS_INVALID;
    len = sealed_len - CRYPTO_NONCE_LEN - CRYPTO_TAG_LEN;
    memcpy(tag, text + len, sizeof(tag));
    buffer_reserve(out, len + CRYPTO_TAG_LEN);
    plain = (unsigned char *)out->bytes + out->len;
    context = EVP_CIPHER_CTX_new();
    is_good = context != NULL && EVP_DecryptInit_ex(context, cipher, NULL, key, sealed) == 1 &&
              (associated_len == 0 || EVP_DecryptUpdate(context, NULL, &part, associated, (int)associated_len) == 1) &&
              (len == 0 || EVP_DecryptUpdate(context, plain, &part, text, (int)len) == 1) &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, sizeof(tag), tag) == 1 &&
              EVP_DecryptFinal_ex(context, plain + len, &part) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!is_good) {
        memory_wipe(plain, len);
        return STATUS_INVALID;
    }
    out->len += len;
    out->bytes[out->len] = '\0';
    return STATUS_OK;
}

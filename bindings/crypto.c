/* herald.crypto: hashes, signatures, tokens, encryption and their text forms. Every value is a string of bytes. */
#include "runtime/crypto.h"

#include <string.h>

#include "bindings/bindings.h"
#include "bindings/crypto_key.h"
#include "bindings/scratch.h"
#include "runtime/buffer.h"
#include "runtime/crypto_key.h"
#include "runtime/crypto_public_key.h"
#include "runtime/crypto_text.h"
#include "runtime/status.h"

#define KEY "herald.crypto.key"
#define PUBLIC_KEY "herald.crypto.public_key"
#define KEPT_KEYS "herald.crypto.keys"
#define KEPT_MOST 64
#define RANDOM_MOST (1 << 20)

/* crypto.sha256(bytes) -> string  (32 bytes) */
static int l_sha256(lua_State *L)
{
    unsigned char digest[CRYPTO_SHA256_LEN];
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);

    crypto_sha256(bytes, len, digest);
    lua_pushlstring(L, (const char *)digest, sizeof(digest));
    return 1;
}

/* crypto.sha256_hex(bytes) -> string  (64 digits) */
static int l_sha256_hex(lua_State *L)
{
    struct buffer *out;

    l_sha256(L);
    out = scratch_push_new(L);
    crypto_hex(lua_tostring(L, -2), CRYPTO_SHA256_LEN, out);
    return scratch_push_string(L, out);
}

/* crypto.hmac_sha256(key, bytes) -> string  (32 bytes) */
static int l_hmac_sha256(lua_State *L)
{
    unsigned char mac[CRYPTO_SHA256_LEN];
    size_t key_len, len;
    const char *key = luaL_checklstring(L, 1, &key_len);
    const char *bytes = luaL_checklstring(L, 2, &len);

    crypto_hmac_sha256(key, key_len, bytes, len, mac);
    lua_pushlstring(L, (const char *)mac, sizeof(mac));
    return 1;
}

/* crypto.hmac(hash, key, bytes) -> string  (hash: "sha256", "sha384" or "sha512") */
static int l_hmac(lua_State *L)
{
    static const char *const names[] = {"sha256", "sha384", "sha512", NULL};
    enum crypto_hash hash = (enum crypto_hash)luaL_checkoption(L, 1, NULL, names);
    unsigned char mac[CRYPTO_HMAC_MOST];
    size_t key_len, len;
    const char *key = luaL_checklstring(L, 2, &key_len);
    const char *bytes = luaL_checklstring(L, 3, &len);

    luaL_argcheck(L, key_len <= INT32_MAX, 2, "too long");
    lua_pushlstring(L, (const char *)mac, crypto_hmac(hash, key, key_len, bytes, len, mac));
    return 1;
}

/* crypto.equal(a, b) -> boolean  (in constant time) */
static int l_equal(lua_State *L)
{
    size_t a_len, b_len;
    const char *a = luaL_checklstring(L, 1, &a_len);
    const char *b = luaL_checklstring(L, 2, &b_len);

    lua_pushboolean(L, crypto_equal(a, a_len, b, b_len));
    return 1;
}

/* crypto.random(count) -> string */
static int l_random(lua_State *L)
{
    lua_Integer count = luaL_checkinteger(L, 1);
    luaL_Buffer buffer;

    luaL_argcheck(L, count >= 0 && count <= RANDOM_MOST, 1, "out of range");
    crypto_random(luaL_buffinitsize(L, &buffer, (size_t)count), (size_t)count);
    luaL_pushresultsize(&buffer, (size_t)count);
    return 1;
}

/* crypto.uuid() -> string  (version 4) */
static int l_uuid(lua_State *L)
{
    char uuid[CRYPTO_UUID_LEN + 1];

    crypto_uuid(uuid);
    lua_pushlstring(L, uuid, CRYPTO_UUID_LEN);
    return 1;
}

/* crypto.hex(bytes) -> string */
static int l_hex(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);
    struct buffer *out = scratch_push_new(L);

    crypto_hex(bytes, len, out);
    return scratch_push_string(L, out);
}

/* crypto.unhex(text) -> string | nil, message, code */
static int l_unhex(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    struct buffer *out = scratch_push_new(L);

    if (crypto_unhex(text, len, out) != STATUS_OK) return push_failure(L, "invalid", "not hex");
    return scratch_push_string(L, out);
}

static int encode(lua_State *L, enum base64_alphabet alphabet)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);
    struct buffer *out = scratch_push_new(L);

    crypto_base64(alphabet, bytes, len, out);
    return scratch_push_string(L, out);
}

static int decode(lua_State *L, enum base64_alphabet alphabet)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    struct buffer *out = scratch_push_new(L);

    if (crypto_unbase64(alphabet, text, len, out) != STATUS_OK) return push_failure(L, "invalid", "not base64");
    return scratch_push_string(L, out);
}

/* crypto.base64(bytes) -> string */
static int l_base64(lua_State *L)
{
    return encode(L, BASE64_STANDARD);
}

/* crypto.unbase64(text) -> string | nil, message, code */
static int l_unbase64(lua_State *L)
{
    return decode(L, BASE64_STANDARD);
}

/* crypto.base64url(bytes) -> string  (without padding) */
static int l_base64url(lua_State *L)
{
    return encode(L, BASE64_URL);
}

/* crypto.unbase64url(text) -> string | nil, message, code */
static int l_unbase64url(lua_State *L)
{
    return decode(L, BASE64_URL);
}

struct crypto_key *check_crypto_key(lua_State *L, int index)
{
    struct crypto_key **box = luaL_checkudata(L, index, KEY);

    luaL_argcheck(L, *box != NULL, index, "the key is closed");
    return *box;
}

/* Pushes a Key made from the PEM at index; false, with nothing pushed, when it is none. */
static bool push_key(lua_State *L, int index)
{
    size_t len;
    const char *pem = luaL_checklstring(L, index, &len);
    struct crypto_key **box = lua_newuserdatauv(L, sizeof(*box), 0);

    *box = NULL;
    luaL_setmetatable(L, KEY);
    if (crypto_key_parse(pem, len, box) == STATUS_OK) return true;
    lua_pop(L, 1);
    return false;
}

/* Pushes the registry's table of keys by PEM, with its count at 1; an empty one when it holds enough. */
static void push_kept_keys(lua_State *L)
{
    lua_Integer count;

    luaL_getsubtable(L, LUA_REGISTRYINDEX, KEPT_KEYS);
    lua_rawgeti(L, -1, 1);
    count = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (count >= KEPT_MOST) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setfield(L, LUA_REGISTRYINDEX, KEPT_KEYS);
        count = 0;
    }
    lua_pushinteger(L, count + 1);
    lua_rawseti(L, -2, 1);
}

struct crypto_key *crypto_key_or_pem(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    if (lua_type(L, index) == LUA_TUSERDATA) return check_crypto_key(L, index);
    luaL_checkstring(L, index);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, KEPT_KEYS);
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) != LUA_TUSERDATA) {
        lua_pop(L, 2);
        if (!push_key(L, index)) return NULL;
        push_kept_keys(L);
        lua_pushvalue(L, index);
        lua_pushvalue(L, -3);
        lua_rawset(L, -3);
        lua_pop(L, 1);
    }
    return check_crypto_key(L, -1);
}

static int push_bad_key(lua_State *L)
{
    return push_failure(L, "invalid",
                        "not a private key in PEM (RSA of 1024 to 8192 bits, or P-256, without a passphrase)");
}

/* crypto.key(pem) -> Key | nil, message, code  (parsed once, for many signatures) */
static int l_key(lua_State *L)
{
    return push_key(L, 1) ? 1 : push_bad_key(L);
}

/* Key:algorithm() -> "RS256" | "ES256" */
static int l_key_algorithm(lua_State *L)
{
    lua_pushstring(L, crypto_key_algorithm(check_crypto_key(L, 1)) == CRYPTO_ES256 ? "ES256" : "RS256");
    return 1;
}

static int l_key_close(lua_State *L)
{
    struct crypto_key **box = luaL_checkudata(L, 1, KEY);

    crypto_key_free(*box);
    *box = NULL;
    return 0;
}

/* crypto.sign_rs256(key, bytes) -> string | nil, message, code  (key: a Key or PEM) */
static int l_sign_rs256(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 2, &len);
    struct crypto_key *key = crypto_key_or_pem(L, 1);
    struct buffer *out = scratch_push_new(L);

    if (key == NULL) return push_bad_key(L);
    if (crypto_key_algorithm(key) != CRYPTO_RS256) return push_failure(L, "invalid", "not an RSA key");
    if (crypto_key_sign(key, bytes, len, out) != STATUS_OK)
        return push_failure(L, "unavailable", "the key cannot sign");
    return scratch_push_string(L, out);
}

/* crypto.jwt(claims, key, algorithm[, key_id]) -> string | nil, message, code
   (claims: JSON text; key: a Key or PEM for "RS256" and "ES256", a secret for "HS256"; key_id: the header's kid) */
static int l_jwt(lua_State *L)
{
    static const char *const names[] = {"HS256", "RS256", "ES256", NULL};
    enum crypto_algorithm algorithm = (enum crypto_algorithm)luaL_checkoption(L, 3, NULL, names);
    const char *key_id = luaL_optstring(L, 4, NULL), *secret;
    size_t claims_len, secret_len;
    const char *claims = luaL_checklstring(L, 1, &claims_len);
    struct crypto_key *key = NULL;
    struct buffer *out;
    int status;

    if (algorithm != CRYPTO_HS256) {
        key = crypto_key_or_pem(L, 2);
        if (key == NULL) return push_bad_key(L);
        if (crypto_key_algorithm(key) != algorithm)
            return push_failure(L, "invalid", "the key is not one for %s", names[algorithm]);
        out = scratch_push_new(L);
        status = crypto_jwt_with_key(key, key_id, claims, claims_len, out);
    } else {
        secret = luaL_checklstring(L, 2, &secret_len);
        luaL_argcheck(L, secret_len > 0, 2, "an empty secret");
        out = scratch_push_new(L);
        status = crypto_jwt_with_secret(secret, secret_len, key_id, claims, claims_len, out);
    }
    if (status != STATUS_OK) return push_failure(L, "invalid", "the key id is not printable ASCII");
    return scratch_push_string(L, out);
}

static const unsigned char *check_aes_key(lua_State *L, size_t *out_len)
{
    const char *key = luaL_checklstring(L, 1, out_len);

    luaL_argcheck(L, *out_len == 16 || *out_len == 32, 1, "expected a key of 16 or 32 bytes");
    return (const unsigned char *)key;
}

/* crypto.aes_gcm_encrypt(key, bytes[, associated[, nonce]]) -> string  (nonce, ciphertext, tag) */
static int l_aes_gcm_encrypt(lua_State *L)
{
    size_t key_len, len, associated_len, nonce_len;
    const unsigned char *key = check_aes_key(L, &key_len);
    const char *bytes = luaL_checklstring(L, 2, &len);
    const char *associated = luaL_optlstring(L, 3, "", &associated_len);
    const char *nonce = luaL_optlstring(L, 4, NULL, &nonce_len);
    struct buffer *out;

    luaL_argcheck(L, nonce == NULL || nonce_len == CRYPTO_NONCE_LEN, 4, "expected 12 bytes");
    out = scratch_push_new(L);
    if (crypto_aes_gcm_encrypt(key, key_len, (const unsigned char *)nonce, associated, associated_len, bytes, len,
                               out) != 0) {
        return luaL_error(L, "cannot encrypt %d bytes", (int)len);
    }
    return scratch_push_string(L, out);
}

/* crypto.aes_gcm_decrypt(key, sealed[, associated]) -> string | nil, message, code */
static int l_aes_gcm_decrypt(lua_State *L)
{
    size_t key_len, len, associated_len;
    const unsigned char *key = check_aes_key(L, &key_len);
    const char *sealed = luaL_checklstring(L, 2, &len);
    const char *associated = luaL_optlstring(L, 3, "", &associated_len);
    struct buffer *out = scratch_push_new(L);

    if (crypto_aes_gcm_decrypt(key, key_len, associated, associated_len, sealed, len, out) != STATUS_OK) {
        return push_failure(L, "invalid", "not encrypted with this key, or altered");
    }
    return scratch_push_string(L, out);
}

static struct crypto_number number_field(lua_State *L, const char *name)
{
    struct crypto_number number = {NULL, 0};

    lua_getfield(L, 1, name); /* stays on the stack, and so does its text */
    number.bytes = luaL_checklstring(L, -1, &number.len);
    return number;
}

/* crypto.public_key{kty=, n=, e= | crv=, x=, y=} -> PublicKey | nil, message, code  (a JSON Web Key, its numbers as
   bytes: "RSA" of 2048 to 8192 bits; "EC" on P-256, P-384 or P-521; "OKP" on Ed25519) */
static int l_public_key(lua_State *L)
{
    struct crypto_public_key **box;
    const char *type, *curve;
    int status = STATUS_INVALID;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    type = option_string(L, 1, "kty", "");
    curve = option_string(L, 1, "crv", "");
    box = lua_newuserdatauv(L, sizeof(*box), 0);
    *box = NULL;
    luaL_setmetatable(L, PUBLIC_KEY);
    if (strcmp(type, "RSA") == 0) {
        status = crypto_public_key_rsa(number_field(L, "n"), number_field(L, "e"), box);
    } else if (strcmp(type, "EC") == 0) {
        status = crypto_public_key_ec(curve, number_field(L, "x"), number_field(L, "y"), box);
    } else if (strcmp(type, "OKP") == 0 && strcmp(curve, "Ed25519") == 0) {
        status = crypto_public_key_ed25519(number_field(L, "x"), box);
    }
    if (status != STATUS_OK)
        return push_failure(L, "invalid", "not a public key (RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519)");
    lua_settop(L, 2);
    return 1;
}

/* PublicKey:verify(algorithm, bytes, signature) -> boolean  (false, too, for an algorithm that is not this key's) */
static int l_public_key_verify(lua_State *L)
{
    struct crypto_public_key **box = luaL_checkudata(L, 1, PUBLIC_KEY);
    const char *name = luaL_checkstring(L, 2);
    size_t len, signature_len;
    const char *bytes = luaL_checklstring(L, 3, &len), *signature = luaL_checklstring(L, 4, &signature_len);
    bool is_good = false;

    luaL_argcheck(L, *box != NULL, 1, "the key is closed");
    for (int i = 0; i < CRYPTO_SIGNED_COUNT; i++) {
        if (strcmp(name, crypto_signature_name((enum crypto_signature)i)) != 0) continue;
        is_good = crypto_public_key_verify(*box, (enum crypto_signature)i, bytes, len, signature, signature_len);
    }
    lua_pushboolean(L, is_good);
    return 1;
}

static int l_public_key_close(lua_State *L)
{
    struct crypto_public_key **box = luaL_checkudata(L, 1, PUBLIC_KEY);

    crypto_public_key_free(*box);
    *box = NULL;
    return 0;
}

static const luaL_Reg public_key_methods[] = {{"verify", l_public_key_verify}, {NULL, NULL}};
static const luaL_Reg key_methods[] = {{"algorithm", l_key_algorithm}, {NULL, NULL}};
static const luaL_Reg functions[] = {
    {"sha256", l_sha256},
    {"sha256_hex", l_sha256_hex},
    {"hmac_sha256", l_hmac_sha256},
    {"hmac", l_hmac},
    {"equal", l_equal},
    {"random", l_random},
    {"uuid", l_uuid},
    {"hex", l_hex},
    {"unhex", l_unhex},
    {"base64", l_base64},
    {"unbase64", l_unbase64},
    {"base64url", l_base64url},
    {"unbase64url", l_unbase64url},
    {"key", l_key},
    {"sign_rs256", l_sign_rs256},
    {"jwt", l_jwt},
    {"public_key", l_public_key},
    {"aes_gcm_encrypt", l_aes_gcm_encrypt},
    {"aes_gcm_decrypt", l_aes_gcm_decrypt},
    {NULL, NULL},
};

void crypto_key_register(lua_State *L)
{
    handle_register(L, KEY, key_methods, l_key_close);
    handle_register(L, PUBLIC_KEY, public_key_methods, l_public_key_close);
}

int luaopen_herald_crypto(lua_State *L);

int luaopen_herald_crypto(lua_State *L)
{
    crypto_key_register(L);
    luaL_newlib(L, functions);
    return 1;
}

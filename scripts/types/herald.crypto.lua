---@meta herald.crypto

---Hashes, signatures, tokens, encryption and their text forms. Every value is a string of bytes.
local crypto = {}

---A private key, parsed once for many signatures.
---@class herald.crypto.Key
local Key = {}
---@return "RS256"|"ES256"
function Key:algorithm() end
function Key:close() end

---A public key of a JSON Web Key, for many verifications.
---@class herald.crypto.PublicKey
local PublicKey = {}
---False, too, for an algorithm that is not this key's.
---@param algorithm "RS256"|"RS384"|"RS512"|"PS256"|"PS384"|"PS512"|"ES256"|"ES384"|"ES512"|"EdDSA"
---@param bytes string
---@param signature string
---@return boolean
function PublicKey:verify(algorithm, bytes, signature) end
function PublicKey:close() end

---@param bytes string
---@return string # 32 bytes
function crypto.sha256(bytes) end
---@param bytes string
---@return string # 64 hex digits
function crypto.sha256_hex(bytes) end
---@param key string
---@param bytes string
---@return string # 32 bytes
function crypto.hmac_sha256(key, bytes) end
---@param hash "sha256"|"sha384"|"sha512"
---@param key string
---@param bytes string
---@return string # 32, 48 or 64 bytes
function crypto.hmac(hash, key, bytes) end
---Compares in constant time.
---@param a string
---@param b string
---@return boolean
function crypto.equal(a, b) end
---@param count integer # at most 1 MiB
---@return string
function crypto.random(count) end
---@return string # version 4
function crypto.uuid() end

---@param bytes string
---@return string
function crypto.hex(bytes) end
---@param text string
---@return string? bytes, string? message, string? code
function crypto.unhex(text) end
---@param bytes string
---@return string
function crypto.base64(bytes) end
---@param text string # padded
---@return string? bytes, string? message, string? code
function crypto.unbase64(text) end
---@param bytes string
---@return string # without padding
function crypto.base64url(bytes) end
---@param text string # with or without padding
---@return string? bytes, string? message, string? code
function crypto.unbase64url(text) end

---@param pem string # RSA of 1024 to 8192 bits, or P-256, without a passphrase
---@return herald.crypto.Key? key, string? message, string? code
function crypto.key(pem) end
---A JSON Web Key (RFC 7517), its numbers as bytes: RSA of 2048 to 8192 bits, P-256, P-384, P-521, Ed25519.
---@param jwk { kty: "RSA"|"EC"|"OKP", crv: string?, n: string?, e: string?, x: string?, y: string? }
---@return herald.crypto.PublicKey? key, string? message, string? code
function crypto.public_key(jwk) end
---RSASSA-PKCS1-v1_5 with SHA-256.
---@param key herald.crypto.Key|string # a Key, or its PEM
---@param bytes string
---@return string? signature, string? message, string? code
function crypto.sign_rs256(key, bytes) end
---@param claims string # JSON text
---@param key herald.crypto.Key|string # a Key or its PEM; for HS256 the secret
---@param algorithm "RS256"|"ES256"|"HS256"
---@param key_id? string # the header's kid
---@return string? token, string? message, string? code
function crypto.jwt(claims, key, algorithm, key_id) end

---@param key string # 16 or 32 bytes
---@param bytes string
---@param associated? string # authenticated, not encrypted
---@param nonce? string # 12 bytes, never used twice with one key; random unless given
---@return string sealed # nonce, ciphertext, tag
function crypto.aes_gcm_encrypt(key, bytes, associated, nonce) end
---@param key string
---@param sealed string
---@param associated? string
---@return string? bytes, string? message, string? code
function crypto.aes_gcm_decrypt(key, sealed, associated) end

return crypto

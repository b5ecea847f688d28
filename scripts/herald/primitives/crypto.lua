-- `crypto`: hashes, signatures, tokens and encryption for scripts. A key may be a secret. What is random comes from the
-- system, and a replay gets the same again.

local crypto = require "herald.crypto"
local guarded = require "herald.guarded"
local script_run = require "herald.script_run"
local secret = require "herald.secret"

local MOST_RANDOM = 1024
local NONCE_BYTES = 12

local M = {}

local function text(word, name, value)
  local revealed = secret.reveal(value)
  if type(revealed) ~= "string" then error(("crypto.%s: %s: expected a string, got a %s"):format(word, name, type(revealed)), 3) end
  return revealed
end

-- As hex digits, so that a tape holds text.
local function random(word, count)
  local run = script_run.need("crypto." .. word)
  return crypto.unhex(script_run.ask(run, "crypto", count, function() return crypto.hex(run.engine.outside.bytes(count)) end))
end

---@param count integer 1024 at most
---@return string # bytes that nobody can guess
function M.random(count)
  if math.type(count) ~= "integer" or count < 1 or count > MOST_RANDOM then error("crypto.random: expected a number from 1 to 1024", 2) end
  return random("random", count)
end

---@return string # a UUID, version 4
function M.uuid()
  local bytes = { random("uuid", 16):byte(1, -1) }
  bytes[7], bytes[9] = bytes[7] & 0x0F | 0x40, bytes[9] & 0x3F | 0x80
  return ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x"):format(table.unpack(bytes))
end

for _, word in ipairs { "sha256", "sha256_hex" } do
  M[word] = function(bytes) return crypto[word](text(word, "text", bytes)) end
end

-- What they give is the text in other letters.
for _, word in ipairs { "hex", "base64", "base64url" } do
  M[word] = function(bytes)
    if secret.is(bytes) then error(("crypto.%s: a secret is not to be shown; use it as a key"):format(word), 2) end
    return crypto[word](text(word, "text", bytes))
  end
end

for _, word in ipairs { "unhex", "unbase64", "unbase64url" } do
  M[word] = function(encoded) return crypto[word](text(word, "text", encoded)) end
end

---@param key string|herald.Secret
---@param bytes string
---@return string # 32 bytes
function M.hmac_sha256(key, bytes)
  return crypto.hmac_sha256(text("hmac_sha256", "key", key), text("hmac_sha256", "text", bytes))
end

---Compares in a time that tells nothing.
---@param a string|herald.Secret
---@param b string|herald.Secret
---@return boolean
function M.equal(a, b)
  return crypto.equal(text("equal", "first", a), text("equal", "second", b))
end

-- AES takes a key of 16 or 32 bytes; any other text is made one.
local function key_of(word, key)
  local given = text(word, "key", key)
  if #given == 16 or #given == 32 then return given end
  if #given < 16 then error(("crypto.%s: key: expected 16 bytes or more"):format(word), 3) end
  return crypto.sha256(given)
end

---AES-GCM.
---@param key string|herald.Secret 16 or 32 bytes; of a longer or odd one its SHA-256
---@param bytes string
---@param associated string|nil authenticated with it, and needed to decrypt
---@return string # nonce, ciphertext and tag
function M.encrypt(key, bytes, associated)
  return crypto.aes_gcm_encrypt(key_of("encrypt", key), text("encrypt", "text", bytes), associated, random("encrypt", NONCE_BYTES))
end

---@param key string|herald.Secret
---@param sealed string
---@param associated string|nil
---@return string|nil bytes
---@return string|nil message
---@return string|nil code
function M.decrypt(key, sealed, associated)
  return crypto.aes_gcm_decrypt(key_of("decrypt", key), text("decrypt", "text", sealed), associated)
end

return guarded.freeze("crypto", M)

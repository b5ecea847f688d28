-- A JSON Web Key Set (RFC 7517): the public keys of it that can verify a signature, to be found by a token's kid.

local crypto = require "herald.crypto"
local payload = require "herald.payload"

local M = {}
local Set = {}
Set.__index = Set

local MOST_KEYS = 100
local NUMBERS = { RSA = { "n", "e" }, EC = { "x", "y" }, OKP = { "x" } }

local function text(value)
  return type(value) == "string" and value or nil
end

local function verifies(jwk)
  if jwk.use ~= nil and jwk.use ~= payload.null and jwk.use ~= "sig" then return false end
  if type(jwk.key_ops) ~= "table" then return true end
  for _, operation in ipairs(jwk.key_ops) do
    if operation == "verify" then return true end
  end
  return false
end

-- nil for what cannot be used: a set may have keys for other purposes, and of kinds to come.
local function read_key(jwk)
  if type(jwk) ~= "table" or not verifies(jwk) then return nil end
  local parts = { kty = text(jwk.kty), crv = text(jwk.crv) }
  for _, name in ipairs(NUMBERS[jwk.kty] or {}) do
    local bytes = text(jwk[name]) and crypto.unbase64url(jwk[name])
    if not bytes then return nil end
    parts[name] = bytes
  end
  local key = NUMBERS[jwk.kty] and crypto.public_key(parts)
  return key and { key = key, kid = text(jwk.kid), alg = text(jwk.alg) } or nil
end

---@param json string
---@return herald.JwkSet|nil
---@return string|nil message
function M.parse(json)
  local doc, message = payload.parse(json)
  if not doc then return nil, "no JSON: " .. message end
  local value = doc:kind(1) == "object" and doc:value(1)
  if not value or type(value.keys) ~= "table" then return nil, "no key set: expected an object with a list of keys" end
  if #value.keys > MOST_KEYS then return nil, ("more than %d keys"):format(MOST_KEYS) end
  local keys = {}
  for _, jwk in ipairs(value.keys) do keys[#keys + 1] = read_key(jwk) end
  if #keys == 0 then return nil, "no key in it can verify a signature" end
  return setmetatable({ keys = keys }, Set)
end

---Whether a key of this id is there; without an id, whether there is any.
---@param kid string|nil
---@return boolean
function Set:has(kid)
  for _, each in ipairs(self.keys) do
    if kid == nil or each.kid == kid then return true end
  end
  return false
end

---Whether a key of the set made the signature. A token with a kid is for the key of that id alone, and a key that names an
---algorithm is for that alone.
---@param kid string|nil
---@param algorithm string
---@param bytes string
---@param signature string
---@return boolean
function Set:verify(kid, algorithm, bytes, signature)
  for _, each in ipairs(self.keys) do
    local is_meant = (kid == nil or each.kid == kid) and (each.alg == nil or each.alg == algorithm)
    if is_meant and each.key:verify(algorithm, bytes, signature) then return true end
  end
  return false
end

return M

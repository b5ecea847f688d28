-- JSON Web Keys of the specs' certificates, and tokens that openssl signs with them.

local certificates = require "spec.support.certificates"
local crypto = require "herald.crypto"
local payload = require "herald.payload"

local M = {}

local function run(command)
  local pipe = assert(io.popen("LD_PRELOAD= " .. command))
  local output = pipe:read "a"
  pipe:close()
  return output
end

local DIGESTS = { ["256"] = "sha256", ["384"] = "sha384", ["512"] = "sha512" }

---The public key NAME.pub as a JSON Web Key.
---@param name "rsa"|"ec"|"p384"|"ed25519"
---@param more table<string, any>|nil kid, alg, use
---@return table
function M.jwk(name, more)
  local file = certificates.path(name .. ".pub")
  local der, jwk = run("openssl pkey -pubin -outform DER -in " .. file), {}
  local function last(count, from) return crypto.base64url(der:sub(-from, -from + count - 1)) end
  if name == "rsa" then
    local modulus = run("openssl rsa -pubin -noout -modulus -in " .. file):match "Modulus=(%x+)"
    jwk.kty, jwk.n, jwk.e = "RSA", crypto.base64url(crypto.unhex(modulus:lower())), "AQAB"
  elseif name == "ed25519" then
    jwk.kty, jwk.crv, jwk.x = "OKP", "Ed25519", last(32, 32)
  else
    local len = name == "ec" and 32 or 48
    jwk.kty, jwk.crv, jwk.x, jwk.y = "EC", name == "ec" and "P-256" or "P-384", last(len, 2 * len), last(len, len)
  end
  for field, value in pairs(more or {}) do jwk[field] = value end
  return jwk
end

---@param keys table[]
---@return string # JSON
function M.set(keys)
  return payload.encode { keys = payload.array(keys) }
end

-- r and s of an ECDSA signature, each filled up to len bytes.
local function halves(der, len)
  local function fill(bytes) return ("\0"):rep(len) .. bytes:gsub("^\0+", "") end
  local at = der:byte(2) >= 128 and 4 or 3
  local r = der:sub(at + 2, at + 1 + der:byte(at + 1))
  at = at + 2 + #r
  local s = der:sub(at + 2, at + 1 + der:byte(at + 1))
  return fill(r):sub(-len) .. fill(s):sub(-len)
end

local function sign(algorithm, key, text)
  local input, output = os.tmpname(), os.tmpname()
  local file = assert(io.open(input, "wb"))
  file:write(text)
  file:close()
  local pem = certificates.path(key .. ".key")
  if algorithm == "EdDSA" then
    run(("openssl pkeyutl -sign -rawin -inkey %s -in %s -out %s"):format(pem, input, output))
  else
    local pss = algorithm:find "^PS" and "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest" or ""
    run(("openssl dgst -%s %s -sign %s -out %s %s"):format(DIGESTS[algorithm:sub(3)], pss, pem, output, input))
  end
  local made = assert(io.open(output, "rb"))
  local signature = made:read "a"
  made:close()
  os.remove(input)
  os.remove(output)
  return algorithm:find "^ES" and halves(signature, key == "ec" and 32 or 48) or signature
end

---header.claims, as they are signed.
---@param header table
---@param claims table
---@return string
function M.unsigned(header, claims)
  return crypto.base64url(payload.encode(header)) .. "." .. crypto.base64url(payload.encode(claims))
end

---A token that NAME.key signed.
---@param algorithm string
---@param key string
---@param claims table
---@param header table<string, any>|nil what else stands in it, such as kid
---@return string
function M.signed(algorithm, key, claims, header)
  local all = { alg = algorithm }
  for name, value in pairs(header or {}) do all[name] = value end
  local text = M.unsigned(all, claims)
  return text .. "." .. crypto.base64url(sign(algorithm, key, text))
end

---A token signed with a secret.
---@param secret string
---@param claims table
---@param header table<string, any>|nil
---@return string
function M.with_secret(secret, claims, header)
  local all = { alg = "HS256" }
  for name, value in pairs(header or {}) do all[name] = value end
  local text = M.unsigned(all, claims)
  local hash = DIGESTS[tostring(all.alg):sub(3)] or "sha256"
  return text .. "." .. crypto.base64url(crypto.hmac(hash, secret, text))
end

return M

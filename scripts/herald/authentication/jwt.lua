-- endpoint.jwt { secret = … } or { jwks = … }: a JSON Web Token (RFC 7519, 8725) in Authorization: Bearer. Its algorithm is
-- one that the endpoint allows and that fits the key; what the token says of its key counts for nothing else.

local access = require "herald.access"
local acting = require "herald.authentication.acting"
local crypto = require "herald.crypto"
local jwk_set = require "herald.authentication.jwk_set"
local jwk_source = require "herald.authentication.jwk_source"
local payload = require "herald.payload"
local problem = require "herald.problem"
local schema = require "herald.schema"
local secrets = require "herald.authentication.secrets"

local M = {}

local HASHES = { HS256 = "sha256", HS384 = "sha384", HS512 = "sha512" }
local BY_SECRET = { "HS256", "HS384", "HS512" }
local BY_KEY = { "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA" }
local LEAST_SECRET = 32 -- RFC 7518 3.2: as long as the hash

local FIELDS = { type = "table", fields = {
  secret = { type = "array", items = { type = "string" }, expected = "a secret, or a list of them" },
  jwks = { type = "string" },
  issuer = { type = "string" },
  audience = { type = "string" },
  algorithms = { type = "array", items = { type = "string" } },
  leeway = { type = "duration", default = "60 seconds" },
} }

local function is_safe_url(url)
  return url:find "^https://[^%s/]" or url:find "^http://127%.0%.0%.1[:/]" or url:find "^http://localhost[:/]"
end

local function declare_keys(loading, result)
  if not result.jwks then return end
  if result.jwks:find "^%a+://" then
    if not is_safe_url(result.jwks) then loading:add("authenticate.jwks", "expected an https address: who can change the keys can make tokens") end
    return
  end
  local text = loading.files[result.jwks]
  if not text then return loading:add("authenticate.jwks", ("there is no file %s in the project"):format(result.jwks)) end
  local set, message = jwk_set.parse(text)
  if not set then return loading:add("authenticate.jwks", ("%s: %s"):format(result.jwks, message)) end
  result.set = set
end

local function declare_algorithms(loading, result)
  local known, allowed = result.jwks and BY_KEY or BY_SECRET, {}
  for _, name in ipairs(known) do allowed[name] = true end
  for _, name in ipairs(result.algorithms or {}) do
    if not allowed[name] then
      loading:add("authenticate.algorithms", ("%q cannot be: expected some of %s"):format(name, table.concat(known, ", ")))
    end
  end
  if result.algorithms and #result.algorithms == 0 then loading:add("authenticate.algorithms", "expected at least one") end
  result.allowed = {}
  for _, name in ipairs(result.algorithms or (result.jwks and BY_KEY or { "HS256" })) do result.allowed[name] = true end
end

---@param loading herald.Loading
---@param fields table
---@return table rules
function M.declare(loading, fields)
  if type(fields) ~= "table" then error("endpoint.jwt: expected a table", 3) end
  local plain = {}
  for name, value in next, fields do plain[name] = value end
  plain.secret = secrets.listed(plain.secret)
  local result, faults = schema.check(FIELDS, plain, { derive = true, secrets = true, path = "authenticate" })
  for _, found in ipairs(faults) do loading:add(found.path, found.message) end
  if (result.secret == nil) == (result.jwks == nil) then
    loading:add("authenticate", "endpoint.jwt: expected secret or jwks, one of the two")
    return result
  end
  secrets.check(loading, result.secret, LEAST_SECRET)
  declare_keys(loading, result)
  declare_algorithms(loading, result)
  return result
end

local function object_of(text)
  local bytes = text and crypto.unbase64url(text)
  local doc = bytes and payload.parse(bytes)
  return doc and doc:kind(1) == "object" and doc:value(1) or nil
end

---@return { signed: string, header: table, claims: table, signature: string }|nil
local function parse(token)
  local head, body, signature = token:match "^([%w_-]+)%.([%w_-]+)%.([%w_-]+)$"
  local header, claims = object_of(head), object_of(body)
  local bytes = signature and crypto.unbase64url(signature)
  if not header or not claims or not bytes then return nil end
  return { signed = head .. "." .. body, header = header, claims = claims, signature = bytes }
end

local function is_signed_by_secret(rules, token, algorithm)
  return secrets.first(rules.secret, function(key)
    return crypto.equal(token.signature, crypto.hmac(HASHES[algorithm], key, token.signed))
  end) == true
end

-- nil, message: not by a key of the set; nil, message, code: that cannot be found out.
local function check_signature(engine, rules, token)
  local header = token.header
  local algorithm, kid = header.alg, type(header.kid) == "string" and header.kid or nil
  if type(algorithm) ~= "string" or not rules.allowed[algorithm] then
    return nil, ("the token's algorithm is not one of those allowed here (%s)"):format(type(algorithm) == "string" and algorithm:sub(1, 16) or "none")
  end
  if header.crit ~= nil then return nil, "the token has critical extensions, which are not understood here" end
  if rules.secret then
    if is_signed_by_secret(rules, token, algorithm) then return true end
    return nil, "the token's signature is wrong"
  end
  local set = rules.set or jwk_source.of(engine, rules.jwks):keys(kid)
  if not set then return nil, "the issuer's keys cannot be fetched at the moment; try again later", "keys-unavailable" end
  if kid and not set:has(kid) then return nil, "the token's key is not one of the issuer's" end
  if set:verify(kid, algorithm, token.signed, token.signature) then return true end
  return nil, "the token's signature is wrong"
end

local function is_number(value)
  return type(value) == "number" and value == value and value < math.huge and value > -math.huge
end

local function has_audience(given, wanted)
  if given == wanted then return true end
  for _, each in ipairs(type(given) == "table" and given or {}) do
    if each == wanted then return true end
  end
  return false
end

-- What is wrong with the token's times, in seconds since 1970.
local function time_problem(claims, now, leeway)
  for _, name in ipairs { "exp", "nbf", "iat" } do
    if claims[name] ~= nil and not is_number(claims[name]) then return ("the token's %s is no number"):format(name) end
  end
  if claims.exp == nil then return "the token has no exp: one that is good for ever is not taken" end
  if now >= claims.exp + leeway then return "the token is expired" end
  if claims.nbf and now < claims.nbf - leeway then return "the token is not good yet" end
  if claims.iat and now < claims.iat - leeway then return "the token is made in the future" end
end

local function claims_problem(rules, claims, now_ms)
  local wrong = time_problem(claims, now_ms / 1000, rules.leeway_ms / 1000)
  if wrong then return wrong end
  if rules.issuer and claims.iss ~= rules.issuer then return "the token is of another issuer" end
  if rules.audience and not has_audience(claims.aud, rules.audience) then return "the token is for another audience" end
end

local function refuse(detail)
  local status, body = problem.new("authentication-failed", { detail = detail })
  return nil, status, body, { ["WWW-Authenticate"] = "Bearer" }
end

---@return herald.Caller|nil
---@return integer|nil status
---@return table|nil body
---@return table|nil headers
function M.identify(engine, request, rules)
  local sent = request:header "authorization" and access.token(request.raw)
  if not sent then return refuse "send a token as Authorization: Bearer TOKEN" end
  local token = parse(sent)
  if not token then return refuse "the token is no JWT" end
  local is_good, message, code = check_signature(engine, rules, token)
  if not is_good and code then return nil, problem.new(code, { detail = message }) end
  local wrong = not is_good and message or claims_problem(rules, token.claims, engine.clock:now())
  if wrong then return refuse(wrong) end
  local subject = token.claims.sub
  return { who = acting.who(), name = type(subject) == "string" and subject or nil, claims = token.claims }
end

return M

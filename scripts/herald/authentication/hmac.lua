-- endpoint.hmac { header =, secret = }: the caller signs the body with a secret that both sides know. With the time in the
-- signed text a request is good for a while, and once.

local acting = require "herald.authentication.acting"
local crypto = require "herald.crypto"
local problem = require "herald.problem"
local schema = require "herald.schema"
local secrets = require "herald.authentication.secrets"

local M = {}

local HEADER = { type = "string", pattern = "^[%w-]+$", expected = "a header's name" }

local FIELDS = { type = "table", fields = {
  header = { type = "string", required = true, pattern = HEADER.pattern, expected = HEADER.expected },
  secret = { type = "array", required = true, items = { type = "string" }, expected = "a secret, or a list of them" },
  algorithm = { type = "string", one_of = { "sha256", "sha384", "sha512" }, default = "sha256" },
  encoding = { type = "string", one_of = { "hex", "base64" }, default = "hex" },
  prefix = { type = "string" },
  timestamp_header = HEADER,
  tolerance = { type = "duration", default = "5 minutes" },
  replay = { type = "string", one_of = { "refused", "allowed" } },
} }

---@param loading herald.Loading
---@param fields table
---@return table rules
function M.declare(loading, fields)
  if type(fields) ~= "table" then error("endpoint.hmac: expected a table", 3) end
  local plain = {}
  for name, value in next, fields do plain[name] = value end
  plain.secret = secrets.listed(plain.secret)
  local result, faults = schema.check(FIELDS, plain, { derive = true, secrets = true, path = "authenticate" })
  for _, found in ipairs(faults) do loading:add(found.path, found.message) end
  secrets.check(loading, result.secret, 1)
  if result.replay and not result.timestamp_header then
    loading:add("authenticate.replay", "without timestamp_header a signature is good for ever; name the header that has the time")
  end
  return result
end

-- "sha256=" may stand before a signature unless the endpoint names its own prefix.
local function signature_of(given, rules)
  if rules.prefix then
    if given:sub(1, #rules.prefix) ~= rules.prefix then return nil end
    given = given:sub(#rules.prefix + 1)
  else
    given = given:gsub("^" .. rules.algorithm .. "=", "")
  end
  if rules.encoding == "base64" then return crypto.unbase64(given) end
  return crypto.unhex(given:lower())
end

-- What the signature covers: the body, behind its time where the sender says one. Then, too, until when it is good.
local function signed_text(now, request, rules)
  if not rules.timestamp_header then return request.body end
  local text = request:header(rules.timestamp_header)
  local seconds = text and text:find "^%d+$" and math.tointeger(tonumber(text))
  if not seconds or seconds > 1 << 40 then return nil, nil, ("%s: expected the time in seconds since 1970"):format(rules.timestamp_header) end
  if math.abs(now - seconds * 1000) > rules.tolerance_ms then
    return nil, nil, ("%s: the time is too far from now"):format(rules.timestamp_header)
  end
  return text .. "." .. request.body, seconds * 1000 + rules.tolerance_ms
end

local function refuse(detail)
  return nil, problem.new("authentication-failed", { detail = detail })
end

-- The signature itself is what comes once: however it is spelt, and whatever other headers come with it.
local function once(rules, signature, good_until)
  if not good_until or rules.replay == "allowed" then return nil end
  return {
    key = "hmac:" .. crypto.sha256_hex(rules.endpoint .. "\n" .. signature), expires_at = good_until + 1,
    detail = ("%s: this signature was used before"):format(rules.header),
  }
end

---@return herald.Caller|nil
---@return integer|nil status
---@return table|nil body
function M.identify(engine, request, rules)
  local text, good_until, wrong = signed_text(engine.clock:now(), request, rules)
  if not text then return refuse(wrong) end
  local given = request:header(rules.header)
  local signature = given and signature_of(given, rules)
  local is_good = signature and secrets.first(rules.secret, function(key)
    return crypto.equal(signature, crypto.hmac(rules.algorithm, key, text))
  end)
  if not is_good then
    local covered = rules.timestamp_header and ("%s, a full stop and the body"):format(rules.timestamp_header) or "the body"
    return refuse(("%s: expected the HMAC-%s of %s (%s)"):format(rules.header, rules.algorithm:upper():gsub("SHA", "SHA-"), covered, rules.encoding))
  end
  return { who = acting.who(), once = once(rules, signature, good_until) }
end

return M

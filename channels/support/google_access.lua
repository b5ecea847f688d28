-- Access tokens for a Google service account: an RS256 assertion is traded for a bearer token (RFC 7523),
-- which is kept until shortly before it ends.
local answers = require "channels.support.answer"

local M = {}

local SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
local GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
local LIFE_S = 3600
local MARGIN_MS = 5 * 60 * 1000

local function slot(surface, tools)
  local name = "google-access:" .. surface.name
  tools.cache[name] = tools.cache[name] or {}
  return tools.cache[name]
end

---The service account's JSON, read once.
---@param surface table
---@param tools table
---@return table
function M.account(surface, tools)
  local kept = slot(surface, tools)
  if not kept.account then
    local account = tools.json.decode(surface.service_account)
    kept.account = type(account) == "table" and account or {}
  end
  return kept.account
end

local function assertion(account, endpoint, tools)
  local now_s = tools.clock:now() // 1000
  local claims = { iss = account.client_email, scope = SCOPE, aud = endpoint, iat = now_s, exp = now_s + LIFE_S }
  return tools.crypto.jwt(tools.json.encode(claims), account.private_key, "RS256")
end

local function surface_error(code, text)
  return { state = "retry", code = code, answer = text }
end

local function fetch(surface, account, tools)
  local endpoint = surface.token_url or account.token_uri or "https://oauth2.googleapis.com/token"
  local jwt = assertion(account, endpoint, tools)
  if not jwt then return nil, surface_error("service-account", "the service account's private key cannot sign") end
  local response, why, kind = tools.transfer:http {
    url = endpoint, method = "POST",
    headers = { ["content-type"] = "application/x-www-form-urlencoded" },
    body = answers.form { grant_type = GRANT, assertion = jwt },
    timeout_ms = surface.timeout_ms, ca_file = surface.ca_file,
  }
  if not response then return nil, answers.unreachable(why, kind) end
  local body = answers.body(response, tools)
  if response.status ~= 200 or type(body.access_token) ~= "string" then
    local outcome = surface_error("auth", answers.trim(body.error_description or body.error or ("HTTP " .. response.status)))
    outcome.retry_after_ms = answers.retry_after(response.headers)
    return nil, outcome
  end
  return body.access_token, nil, (tonumber(body.expires_in) or LIFE_S) * 1000
end

---@param surface table
---@param tools table
---@return string|nil bearer
---@return table|nil outcome why there is none
function M.token(surface, tools)
  local kept = slot(surface, tools)
  if kept.token and tools.clock:now() < kept.until_ms then return kept.token end
  local account = M.account(surface, tools)
  if not (account.client_email and account.private_key) then
    return nil, surface_error("service-account", "service_account is not the JSON of a service account")
  end
  local token, failure, life_ms = fetch(surface, account, tools)
  if not token then return nil, failure end
  kept.token, kept.until_ms = token, tools.clock:now() + math.floor(math.max(life_ms - MARGIN_MS, life_ms / 2))
  return token
end

---Forgets a token that was refused.
---@param surface table
---@param tools table
function M.forget(surface, tools)
  slot(surface, tools).token = nil
end

return M

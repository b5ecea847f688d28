-- Who asks: by an API key, or over the unix socket. For the API, and for endpoints of the project that want a key.

local problem = require "herald.problem"

local M = {}

local MOST_SANDBOX = 64
local MOST_CALLERS = 100
local ALL_SCOPES = { trigger = true, read = true, manage = true }

---What the request was sent with: a key, or the token of another system.
---@param raw table
---@return string|nil
function M.token(raw)
  local authorization = raw:header("authorization")
  if authorization then
    return authorization:match("^[Bb]earer +([^%s]+) *$")
  end
  return raw:header("x-api-key")
end

---The sandbox that the call names; executions keep it.
---@param raw table
---@return string|nil
---@return integer|nil status
---@return table|nil body
function M.sandbox(raw)
  local name = raw:header("x-sandbox-name")
  if name == nil then return "prod" end
  if #name <= MOST_SANDBOX and name:find "^[%w-]+$" then return name end
  return nil, problem.new("invalid-request", {
    detail = ("x-sandbox-name: expected up to %d letters, digits and hyphens"):format(MOST_SANDBOX),
  })
end

---The key that the call comes with: the unix socket's peer is allowed everything, since the file's permissions let it in.
---@param engine herald.Engine
---@param raw table
---@param scope string
---@return table|nil key
---@return integer|nil status
---@return table|nil body
function M.identify(engine, raw, scope)
  if raw:is_local() then return { name = "local", scopes = ALL_SCOPES, is_local = true } end
  local token = M.token(raw)
  if not token then
    return nil, problem.new("authentication-failed", {
      detail = "send a key as Authorization: Bearer KEY or x-api-key: KEY; make one with `herald key create`",
    })
  end
  local key, message, code = engine.keys:verify(token, engine.clock:now())
  if not key then return nil, problem.new(code, { detail = message }) end
  if not key.scopes[scope] then
    return nil, problem.new("scope-missing", { detail = ("this needs a key with the scope %q"):format(scope), additional = { scope = scope } })
  end
  return key
end

---Who asks, made once for each key and sandbox.
---@param key table
---@param sandbox string
---@return herald.Who
function M.who(key, sandbox)
  local callers = key.callers
  local who = callers and callers[sandbox]
  if who then return who end
  if not callers or key.caller_count >= MOST_CALLERS then
    callers, key.caller_count = {}, 0
    key.callers = callers
  end
  who = { name = key.name, scopes = key.scopes, is_local = key.is_local, sandbox = sandbox }
  callers[sandbox], key.caller_count = who, key.caller_count + 1
  return who
end

return M

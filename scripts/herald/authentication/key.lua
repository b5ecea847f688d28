-- endpoint.key "trigger": an API key with this scope.

local access = require "herald.access"

local M = {}

local SCOPES = { "trigger", "read", "manage" }

---@param scope string
---@return table rules
function M.declare(_, scope)
  for _, known in ipairs(SCOPES) do
    if scope == known then return { scope = scope } end
  end
  error(('endpoint.key: expected one of "%s"'):format(table.concat(SCOPES, '", "')), 3)
end

---@return herald.Caller|nil
---@return integer|nil status
---@return table|nil body
function M.identify(engine, request, rules)
  local key, status, body = access.identify(engine, request.raw, rules.scope)
  if not key then return nil, status, body end
  local sandbox
  sandbox, status, body = access.sandbox(request.raw)
  if not sandbox then return nil, status, body end
  return { who = access.who(key, sandbox), name = key.name, scope = rules.scope }
end

return M

-- endpoint.mtls { names = { "partner.example.com" } }: the client's certificate, which the listener has verified against
-- tls.client_ca, bears one of these names as its common name.

local acting = require "herald.authentication.acting"
local problem = require "herald.problem"
local schema = require "herald.schema"

local M = {}

local FIELDS = { type = "table", fields = {
  names = { type = "array", required = true, items = { type = "string", pattern = "^%S.*$", expected = "a certificate's common name" } },
} }

---@param loading herald.Loading
---@param fields table
---@return table rules
function M.declare(loading, fields)
  if type(fields) ~= "table" then error("endpoint.mtls: expected a table", 3) end
  local result, faults = schema.check(FIELDS, fields, { path = "authenticate" })
  for _, found in ipairs(faults) do loading:add(found.path, found.message) end
  if result.names and #result.names == 0 then loading:add("authenticate.names", "expected at least one name") end
  local tls = loading.home.settings and loading.home.settings.tls
  if not (tls and tls.client_ca) then
    loading:add("authenticate", "endpoint.mtls needs the setting tls.client_ca, against which clients' certificates are verified")
  end
  return result
end

---@return herald.Caller|nil
---@return integer|nil status
---@return table|nil body
function M.identify(_, request, rules)
  local name = request.raw:tls_name()
  for _, known in ipairs(rules.names) do
    if name == known then return { who = acting.who(), name = name } end
  end
  return nil, problem.new("authentication-failed", {
    detail = name and ("the certificate's name %q is none of those that are let in"):format(name) or "show a client certificate",
  })
end

return M

-- Providers: one way to deliver on a channel. A provider file returns provider { … }.

local schema = require "herald.schema"

local M = {}

---@class herald.Outcome
---@field state "sent"|"retry"|"failed"|"bounced"
---@field code string|nil
---@field answer string|nil
---@field reason "hard"|"soft"|nil of a bounce
---@field retry_after_ms integer|nil
---@field provider_id string|nil

---@class herald.Provider
---@field name string
---@field channel string
---@field settings table<string, table> what surfaces may say for it
---@field send fun(surface: table, message: table, tools: table): herald.Outcome

local DESCRIPTION = { type = "table", fields = {
  name = { type = "string", required = true, pattern = "^[a-z][a-z0-9_-]*$", expected = "a lower-case name" },
  channel = { type = "string", required = true },
  send = { type = "function", required = true },
} }

---Checks what a provider file gave.
---@param fields table
---@return herald.Provider|nil
---@return { path: string, message: string }[]
function M.build(fields)
  local plain, settings = {}, rawget(fields, "settings")
  for name, value in next, fields do plain[name] = value end
  plain.settings = nil
  local result, faults = schema.check(DESCRIPTION, plain)
  if settings ~= nil and type(settings) ~= "table" then
    faults[#faults + 1] = { path = "settings", message = "expected a table, got a " .. type(settings) }
  end
  if #faults > 0 then return nil, faults end
  result.settings = settings or {}
  return result, faults
end

return M

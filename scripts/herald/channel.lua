-- Channels: which fields a message has, where a recipient is reached, and the providers behind it. A channel
-- is channels/NAME/init.lua with its providers beside it, or one file channels/NAME.lua that names them.

local fault = require "herald.fault"
local provider = require "herald.provider"
local schema = require "herald.schema"

local M = {}

---@class herald.Channel
---@field name string
---@field namespace string|nil what campaigns on it identify recipients by unless they say
---@field fields table<string, table> descriptions of a message's fields
---@field surface table<string, table> descriptions of what its surfaces may say beside the provider's settings
---@field address fun(recipient: table, profile: table, surface: table): string|nil, string|nil
---@field prepare (fun(message: table, surface: table, recipient: table): table|nil)|nil
---@field providers table<string, herald.Provider>
---@field file string

local DESCRIPTION = { type = "table", fields = {
  name = { type = "string", required = true, pattern = "^[a-z][a-z0-9_-]*$", expected = "a lower-case name" },
  namespace = { type = "string" },
  address = { type = "function", required = true },
  prepare = { type = "function" },
} }

-- Tables that the channel's author gave as they are: descriptions, and markers of providers.
local KEPT = { "fields", "surface", "providers" }

---Checks what a channel file gave.
---@param fields table
---@return herald.Channel|nil
---@return { path: string, message: string }[]
function M.build(fields)
  local plain, kept = {}, {}
  for name, value in next, fields do plain[name] = value end
  for _, name in ipairs(KEPT) do kept[name], plain[name] = plain[name], nil end
  local result, faults = schema.check(DESCRIPTION, plain)
  for _, name in ipairs(KEPT) do
    if kept[name] ~= nil and type(kept[name]) ~= "table" then
      faults[#faults + 1] = { path = name, message = "expected a table, got a " .. type(kept[name]) }
    end
  end
  if kept.fields == nil then faults[#faults + 1] = { path = "fields", message = "missing: expected a table" } end
  if #faults > 0 then return nil, faults end
  result.fields, result.surface, result.providers = kept.fields, kept.surface or {}, {}
  return result, faults
end

---Adds a provider to its channel.
---@param channel herald.Channel
---@param fields table as given to provider { … }
---@param file string
---@return herald.Fault[]
function M.add_provider(channel, fields, file)
  local built, faults = provider.build(fields)
  local list = {}
  for _, found in ipairs(faults) do list[#list + 1] = fault.new { file = file, path = found.path, message = found.message } end
  if built and built.channel ~= channel.name then
    local message = ("is %q, but the file belongs to the channel %q"):format(built.channel, channel.name)
    list[#list + 1] = fault.new { file = file, path = "channel", message = message }
  end
  if built and channel.providers[built.name] then
    list[#list + 1] = fault.new { file = file, path = "name", message = ("the channel %q has a provider %q already"):format(channel.name, built.name) }
  end
  if #list == 0 then channel.providers[built.name] = built end
  return list
end

return M

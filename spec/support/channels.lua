-- Loads one channel or provider file of the product by itself, and makes a surface for it, as the project loader would.
local schema = require "herald.schema"

local M = {}

local SOURCE = os.getenv "HERALD_SOURCE" or "."

local function as_given(definition) return definition end

local environment = setmetatable({
  require = function(name)
    if name == "channel" or name == "provider" then return as_given end
    return require(name)
  end,
}, { __index = _G })

---@param path string such as "email/smtp"
---@return table channel or provider
function M.load(path)
  return assert(loadfile(("%s/channels/%s.lua"):format(SOURCE, path), "t", environment))()
end

---@param provider table
---@param settings table
---@return table surface with the provider's defaults
function M.surface(provider, settings)
  local given = {}
  for name, value in pairs(settings) do
    if provider.settings[name] then given[name] = value end
  end
  local surface, faults = schema.check({ type = "table", fields = provider.settings }, given, { derive = true })
  assert(#faults == 0, faults[1] and faults[1].path .. ": " .. faults[1].message)
  for name, value in pairs(settings) do surface[name] = surface[name] or value end
  surface.channel, surface.provider, surface.name = provider.channel, provider.name, surface.name or "spec"
  return surface
end

---What the engine hands to a provider.
---@param clock table
---@param transfer table
---@param data string|nil
function M.tools(clock, transfer, data)
  return {
    transfer = transfer, clock = clock, data = data, cache = {}, log = require("herald.log"),
    crypto = require "herald.crypto", mime = require "herald.mime", json = require "herald.json",
  }
end

return M

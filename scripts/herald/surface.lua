-- Surfaces: a named way out, made of a channel, a provider and what that one needs. Built from
-- surfaces/*.lua against the channels that are there.

local loaded = require "herald.loaded"
local nearest = require "herald.nearest"
local schema = require "herald.schema"
local secret = require "herald.secret"
local words = require "herald.words"

local M = {}

---@class herald.Surface
---@field name string
---@field file string
---@field channel string
---@field provider string
---@field connections integer
---@field rate_per_second number|nil
---@field retry { first_ms: integer, factor: number, most_ms: integer, give_up_after_ms: integer }
---@field failover string[]|nil
---@field send fun(surface: herald.Surface, message: table, tools: table): herald.Outcome

local NAME = { type = "string", required = true, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$", expected = "letters, digits, \".\", \"_\" and \"-\"", longest = 64 }

local RETRY = { type = "table", default = {}, fields = {
  first = { type = "duration", default = "30 seconds" },
  factor = { type = "number", default = 2, least = 1, most = 100 },
  most = { type = "duration", default = "1 hour" },
  give_up_after = { type = "duration", default = "84 hours" },
} }

-- What every surface may say.
local FIELDS = {
  name = NAME,
  title = { type = "string" },
  description = { type = "string" },
  channel = { type = "string", required = true },
  provider = { type = "string", required = true },
  connections = { type = "integer", default = 10, least = 1, most = 1000 },
  rate = { type = "rate" },
  retry = RETRY,
  failover = { type = "array", items = { type = "string" } },
  from = { type = "string" },
  reply_to = { type = "string" },
  dkim = { type = "table", fields = {
    domain = { type = "string", required = true },
    selector = { type = "string", required = true },
    key = { type = "string", required = true },
  } },
}

---What every surface may say, whatever its provider.
---@return table<string, table>
function M.fields()
  return FIELDS
end

---The `retry` of a surface that says nothing.
---@return table
function M.default_retry()
  return (schema.check(RETRY, {}, { derive = true }))
end

-- One description for each provider of each channel.
local specs = setmetatable({}, { __mode = "k" })

local function spec_of(channel, provider)
  local spec = specs[provider]
  if not spec then
    local fields = {}
    for _, source in ipairs { channel.surface, provider.settings, FIELDS } do
      for name, field in pairs(source) do fields[name] = field end
    end
    spec = { type = "table", fields = fields }
    specs[provider] = spec
  end
  return spec
end

local function find(loading, fields, name, known, what)
  local value = rawget(fields, name)
  if type(value) ~= "string" then
    loading:add(name, value == nil and "missing: expected a string" or "expected a string, got a " .. type(value))
    return nil
  end
  if known[value] then return known[value] end
  loading:add(name, ("there is no %s %q%s"):format(what, value, nearest.hint(value, known)))
end

-- dkim = { key = "dkim.pem" } names a file in secrets/; the key itself may be a secret, too.
local function read_key(loading, result)
  local dkim = result.dkim
  if not dkim or type(dkim.key) ~= "string" or dkim.key:find "^%-%-%-%-%-BEGIN" then return end
  local name = dkim.key:gsub("^secrets/", "")
  local text = loading.home.secrets(name)
  if not text then loading:add("dkim.key", ("there is no file secrets/%s"):format(name), "secret-missing") end
  dkim.key = secret.new(name, text)
end

-- What a provider sees: the surface with its secrets revealed; made at the first message.
local function sender(provider)
  local revealed
  return function(surface, message, tools)
    if not revealed then
      revealed = secret.reveal_all(surface)
      revealed.send = nil
    end
    return provider.send(revealed, message, tools)
  end
end

local function finish(loading, fields)
  local channel = find(loading, fields, "channel", loading.home.channels, "channel")
  local provider = channel and find(loading, fields, "provider", channel.providers, "provider")
  if not provider then return nil end
  local result = loading:check(spec_of(channel, provider), fields)
  read_key(loading, result)
  result.file, result.send = loading.file, sender(provider)
  return result
end

---Builds the surface that a file defines.
---@param path string
---@param files table<string, string>
---@param home table
---@return herald.Surface|nil
---@return herald.Fault[]|nil
function M.from_file(path, files, home)
  local loading = loaded.new(home, files, path)
  local fields = loading:fields("surface", { surface = words.definer "surface" })
  return loading:give(fields and finish(loading, fields), "surface")
end

return M

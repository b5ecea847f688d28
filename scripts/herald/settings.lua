-- The settings of herald.lua, all with defaults. The file returns one table.

local fault = require "herald.fault"
local loaded = require "herald.loaded"
local schema = require "herald.schema"
local script_limits = require "herald.script_limits"
local window = require "herald.window"

local M = {}

local function check_address(text)
  if text:find "^unix:." or text:find "^%[[%x:]+%]:%d+$" or text:find "^[%w.*-]*:%d+$" then return nil end
  return ("expected an address such as 127.0.0.1:8025, got %q"):format(text)
end

local DAY_MS = 24 * 3600 * 1000

local function check_link(text)
  if text:find "^https?://[^%s/]" and text:find("{id}", 1, true) then return nil end
  return ("expected a web address with {id} in it, which stands for the message's id, got %q"):format(text)
end

local function duration(words, most_ms)
  return { type = "duration", default = words, check = function(text)
    local ms = window.duration(text)
    if ms < 1 then return "expected more than no time" end
    if most_ms and ms > most_ms then return ("expected at most %d seconds"):format(most_ms // 1000) end
  end }
end

local function size(words, least, most)
  return { type = "size", default = words, check = function(bytes)
    if bytes < least or bytes > most then return ("expected from %d to %d bytes"):format(least, most) end
  end }
end

local FIELDS = {
  listen = { type = "string", default = "127.0.0.1:8025", check = check_address },
  tls = { type = "table", fields = {
    certificate = { type = "string", required = true },
    key = { type = "string", required = true },
    client_ca = { type = "string" },
  } },
  data = { type = "string", default = "data" },
  workers = { type = "integer", least = 0, most = 256, default = 0 }, -- 0: one for each core
  store = { type = "table", default = {}, fields = {
    kind = { type = "string", one_of = { "sqlite" }, default = "sqlite" },
    file = { type = "string", default = "herald.db" },
  } },
  activation = { type = "string", one_of = { "automatic", "reviewed" }, default = "reviewed" },
  limits = { type = "table", default = {}, fields = {
    header = size("16 kB", 256, 1 << 20),
    body = size("8 MB", 1, 1 << 30),
    header_time = duration("10 seconds", DAY_MS),
    body_time = duration("30 seconds", DAY_MS),
    idle_time = duration("60 seconds", DAY_MS),
    connections = { type = "integer", least = 1, most = 1 << 20, default = 10000 },
    recipients = { type = "integer", least = 1, most = 10000, default = 20 },
    context = size("200 kB", 2, 1 << 30),
    rate = { type = "rate" }, -- of triggers, for each key; nil: no bound
    on_trigger = script_limits.ON_TRIGGER,
    most = script_limits.OWN, -- what campaigns and endpoints may raise that to
    kv = { type = "table", default = {}, fields = {
      key = size("512 B", 1, 8192),
      value = size("64 kB", 1, 8 << 20),
      keys = { type = "integer", least = 1, default = 1000000 }, -- of one sandbox
    } },
    template = { type = "table", default = {}, fields = {
      output = size("4 MB", 1, 1 << 30),
      depth = { type = "integer", least = 1, most = 200, default = 100 },
      turns = { type = "integer", least = 1, default = 100000 },
      time = duration("2 seconds", 3600000),
    } },
  } },
  links = { type = "table", default = {}, fields = {
    unsubscribe = { type = "string", check = check_link },
    mirror = { type = "string", check = check_link },
  } },
  parking = { type = "table", default = {}, fields = {
    after = { type = "integer", least = 0, most = 10000, default = 10 }, -- budgets exceeded; 0: never
    within = duration("1 minute", DAY_MS),
    time = duration("5 minutes", 7 * DAY_MS),
  } },
  retention = duration "90 days",
  idempotency = duration "24 hours",
  log = { type = "table", default = {}, fields = {
    format = { type = "string", one_of = { "logfmt", "json" }, default = "logfmt" },
    level = { type = "string", one_of = { "debug", "info", "warn", "error" }, default = "info" },
  } },
  watch = { type = "boolean", default = false },
}

local DESCRIPTION = { type = "table", fields = FIELDS }
local FILE = "herald.lua"

---@class herald.Settings
---@field listen string
---@field tls { certificate: string, key: string, client_ca: string|nil }|nil
---@field data string
---@field workers integer 0: one for each core
---@field store { kind: string, file: string }
---@field activation "automatic"|"reviewed"
---@field limits table sizes are bytes; times have a NAME_ms beside them
---@field links { unsubscribe: string|nil, mirror: string|nil } {id} stands for the message's id
---@field parking { after: integer, within: string, within_ms: integer, time_ms: integer }
---@field retention_ms integer
---@field idempotency_ms integer
---@field log { format: string, level: string }
---@field watch boolean

---Where a file of `tls` is: relative paths are the project's.
---@param dir string
---@param path string|nil
---@return string|nil
function M.tls_path(dir, path)
  return path and (path:sub(1, 1) == "/" and path or dir .. "/" .. path)
end

---@return herald.Settings # what holds where nothing is said
function M.defaults()
  return (schema.check(DESCRIPTION, {}, { derive = true }))
end

---Loads herald.lua; without the file the defaults hold.
---@param files table<string, string>
---@param home table
---@return herald.Settings|nil
---@return herald.Fault[]|nil
function M.from_file(files, home)
  if not files[FILE] then return M.defaults() end
  local loading = loaded.new(home, files, FILE)
  local value = loading:run {}
  if #loading.faults == 0 and type(value) ~= "table" then loading:add(nil, "the file has to return a table of settings") end
  if #loading.faults > 0 then return nil, fault.list(loading.faults) end
  local result = loading:check(DESCRIPTION, value)
  if #loading.faults == 0 then script_limits.check_most(result.limits, function(path, message) loading:add(path, message) end) end
  return loading:give(result, "return")
end

return M

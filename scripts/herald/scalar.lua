-- The simple types of a schema: what they take and what is worked out from them.

local window = require "herald.window"

local M = {}

local function number_of(value, factor)
  local result = value * factor
  return math.tointeger(result) or math.floor(result + 0.5)
end

local SIZES = {
  b = 1, byte = 1, bytes = 1, kb = 1000, mb = 1000 ^ 2, gb = 1000 ^ 3, kib = 1024, mib = 1024 ^ 2, gib = 1024 ^ 3,
}

local function size(value)
  if math.type(value) == "integer" and value > 0 then return value end
  if type(value) ~= "string" then return nil end
  local number, unit = value:match "^%s*(%d+%.?%d*)%s*(%a+)%s*$"
  local factor = unit and SIZES[unit:lower()]
  if not factor then return nil, ('expected a size such as "200 kB", got %q'):format(value) end
  return number_of(tonumber(number), factor)
end

local RATE_UNITS = {
  s = 1, second = 1, sec = 1, m = 60, min = 60, minute = 60, h = 3600, hour = 3600, d = 86400, day = 86400,
}

local function rate(value)
  if type(value) ~= "string" then return nil end
  local number, unit = value:match "^%s*(%d+%.?%d*)%s*/%s*(%a+)%s*$"
  local seconds = unit and RATE_UNITS[unit:lower()]
  if not seconds or tonumber(number) <= 0 then
    return nil, ('expected a rate such as "100/s" or "30/min", got %q'):format(value)
  end
  return value, "_per_second", tonumber(number) / seconds
end

local function duration(value)
  if type(value) ~= "string" then return nil end
  local ms, message = window.duration(value)
  if not ms then return nil, ('expected a duration such as "30 minutes": %s'):format(message) end
  return value, "_ms", ms
end

local function zone(value)
  if type(value) ~= "string" then return nil end
  if not window.valid_zone(value) then return nil, ("there is no time zone %q"):format(value) end
  return value
end

local TYPES = {
  string = { "a string", function(value) return type(value) == "string" and value or nil end },
  number = { "a number", function(value) return type(value) == "number" and value == value and value or nil end },
  integer = { "an integer", function(value) return type(value) == "number" and math.tointeger(value) or nil end },
  -- false has to pass as a result
  boolean = { "true or false", function(value) if type(value) == "boolean" then return value end end },
  duration = { 'a duration such as "30 minutes"', duration },
  size = { 'a size such as "200 kB"', size },
  rate = { 'a rate such as "100/s"', rate },
  date = { "a date", function(value) return type(value) == "string" and value or nil end },
  zone = { 'a time zone such as "Europe/Paris"', zone },
}

---A type in words; raises for one that does not exist.
---@param kind string
---@return string
function M.expected(kind)
  local found = TYPES[kind] or error(("schema: there is no type %q"):format(tostring(kind)), 2)
  return found[1]
end

---@param kind string
---@param value any
---@return any # nil when it does not fit
---@return string|nil suffix of the derived field; a message when the value does not fit
---@return any derived
function M.read(kind, value)
  local found = TYPES[kind] or error(("schema: there is no type %q"):format(tostring(kind)), 2)
  return found[2](value)
end

return M

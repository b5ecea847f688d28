-- The rules for what is kept under a key, for scripts and for the API.

local json_rules = require "herald.json_rules"
local payload = require "herald.payload"
local window = require "herald.window"

local M = {}

local LONGEST_MS = 36525 * 24 * 3600 * 1000

---What is wrong with a key.
---@param key any
---@param limits { key: integer }
---@return string|nil message without the key
function M.key_problem(key, limits)
  if type(key) ~= "string" or key == "" then return "key: expected a text that is not empty" end
  if not utf8.len(key) or key:find "%c" then return "key: expected UTF-8 without control characters" end
  if #key > limits.key then return ("key: %d bytes; limits.kv.key is %d"):format(#key, limits.key) end
end

local function is_utf8(value)
  if type(value) == "string" then return utf8.len(value) ~= nil end
  if type(value) ~= "table" then return true end
  for name, item in next, value do
    if not is_utf8(name) or not is_utf8(item) then return false end
  end
  return true
end

---A value's JSON text, which is the same for equal values: names are sorted.
---@param value any
---@param limits { value: integer }
---@param where string its name in the message
---@return string|nil text
---@return string|nil message without the value
function M.encode(value, limits, where)
  local wrong = json_rules.check(value, where, limits.value)
  if wrong then return nil, wrong end
  if not is_utf8(value) then return nil, where .. ": a text in it is not UTF-8" end
  local text = payload.encode(value)
  if #text > limits.value then return nil, ("%s: %d bytes of JSON; limits.kv.value is %d"):format(where, #text, limits.value) end
  return text
end

---How long something is kept.
---@param given any words, or milliseconds
---@return integer|nil ms
---@return string|nil message
function M.milliseconds(given)
  local ms, message = given, nil
  if type(given) == "string" then ms, message = window.duration(given) end
  if message then return nil, message end
  if math.type(ms) ~= "integer" then return nil, 'expected a duration such as "1 hour"' end
  if ms < 1 or ms > LONGEST_MS then return nil, "expected from a millisecond to 100 years" end
  return ms
end

return M

-- `json`: texts of other systems as tables, and back. Whole numbers are exact, null is json.null, [] stays a list.

local guarded = require "herald.guarded"
local payload = require "herald.payload"
local secret = require "herald.secret"

local DEEPEST = 64

local M = { null = payload.null }

---@param text string
---@return any value
---@return string|nil message
---@return string|nil code
function M.decode(text)
  if type(text) ~= "string" then error(("json.decode: expected a string, got a %s"):format(type(text)), 2) end
  local doc, message, code = payload.parse(text)
  if not doc then return nil, message, code end
  return doc:value(1)
end

local function refuse_secrets(value, depth)
  if secret.is(value) then error("json.encode: a secret is not to be shown", 3 + depth) end
  if type(value) ~= "table" or depth > DEEPEST then return end
  for _, item in next, value do refuse_secrets(item, depth + 1) end
end

---@param value any
---@return string # with sorted names
function M.encode(value)
  refuse_secrets(value, 0)
  local ok, text = pcall(payload.encode, value)
  if not ok then error("json.encode: " .. tostring(text), 2) end
  return text
end

---Marks a table as a list, so that an empty one is written as [].
---@param list table|nil
---@return table
function M.array(list)
  if list ~= nil and type(list) ~= "table" then error("json.array: expected a table", 2) end
  return payload.array(list or {})
end

---A number that is written with these very characters, such as "10.50".
---@param text string
---@return any
function M.number(text)
  local doc = type(text) == "string" and payload.parse(text)
  if not doc or doc:kind(1) ~= "number" then error(("json.number: expected a number's characters, got %q"):format(tostring(text)), 2) end
  return payload.raw((text:gsub("%s+", "")))
end

return guarded.freeze("json", M)

-- JSON for scripts and provider adapters: lua-cjson reads, payload.encode writes (sorted keys, arrays marked).
-- Not for a trigger's payload, whose numbers must keep their characters: that is herald.payload's.

local cjson = require("cjson").new()
local payload = require "herald.payload"

cjson.decode_max_depth(64)

local M = {}

---Stands for null, in both directions.
M.null = cjson.null

---Marks a table as an array, so that an empty one is written as [].
M.array = payload.array

---@param text string
---@return any value
---@return string|nil message
---@return string|nil code
function M.decode(text)
  local ok, value = pcall(cjson.decode, text)
  if not ok then return nil, (tostring(value):gsub("^.-:%d+: ", "")), "invalid-json" end
  return value
end

---@param value any
---@return string
function M.encode(value)
  return payload.encode(value)
end

return M

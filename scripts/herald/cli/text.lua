-- How requests and answers are spelled on their way between a command and the engine.

local payload = require "herald.payload"

local M = {}

---Escapes one segment of a path or one value of a query.
---@param text string
---@return string
function M.escape(text)
  return (tostring(text):gsub("[^%w._~-]", function(char) return ("%%%02X"):format(char:byte()) end))
end

---@param query table<string, any>|nil
---@return string "" or "?a=1&b=2"
function M.query(query)
  local parts = {}
  for name, value in pairs(query or {}) do parts[#parts + 1] = M.escape(name) .. "=" .. M.escape(value) end
  table.sort(parts)
  return #parts > 0 and "?" .. table.concat(parts, "&") or ""
end

---A JSON body as a Lua value, any other as its text.
---@param text string|nil
---@return any
function M.decode(text)
  if not text or text == "" then return nil end
  local doc = payload.parse(text)
  if doc then return doc:value(1) end
  return text
end

return M

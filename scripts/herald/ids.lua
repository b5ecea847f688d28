-- Ids of executions and messages: 63-bit integers inside, 16 lower-case hexadecimal digits outside.

local M = {}

---@param id integer
---@return string
function M.format(id)
  return ("%016x"):format(id)
end

---@param text string
---@return integer|nil id nil for anything that is not 16 hexadecimal digits of a 63-bit number
function M.parse(text)
  if type(text) ~= "string" or #text ~= 16 or not text:find "^[0-7]%x+$" then return nil end
  return math.tointeger(tonumber(text, 16))
end

return M

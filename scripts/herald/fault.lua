-- What is wrong with a project: a sentence with its file, line and field path, and lists of such.
-- Shown as `campaigns/x.lua:12: message.subject: expected a string`; what stands in a template has a column, too.

local M = {}

---@class herald.Fault
---@field file string|nil
---@field line integer|nil
---@field column integer|nil from 1, in characters; only beside a line
---@field path string|nil the field, such as message.subject
---@field message string
---@field code string|nil a review check's stable name
local Fault = {}
Fault.__index = Fault

function Fault:__tostring()
  local where = self.file or ""
  if self.file and self.line then where = ("%s:%d"):format(self.file, self.line) end
  if self.file and self.line and self.column then where = ("%s:%d"):format(where, self.column) end
  if where ~= "" then where = where .. ": " end
  local path = self.path and self.path ~= "" and self.path .. ": " or ""
  return where .. path .. self.message
end

---@param fields { file: string|nil, line: integer|nil, column: integer|nil, path: string|nil, message: string, code: string|nil }
---@return herald.Fault
function M.new(fields)
  return setmetatable(fields, Fault)
end

---@return boolean
function M.is(value)
  return getmetatable(value) == Fault
end

---Reads "file:line: message", as Lua's own errors have it.
---@param text string
---@param file string used when the text names none
---@return herald.Fault
function M.from_lua(text, file)
  local where, line, message = text:match "^([^\n:]+):(%d+): (.*)$"
  if not where then return M.new { file = file, message = text } end
  -- Lua shortens long chunk names with dots in front.
  if where:sub(1, 3) == "..." and file:sub(-(#where - 3)) == where:sub(4) then where = file end
  return M.new { file = where, line = math.tointeger(tonumber(line)), message = message }
end

---What a script's function raised: where it says no place itself, it is that of the function.
---@param text string
---@param f function
---@return herald.Fault
function M.from_call(text, f)
  local kind = text:match "^(%a+): 0x%x+$"
  if kind then text = ("raised an error that is a %s, not a text"):format(kind) end
  local info = debug.getinfo(f, "S")
  local found = M.from_lua(text, (info.source:gsub("^@", "")))
  found.line = found.line or info.linedefined
  return found
end

local list_metatable = {}

---A list of faults that prints itself, one fault a line.
---@param faults herald.Fault[]
---@return herald.Fault[]
function M.list(faults)
  return setmetatable(faults, list_metatable)
end

function list_metatable.__tostring(faults)
  local lines = {}
  for index, item in ipairs(faults) do lines[index] = tostring(item) end
  return table.concat(lines, "\n")
end

return M

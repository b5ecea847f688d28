-- Which lines of a Lua file can run at all, read from its compiled form: of every function in it, whether or not it was ever
-- made. (Lua 5.4's ldump.c; the same from 5.4.0 on.)

local M = {}

local HEADER = 4 + 1 + 1 + 6 + 1 + 1 + 1 + 8 + 8 -- signature, version, format, data, three sizes, an integer, a number
local ABSOLUTE = -128
local CONSTANT_SIZES = { [0x03] = 8, [0x13] = 8 } -- integers and floats; nil and booleans have none
local TEXTS = { [0x04] = true, [0x14] = true }

local Reader = {}
Reader.__index = Reader

function Reader:byte()
  self.at = self.at + 1
  return self.bytes:byte(self.at - 1)
end

function Reader:skip(count)
  self.at = self.at + count
end

function Reader:size()
  local value = 0
  while true do
    local byte = self:byte()
    value = value << 7 | byte & 0x7f
    if byte & 0x80 ~= 0 then return value end
  end
end

function Reader:skip_text()
  local size = self:size()
  if size > 0 then self:skip(size - 1) end
end

local function skip_constants(reader)
  for _ = 1, reader:size() do
    local kind = reader:byte()
    if TEXTS[kind] then reader:skip_text() else reader:skip(CONSTANT_SIZES[kind] or 0) end
  end
end

-- The line of each instruction: a difference to the one before, or looked up.
local function read_lines(reader)
  local differences, absolute = {}, {}
  for pc = 0, reader:size() - 1 do differences[pc] = (reader:byte() ~ 0x80) - 0x80 end
  for _ = 1, reader:size() do
    local pc = reader:size()
    absolute[pc] = reader:size()
  end
  return differences, absolute
end

local function skip_names(reader)
  for _ = 1, reader:size() do
    reader:skip_text()
    reader:size()
    reader:size()
  end
  for _ = 1, reader:size() do reader:skip_text() end
end

local function add_function(reader, lines)
  reader:skip_text()
  local line = reader:size()
  reader:size()
  reader:skip(1)
  local is_vararg = reader:byte() ~= 0
  reader:skip(1)
  reader:skip(4 * reader:size())
  skip_constants(reader)
  reader:skip(3 * reader:size())
  for _ = 1, reader:size() do add_function(reader, lines) end
  local differences, absolute = read_lines(reader)
  for pc = 0, #differences do
    local difference = differences[pc]
    if not difference then break end
    line = difference == ABSOLUTE and absolute[pc] or line + difference
    if pc > 0 or not is_vararg then lines[line] = true end -- the first one of a vararg function prepares them
  end
  skip_names(reader)
end

---@param source string
---@param name string
---@return table<integer, true>|nil lines
---@return string|nil message
function M.lines(source, name)
  local chunk, message = load(source, "@" .. name, "t", {})
  if not chunk then return nil, message end
  local reader = setmetatable({ bytes = string.dump(chunk), at = HEADER + 2 }, Reader) -- and a byte that counts upvalues
  local lines = {}
  add_function(reader, lines)
  return lines
end

return M

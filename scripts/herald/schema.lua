-- Checks records against descriptions that are plain tables, and collects everything that is wrong with
-- its path. What it gives back is a copy that holds nothing of the script's tables.
--
--   { type = "string", required = true, pattern = "^%a+$", expected = "letters" }
--   types: string integer number boolean function template duration size rate date zone
--          array (items=) map (values=) table (fields=) any (of= a list of alternatives)
--   all:   required, default, one_of, check = function(value) -> message|nil
--
-- Tables are read raw: no metamethod of a script runs here.

local nearest = require "herald.nearest"
local payload = require "herald.payload"
local scalar = require "herald.scalar"
local secret = require "herald.secret"

local M = {}
local Check = {}
Check.__index = Check

local MOST_DEPTH = 16
local MOST_TABLES = 10000

local function join(path, name)
  if type(name) == "number" then return ("%s[%d]"):format(path, name) end
  if path == "" then return name end
  return path .. "." .. name
end

local function got(value)
  if secret.is(value) then return "a secret" end
  local kind = type(value)
  if kind == "table" then return "a table" end
  if kind == "number" then return math.type(value) == "integer" and "an integer" or "a number" end
  return kind == "nil" and "nothing" or "a " .. kind
end

function Check:add(path, message)
  self.faults[#self.faults + 1] = { path = path, message = message }
end

-- What a field of this description should be, in words.
local function expected(spec)
  if spec.expected then return spec.expected end
  if spec.one_of then return ('one of "%s"'):format(table.concat(spec.one_of, '", "')) end
  return M.kind(spec)
end

local NAMES = {
  array = "a list", map = "a table", table = "a table", template = "a string", ["function"] = "a function",
  any = "a value",
}

---A description's type in words: "a string".
---@param spec table
---@return string
function M.kind(spec)
  if spec.of then
    local kinds = {}
    for index, alternative in ipairs(spec.of) do kinds[index] = expected(alternative) end
    return table.concat(kinds, " or ")
  end
  local kind = spec.type or "template"
  return NAMES[kind] or scalar.expected(kind)
end

local readers = {}

readers["function"] = function(self, spec, value, path)
  if type(value) == "function" then return value end
  self:add(path, ("expected %s, got %s"):format(expected(spec), got(value)))
end

function readers.template(self, spec, value, path)
  if type(value) == "table" and not secret.is(value) then
    local source, file = rawget(value, "source"), rawget(value, "file")
    if type(source) == "string" and (file == nil or type(file) == "string") then
      return { source = source, file = file }
    end
  end
  if type(value) == "string" then return { source = value } end
  self:add(path, ("expected %s, got %s"):format(expected(spec), got(value)))
end

-- Lists keep their order; holes and names are refused.
function readers.array(self, spec, value, path, depth)
  local list, count = payload.array {}, 0
  for key in next, value do
    if math.type(key) ~= "integer" or key < 1 then
      self:add(path, ("expected a list, got a table with the name %s"):format(tostring(key)))
      return nil
    end
    count = count + 1
  end
  for index = 1, count do
    local item = rawget(value, index)
    if item == nil then
      self:add(path, "expected a list without holes")
      return nil
    end
    list[index] = self:value(spec.items, item, join(path, index), depth)
  end
  return list
end

function readers.map(self, spec, value, path, depth)
  local map = {}
  for name, item in next, value do
    if type(name) ~= "string" then
      self:add(path, ("expected names as keys, got %s"):format(got(name)))
    elseif spec.keys and not name:find(spec.keys) then
      self:add(join(path, name), ("the name is not valid: expected %s"):format(spec.keys_expected or spec.keys))
    elseif item ~= payload.null then
      map[name] = self:value(spec.values, item, join(path, name), depth)
    end
  end
  return map
end

local function sort_names(names)
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

-- A description's fields -> their names in order; worked out once.
local orders = setmetatable({}, { __mode = "k" })

local function names_of(fields)
  local names = orders[fields]
  if names then return names end
  names = {}
  for name in pairs(fields) do names[#names + 1] = name end
  orders[fields] = sort_names(names)
  return names
end

local function check_names(self, fields, value, path)
  local strange
  for name in next, value do
    if not fields[name] then
      strange = strange or {}
      strange[#strange + 1] = name
    end
  end
  for _, name in ipairs(strange and sort_names(strange) or {}) do
    if type(name) ~= "string" then
      self:add(path, ("expected names as keys, got %s"):format(got(name)))
    else
      self:add(join(path, name), "unknown field" .. nearest.hint(name, fields))
    end
  end
end

function readers.table(self, spec, value, path, depth)
  local record, fields = {}, spec.fields
  check_names(self, fields, value, path)
  for _, name in ipairs(names_of(fields)) do
    local field, item = fields[name], rawget(value, name)
    if item == payload.null then item = nil end
    if item == nil then item = field.default end
    if item ~= nil then
      local result, suffix, derived = self:value(field, item, join(path, name), depth)
      record[name] = result
      if suffix and self.derive then record[name .. suffix] = derived end
    elseif field.required then
      self:add(join(path, name), "missing: expected " .. expected(field))
    end
  end
  return record
end

-- Plain data of any shape, as JSON can hold it.
function readers.data(self, _, value, path, depth)
  local kind = type(value)
  if kind == "string" or kind == "number" or kind == "boolean" or value == payload.null then return value end
  if kind ~= "table" or secret.is(value) then
    self:add(path, ("expected plain data, got %s"):format(got(value)))
    return nil
  end
  local spec = { items = { type = "any" }, values = { type = "any" } }
  if rawlen(value) > 0 then return readers.array(self, spec, value, path, depth) end
  return readers.map(self, spec, value, path, depth)
end

function readers.any(self, spec, value, path, depth)
  if not spec.of then return readers.data(self, spec, value, path, depth) end
  for _, alternative in ipairs(spec.of) do
    local trial = setmetatable({ faults = {}, secrets = self.secrets, derive = self.derive, walk = self.walk }, Check)
    local result = trial:value(alternative, value, path, depth)
    if #trial.faults == 0 then return result end
  end
  self:add(path, ("expected %s, got %s"):format(expected(spec), got(value)))
end

local COMPOUND = { array = true, map = true, table = true }

local function read_scalar(self, spec, value, path)
  local result, suffix, derived = scalar.read(spec.type, value)
  if result ~= nil then return result, suffix, derived end
  local message = suffix or ("expected %s, got %s"):format(expected(spec), got(value))
  self:add(path, message)
end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

-- The rules that a value of the right type has to keep as well.
local function broken_rule(spec, value)
  if spec.one_of and not contains(spec.one_of, value) then
    local names = {}
    for _, name in ipairs(spec.one_of) do names[name] = true end
    local hint = type(value) == "string" and nearest.hint(value, names) or ""
    return ("expected %s, got %q%s"):format(expected(spec), tostring(value), hint)
  end
  if spec.pattern and not value:find(spec.pattern) then return ("expected %s"):format(spec.expected or "the form " .. spec.pattern) end
  if spec.longest and #value > spec.longest then return ("longer than %d characters"):format(spec.longest) end
  if spec.least and value < spec.least then return ("expected at least %s"):format(spec.least) end
  if spec.most and value > spec.most then return ("expected at most %s"):format(spec.most) end
  return spec.check and spec.check(value)
end

-- A table that is being read already, or one table too many, is not read: reading all of it might never end.
function Check:read(kind, spec, value, path, depth)
  local walk, reader = self.walk, readers[kind]
  if not reader then return read_scalar(self, spec, value, path) end
  -- Alternatives read the same table once more.
  if type(value) ~= "table" or spec.of then return reader(self, spec, value, path, depth + 1) end
  walk.left = walk.left - 1
  if walk.left < 0 or walk.open[value] then
    self:add(path, walk.left < 0 and "more tables than a definition can have" or "the table contains itself")
    return nil
  end
  walk.open[value] = true
  local result = reader(self, spec, value, path, depth + 1)
  walk.open[value] = nil
  return result
end

---@return any value, string|nil suffix of a derived field, any derived
function Check:value(spec, value, path, depth)
  local kind = spec.type or spec.mode and "template" or "any"
  if depth >= MOST_DEPTH then
    self:add(path, "nested too deeply")
    return nil
  end
  if secret.is(value) then
    if kind == "string" and self.secrets then return value end
    self:add(path, ("expected %s, got a secret; secrets belong in surfaces, endpoints and herald.lua"):format(expected(spec)))
    return nil
  end
  if COMPOUND[kind] and type(value) ~= "table" then
    self:add(path, ("expected %s, got %s"):format(expected(spec), got(value)))
    return nil
  end
  local result, suffix, derived = self:read(kind, spec, value, path, depth)
  if result == nil then return nil end
  local message = broken_rule(spec, result)
  if message then
    self:add(path, message)
    return nil
  end
  return result, suffix, derived
end

---Checks a value. `derive` adds NAME_ms beside each duration and NAME_per_second beside each rate; `secrets`
---allows secrets where strings are expected.
---@param spec table
---@param value any
---@param options { derive: boolean|nil, secrets: boolean|nil, path: string|nil }|nil
---@return any copy what is valid of it
---@return { path: string, message: string }[] faults empty when all is well
function M.check(spec, value, options)
  options = options or {}
  local self = setmetatable({
    faults = {}, derive = options.derive, secrets = options.secrets, walk = { left = MOST_TABLES, open = {} },
  }, Check)
  local result = self:value(spec, value, options.path or "", 0)
  return result, self.faults
end

return M

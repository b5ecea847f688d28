-- The part of Lua's own library that project scripts may use. What could run unbounded inside C, reach another
-- script's tables or leave code behind for later (finalizers) is replaced or left out.
-- Nothing here changes after it is made, so that all scripts of a state share it.

local random_stream = require "herald.random_stream"
local script_run = require "herald.script_run"

local M = {}

local LONGEST_TEXT = 16 * 1024 * 1024
local MOST_MOVED = 1000000
local MOST_SORTED = 100000

local raw_metatable = debug.getmetatable

---A read-only view: scripts see what is in it, and cannot reach the table behind it.
---@param name string for the error message
---@param inner table
---@param call function|nil makes the view callable
---@return table
function M.freeze(name, inner, call)
  return setmetatable({}, {
    __index = inner,
    __newindex = function(_, key) error(("%s.%s cannot be set: %s is read-only"):format(name, tostring(key), name), 2) end,
    __pairs = function()
      local key
      return function()
        local value
        key, value = next(inner, key)
        return key, value
      end
    end,
    __call = call,
    __metatable = false,
  })
end

local function copy(library, names)
  local result = {}
  for name in names:gmatch "%S+" do result[name] = library[name] end
  return result
end

-- Loops in C over a table whose reads or writes are functions would see no hook.
local function check_plain(name, list)
  if type(list) ~= "table" then error(("table.%s: expected a table, got %s"):format(name, type(list)), 3) end
  local metatable = raw_metatable(list)
  if metatable and (rawget(metatable, "__index") ~= nil or rawget(metatable, "__newindex") ~= nil or rawget(metatable, "__len") ~= nil) then
    error(("table.%s: not for a table with __index, __newindex or __len"):format(name), 3)
  end
end

local function guarded_table()
  local guarded = copy(table, "concat insert move pack remove sort unpack")
  for _, name in ipairs { "concat", "insert", "remove", "unpack" } do
    local plain = table[name]
    guarded[name] = function(list, ...)
      check_plain(name, list)
      return plain(list, ...)
    end
  end
  function guarded.move(from, first, last, at, to)
    check_plain("move", from)
    if to ~= nil then check_plain("move", to) end
    if type(first) == "number" and type(last) == "number" and last - first > MOST_MOVED then error("table.move: too many elements", 2) end
    return table.move(from, first, last, at, to or from)
  end
  function guarded.sort(list, before)
    check_plain("sort", list)
    if #list > MOST_SORTED then error("table.sort: too many elements", 2) end
    -- A comparison written in Lua is seen by the budget; one in C, or none, is not.
    local compare = before or function(a, b) return a < b end
    return table.sort(list, function(a, b) return compare(a, b) end)
  end
  return guarded
end

local function guarded_rep(text, count, separator)
  local length = #tostring(text) + (separator and #tostring(separator) or 0)
  if length == 0 then return "" end -- Lua would go round count times for it
  if type(count) == "number" and count > 0 and length * count > LONGEST_TEXT then error("string.rep: the result is too large", 2) end
  return string.rep(text, count, separator)
end

local MATH = [[abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad random
  sin sqrt tan tointeger type ult]]
local STRING = "byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper"

local function guarded_string()
  local guarded = copy(string, STRING)
  guarded.rep = guarded_rep
  local has_patterns, patterns = pcall(require, "herald.pattern")
  if has_patterns then
    for name, matching in pairs(patterns) do guarded[name] = matching end
  end
  return guarded
end

-- metatables that scripts set themselves: the only ones that they get back
local owned = setmetatable({}, { __mode = "k" })

local function guarded_getmetatable(value)
  if type(value) ~= "table" then return nil end
  local metatable = raw_metatable(value)
  if metatable == nil or not owned[metatable] then return nil end
  return getmetatable(value)
end

local function guarded_setmetatable(value, metatable)
  if type(metatable) == "table" then
    -- A finalizer would run later, in anybody's time.
    if rawget(metatable, "__gc") ~= nil then error("setmetatable: __gc is not for project scripts", 2) end
    owned[metatable] = true
  end
  return setmetatable(value, metatable)
end

-- The budget's pcall bounds how deep they are nested: the end of a budget has to pass through each.
local has_budget, budget = pcall(require, "herald.budget")
local protect = has_budget and budget.pcall or pcall

-- Lua runs a message handler where the error is raised: inside of the budget's own hook, where no hook is seen.
-- Here it runs afterwards.
local function guarded_xpcall(f, handler, ...)
  local results = table.pack(protect(f, ...))
  if results[1] then return table.unpack(results, 1, results.n) end
  return false, select(2, protect(handler, results[2]))
end

-- math.random of a run is drawn from the run's own stream; while files are loaded it is Lua's.
local function drawn_random(...)
  local run = script_run.current()
  if not run then return math.random(...) end
  local stream, low, high = random_stream.of(run, "script"), ...
  if low == nil then return stream:number() end
  if high == nil then low, high = 1, low end
  low, high = math.tointeger(low), math.tointeger(high)
  if not low or not high then error("math.random: expected whole numbers", 2) end
  if low == 1 and high == 0 then return stream:bits() end
  if low > high then error("math.random: the interval is empty", 2) end
  return stream:integer(low, high)
end

local function guarded_math()
  local guarded = copy(math, MATH)
  guarded.random = drawn_random
  return guarded
end

local function make()
  local base = copy(_G, "assert error ipairs next pairs rawequal rawget rawlen select tonumber tostring type")
  base.pcall, base.xpcall = protect, guarded_xpcall
  base.getmetatable, base.setmetatable = guarded_getmetatable, guarded_setmetatable
  base.string = M.freeze("string", guarded_string())
  base.table = M.freeze("table", guarded_table())
  base.math = M.freeze("math", guarded_math())
  base.utf8 = M.freeze("utf8", copy(utf8, "char charpattern codepoint codes len offset"))
  base._VERSION = _VERSION
  return base
end

local library

---The names that every script finds as globals.
---@return table<string, any>
function M.library()
  library = library or make()
  return library
end

---Gives method calls on strings the same guards: text:rep(n), text:find(p). Works on the whole Lua state.
function M.guard_methods()
  local metatable = raw_metatable ""
  if metatable.__index ~= string then return end
  local methods = guarded_string()
  methods.dump = false
  metatable.__index = setmetatable(methods, { __index = string })
end

return M

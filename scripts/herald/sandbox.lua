-- Runs the scripts of a project: each box is a fresh environment with the guarded library, the words it is
-- given (campaign, surface, secret, …) and require for the project's own files, and nothing else. Reading or
-- writing a global that is not there is an error that names it.

local fault = require "herald.fault"
local guarded = require "herald.guarded"

local has_budget, budget = pcall(require, "herald.budget")

local M = {}
local Box = {}
Box.__index = Box

-- What loading one file may use.
local LOAD_BOUNDS = { instructions = 50000000, cpu_ms = 1000, memory = 64 * 1024 * 1024 }

local function environment(words, require_file)
  local library = guarded.library()
  local function find(_, name)
    local value = words[name]
    if value == nil then value = library[name] end
    if value ~= nil then return value end
    if name == "require" then return require_file end
    error(("the global '%s' is not set"):format(tostring(name)), 2)
  end
  return setmetatable({}, {
    __index = find,
    __newindex = function(_, name) error(("the global '%s' cannot be set; make it local"):format(tostring(name)), 2) end,
    __metatable = false,
  })
end

---@class herald.BoxOptions
---@field files table<string, string> path -> text
---@field words table<string, any>|nil globals of the scripts, also found by require
---@field on_read fun(path: string)|nil called for each file that is used
---@field compiled table|nil shared by the boxes of one set of files: path -> byte code
---@field bounds table|nil as herald.budget takes them
---@field metered boolean|nil false where the caller meters

---@param options herald.BoxOptions
---@return herald.Box
function M.new(options)
  guarded.guard_methods()
  local box = setmetatable({
    files = options.files,
    on_read = options.on_read,
    compiled = options.compiled,
    bounds = options.bounds or LOAD_BOUNDS,
    words = options.words or {},
    modules = {},
  }, Box)
  box.environment = environment(box.words, function(name) return box:require(name) end)
  return box
end

local function compile(box, path, source)
  -- Behind pcall, for load hands its errors to the message handler of whoever called us.
  local _, chunk, message = pcall(load, source, "@" .. path, "t", box.environment)
  if chunk and box.compiled then box.compiled[path] = string.dump(chunk) end
  return chunk, message
end

---Compiles a file of the box.
---@param path string
---@return function|nil chunk
---@return string|nil message
function Box:load(path)
  local source = self.files[path]
  if not source then return nil, ("there is no file %s"):format(path) end
  if self.on_read then self.on_read(path) end
  local ready = self.compiled and self.compiled[path]
  if ready then return load(ready, "@" .. path, "b", self.environment) end
  return compile(self, path, source)
end

local RUNNING = {}

local function find_file(files, name)
  local path = name:gsub("%.lua$", ""):gsub("%.", "/")
  for _, candidate in ipairs { path .. ".lua", path .. "/init.lua" } do
    if files[candidate] then return candidate end
  end
end

-- Raises with the line of the script that asks, also where a tail call has taken its place.
local function raise(box, message)
  local level = 2
  local info = debug.getinfo(level, "Sl")
  while info and not box.files[info.source:sub(2)] do
    level = level + 1
    info = debug.getinfo(level, "Sl")
  end
  if info then message = ("%s:%d: %s"):format(info.source:sub(2), info.currentline, message) end
  error(message, 0)
end

---What scripts get as `require`.
---@param name string
---@return any
function Box:require(name)
  if type(name) ~= "string" then raise(self, ("require: expected a string, got %s"):format(type(name))) end
  if self.words[name] ~= nil then return self.words[name] end
  local library = guarded.library()
  if library[name] ~= nil and type(library[name]) == "table" then return library[name] end
  local path = find_file(self.files, name)
  if not path then raise(self, ("require: there is no file %s.lua in the project"):format((name:gsub("%.", "/")))) end
  local ready = self.modules[path]
  if ready == RUNNING then raise(self, ("require: %s requires itself"):format(path)) end
  if ready ~= nil then return ready end
  local chunk, message = self:load(path)
  if not chunk then error(message, 0) end
  self.modules[path] = RUNNING
  local value = chunk(name, path)
  if value == nil then value = true end
  self.modules[path] = value
  return value
end

local function describe(failure, path)
  if fault.is(failure) then return failure end
  if type(failure) == "string" then return fault.from_lua(failure, path) end
  return fault.new { file = path, message = ("raised an error that is a %s, not a text"):format(type(failure)) }
end

---Runs a file within the bounds of loading.
---@param path string
---@return any value what the file returns
---@return herald.Fault|nil
function Box:run(path)
  local chunk, message = self:load(path)
  if not chunk then return nil, fault.from_lua(message, path) end
  local ok, value
  if has_budget then
    ok, value = budget.run(self.bounds, chunk, path)
  else
    ok, value = pcall(chunk, path)
  end
  if not ok then return nil, describe(value, path) end
  return value
end

return M

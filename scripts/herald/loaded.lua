-- Loads the files that define one thing each (surface, endpoint, channel, settings): runs the file, checks
-- what it gave against its description, and gives every fault its file and line.

local fault = require "herald.fault"
local places = require "herald.places"
local sandbox = require "herald.sandbox"
local schema = require "herald.schema"
local words = require "herald.words"

local M = {}

---@class herald.Loading
---@field file string
---@field files table<string, string>
---@field faults herald.Fault[]
---@field home table the project that is being loaded
local Loading = {}
Loading.__index = Loading

---@param home table
---@param files table<string, string>
---@param file string
---@return herald.Loading
function M.new(home, files, file)
  return setmetatable({ home = home, files = files, file = file, faults = {} }, Loading)
end

function Loading:add(path, message, code)
  self.faults[#self.faults + 1] = fault.new { file = self.file, path = path, message = message, code = code }
end

---The word `secret` for this file.
function Loading:secret_word()
  return words.secret(self.home.secrets, function(found) self.faults[#self.faults + 1] = found end, self.file)
end

---Runs the file and returns what it returned.
---@param more table<string, any> its words beside `secret`
---@return any
function Loading:run(more)
  local all = { secret = self:secret_word() }
  for name, value in pairs(self.home.words or {}) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  local box = sandbox.new { files = self.files, words = all, compiled = self.home.compiled }
  local value, failure = box:run(self.file)
  if failure then self.faults[#self.faults + 1] = failure end
  return value
end

---Runs the file and returns the fields given to its word; nil when it gave none.
---@param kind string
---@param more table<string, any>
---@return table|nil
function Loading:fields(kind, more)
  local value = self:run(more)
  if #self.faults > 0 and value == nil then return nil end
  local given, fields = words.given(value)
  if given == kind then return fields end
  self:add(nil, ("the file has to return %s { … }"):format(kind))
end

---Checks fields; secrets may stand where strings are expected.
---@param spec table
---@param fields table
---@return table
function Loading:check(spec, fields)
  local result, faults = schema.check(spec, fields, { derive = true, secrets = true })
  for _, found in ipairs(faults) do self:add(found.path, found.message) end
  return result
end

---@param result any
---@param word string
---@return any|nil result nil when there is a fault
---@return herald.Fault[]|nil
function Loading:give(result, word)
  if #self.faults == 0 then return result end
  places.fill(self.faults, self.files, word)
  return nil, fault.list(self.faults)
end

return M

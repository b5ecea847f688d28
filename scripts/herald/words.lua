-- The words that project files are written in: `campaign { … }`, `surface { … }`, `secret "NAME"`. A word
-- notes what it was given and returns a marker; the loader of that kind of file checks it afterwards.

local fault = require "herald.fault"
local guarded = require "herald.guarded"
local secret = require "herald.secret"

local M = {}

-- marker -> { kind, fields }; a script can pass a marker on, and see nothing of it
local markers = setmetatable({}, { __mode = "k" })

local marker_metatable = { __metatable = false, __name = "definition" }

---A callable word: `surface { … }`.
---@param kind string
---@param members table|nil what stands behind a dot: campaign.template
---@return table
function M.definer(kind, members)
  return guarded.freeze(kind, members or {}, function(_, fields)
    if type(fields) ~= "table" then error(("%s: expected a table, got %s"):format(kind, type(fields)), 2) end
    local marker = setmetatable({}, marker_metatable)
    markers[marker] = { kind = kind, fields = fields }
    return marker
  end)
end

---@param value any what a file returned
---@return string|nil kind
---@return table|nil fields
function M.given(value)
  local found = value ~= nil and markers[value]
  if not found then return nil end
  return found.kind, found.fields
end

---The line of the script that called the function which calls this.
---@return integer|nil
function M.line_of_caller()
  local info = debug.getinfo(3, "Sl")
  return info and info.what ~= "C" and info.currentline > 0 and info.currentline or nil
end

---`secret "NAME"`. A missing one is noted, so that the other errors of the file are found too.
---@param source fun(name: string): string|nil
---@param report fun(found: herald.Fault)
---@param file string
---@return fun(name: string): herald.Secret
function M.secret(source, report, file)
  return function(name)
    if not secret.is_name(name) then
      error('secret: expected a name of letters, digits, "_", "-" and "."', 2)
    end
    local text = source(name)
    if not text then
      report(fault.new {
        file = file, line = M.line_of_caller(), code = "secret-missing",
        message = ("secret %s is missing: set the environment variable %s, or write secrets/%s"):format(name, name, name),
      })
    end
    return secret.new(name, text)
  end
end

return M

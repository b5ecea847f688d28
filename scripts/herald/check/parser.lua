-- The door to luacheck (Debian's package lua-check): its parser, and its own warnings. The package installs it for another
-- version of Lua, whose folder is looked in too.

local M = {}

local FOLDERS = { "/usr/share/lua/5.1", "/usr/share/lua/5.3", "/usr/share/lua/5.4" }

---What to say where the package is not there.
M.MISSING = "the checks of Lua code need luacheck, which is not there: apt-get install lua-check"

local function search_path()
  local parts = { package.path }
  for _, folder in ipairs(FOLDERS) do parts[#parts + 1] = ("%s/?.lua;%s/?/init.lua"):format(folder, folder) end
  return table.concat(parts, ";")
end

---@class herald.LuacheckDoor
---@field parse fun(text: string): table|nil, table, integer[] syntax tree, comments, where each line begins; nil where it is no Lua
---@field warnings fun(text: string, options: table): { code: string, line: integer, column: integer, message: string }[]

local function door(decoder, parser, luacheck)
  return {
    parse = function(text)
      local offsets = {}
      local ok, tree, comments = pcall(parser.parse, decoder.decode(text), offsets, {})
      if ok then return tree, comments, offsets end
      return nil, {}, {}
    end,
    warnings = function(text, options)
      local list = {}
      for _, found in ipairs(luacheck.check_strings({ text }, options)[1]) do
        list[#list + 1] = { code = found.code, line = found.line, column = found.column, message = luacheck.get_message(found) }
      end
      return list
    end,
  }
end

---@return herald.LuacheckDoor|nil nil where luacheck is not installed
function M.open()
  local before = package.path
  package.path = search_path()
  local ok, decoder, parser, luacheck = pcall(function()
    return require "luacheck.decoder", require "luacheck.parser", require "luacheck"
  end)
  package.path = before
  return ok and door(decoder, parser, luacheck) or nil
end

return M

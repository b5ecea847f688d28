-- What editors and luacheck need to know of a project: the words of each folder, and the types that complete its files.
-- Made of the words and the library that scripts really have.

local guarded = require "herald.guarded"
local payload = require "herald.payload"
local listing = require "herald.files"
local place = require "herald.cli.place"
local primitives = require "herald.primitives"

local M = {}

local FOLDER = ".herald/types/"

local LUACHECK = [[
-- luacheck by the words that Herald's scripts have. Written by herald init; herald types writes it anew.
stds.herald = { read_globals = {
@library@
} }
std = "herald"
unused_args = false -- handlers keep the signature that they are called with
self = false
max_line_length = false

@folders@
files["spec/**/*_spec.lua"] = { std = "lua54+busted" }
files[".luacheckrc"] = { std = "lua54+luacheckrc" }
exclude_files = { ".herald", "data" }
]]

local OWN = {
  { "campaigns", "campaign", "secret" }, { "surfaces", "surface", "secret" }, { "endpoints", "endpoint", "secret" },
  { "channels", "channel", "provider" },
}

local function sorted(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function quoted(names)
  local list = {}
  for index, name in ipairs(names) do list[index] = ("%q"):format(name) end
  return table.concat(list, ", ")
end

-- The library with its members, and the words with whatever is theirs.
local function library()
  local lines, plain = {}, { "require" }
  for _, name in ipairs(sorted(guarded.library())) do
    local value = guarded.library()[name]
    if type(value) == "table" then
      lines[#lines + 1] = ("  %s = { fields = { %s } },"):format(name, quoted(sorted(value)))
    else
      plain[#plain + 1] = name
    end
  end
  for _, name in ipairs(sorted(primitives.words())) do lines[#lines + 1] = ("  %s = { other_fields = true },"):format(name) end
  return ("  %s,\n%s"):format(quoted(plain), table.concat(lines, "\n"))
end

local function folders()
  local lines = {}
  for _, row in ipairs(OWN) do
    local fields = {}
    for index = 2, #row do fields[index - 1] = ("%s = { other_fields = true }"):format(row[index]) end
    lines[#lines + 1] = ('files["%s/**/*.lua"] = { read_globals = { %s } }'):format(row[1], table.concat(fields, ", "))
  end
  lines[#lines + 1] = 'files["herald.lua"] = { read_globals = { "secret" } }'
  return table.concat(lines, "\n")
end

---@return string
function M.luacheckrc()
  local values = { library = library(), folders = folders() }
  return (LUACHECK:gsub("@(%l+)@", function(name) return values[name] end))
end

local function luarc()
  return payload.encode {
    runtime = { version = "Lua 5.4", builtin = { io = "disable", os = "disable", debug = "disable", coroutine = "disable", package = "disable" } },
    workspace = { library = payload.array { FOLDER:sub(1, -2) }, checkThirdParty = false },
  } .. "\n"
end

-- The folder of the types, beside the scripts.
local function types_folder()
  local path = package.searchpath("herald.cli.editor_files", package.path)
  return path:match "^(.*)/herald/cli/editor_files%.lua$" .. "/types/"
end

---@return { path: string, text: string }[]|nil
---@return string|nil message
function M.all()
  local list = { { path = ".luacheckrc", text = M.luacheckrc() }, { path = ".luarc.json", text = luarc() } }
  local entries, failure = listing.list(types_folder())
  if not entries then return nil, failure end
  for _, entry in ipairs(entries) do
    -- Other herald.NAME.lua are those of bindings, of which scripts see nothing.
    if entry.name:find "^[%w_]+%.lua$" or entry.name == "herald.testing.lua" then
      local text, message = place.read(types_folder() .. entry.name)
      if not text then return nil, message end
      list[#list + 1] = { path = FOLDER .. entry.name, text = text }
    end
  end
  table.sort(list, function(a, b) return a.path < b.path end)
  return list
end

return M

-- What `herald check` finds in a project's files without running them: one file of check/ for each kind of finding. Code is
-- read with luacheck's parser; without it the kinds that read texts alone are left.

local allow = require "herald.check.allow"
local codes = require "herald.check.codes"
local parser = require "herald.check.parser"
local primitives = require "herald.primitives"
local source = require "herald.check.source"

local M = {}

-- Each is called with the work; `needs` says what has to be there.
local KINDS = {
  { name = "secrets" },
  { name = "globals", needs = "code" },
  { name = "reach", needs = "code" },
  { name = "load_time", needs = "code" },
  { name = "repeatable", needs = "code" },
  { name = "shown_secrets", needs = "code" },
  { name = "shadows", needs = "code" },
  { name = "lint", needs = "code" },
  { name = "ids", needs = "project" },
  { name = "context", needs = "project" },
  { name = "unused", needs = "project" },
  { name = "unused_code", needs = "project" },
}

---@class herald.Finding
---@field code string
---@field level "error"|"warning"
---@field file string
---@field line integer|nil
---@field column integer|nil
---@field message string
---@field advice string|nil

---@class herald.CheckWork
---@field dir string|nil
---@field files table<string, string>
---@field templates table<string, string> the files that are no Lua
---@field project herald.Project|nil
---@field words table<string, any> what scripts find beside Lua's library and the words of definitions
---@field luacheck herald.LuacheckDoor|nil
---@field sources herald.CheckSource[] sorted by file
---@field by_file table<string, herald.CheckSource>
---@field add fun(code: string, place: { file: string, line: integer|nil, column: integer|nil }, message: string)

local function read_sources(work)
  local paths = {}
  for path, text in pairs(work.files) do
    if path:find "%.lua$" then paths[#paths + 1] = path else work.templates[path] = text end
  end
  table.sort(paths)
  for _, path in ipairs(work.luacheck and paths or {}) do
    local read = source.new(path, work.files[path], work.luacheck)
    work.sources[#work.sources + 1] = read
    work.by_file[path] = read
  end
end

local function by_place(a, b)
  if a.file ~= b.file then return a.file < b.file end
  if (a.line or 0) ~= (b.line or 0) then return (a.line or 0) < (b.line or 0) end
  if (a.column or 0) ~= (b.column or 0) then return (a.column or 0) < (b.column or 0) end
  if a.code ~= b.code then return a.code < b.code end
  return a.message < b.message
end

local function new_work(bundle, options)
  local work = {
    dir = bundle.dir, files = bundle.files, templates = {}, project = options.project, words = options.words or primitives.words(),
    luacheck = options.luacheck, sources = {}, by_file = {}, findings = {},
  }
  if work.luacheck == nil then work.luacheck = parser.open() end
  function work.add(code, place, message)
    local level, advice = codes.of(code)
    work.findings[#work.findings + 1] = {
      code = code, level = assert(level, code), file = place.file, line = place.line, column = place.column, message = message, advice = advice,
    }
  end
  return work
end

local function is_possible(work, needs)
  if needs == "code" then return work.luacheck and true or false end
  return needs == nil or work.project ~= nil and work.luacheck and true or false
end

-- Takes away what a comment silences, and reports the comments that silence nothing. Without the project some kinds have
-- not been looked for.
local function silence(work, review)
  local allowances = allow.find(work.sources, work.templates)
  for _, found in ipairs(review) do work.findings[#work.findings + 1] = found end
  local kept = {}
  for _, found in ipairs(work.findings) do
    if not allow.silences(allowances, found) then kept[#kept + 1] = found end
  end
  work.findings = kept
  for _, each in ipairs(work.project and work.luacheck and allowances or {}) do
    if not each.is_used then work.add("allow-unused", each, ("the comment allows %s, and there is no such finding here"):format(each.code)) end
  end
  table.sort(work.findings, by_place)
  return work.findings
end

---Checks what was read of a project.
---@param bundle { dir: string|nil, files: table<string, string> }
---@param options { project: herald.Project|nil, review: herald.Finding[]|nil, words: table|nil, luacheck: herald.LuacheckDoor|false|nil }
---project: as it was loaded, nil where it has errors; review: the review's findings, which comments may silence, too;
---luacheck: nil looks for it, false does without
---@return herald.Finding[] # by file and line
---@return string|nil notice what could not be checked
function M.run(bundle, options)
  local work = new_work(bundle, options)
  read_sources(work)
  for _, kind in ipairs(KINDS) do
    if is_possible(work, kind.needs) then require("herald.check." .. kind.name).find(work) end
  end
  return silence(work, options.review or {}), not work.luacheck and parser.MISSING or nil
end

return M

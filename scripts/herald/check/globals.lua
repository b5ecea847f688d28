-- Names that a script will not find when it runs: globals that the sandbox does not have, and members of its library that
-- are not there. Each folder has words of its own.

local guarded = require "herald.guarded"
local nearest = require "herald.nearest"
local tree = require "herald.check.tree"

local M = {}

local FOLDERS = {
  campaigns = { "campaign", "secret" }, surfaces = { "surface", "secret" }, endpoints = { "endpoint", "secret" },
  channels = { "channel", "provider" }, templates = {}, ["herald.lua"] = { "secret" },
}
local INSTEAD = {
  os = "trigger.now is the time; scripts have no operating system",
  io = "scripts read and write no files",
  print = "scripts have nothing to print to",
  coroutine = "waiting words such as http and sleep need none",
  load = "scripts load no code", loadstring = "scripts load no code", dofile = "use require", unpack = "use table.unpack",
}

local function definers(words)
  for _, list in pairs(FOLDERS) do
    for _, name in ipairs(list) do words[name] = true end
  end
end

-- Files in folders of a folder may be required from anywhere, so they may use every word.
local function known_in(work, file)
  local known = { require = true, _VERSION = true }
  for name in pairs(guarded.library()) do known[name] = true end
  for name in pairs(work.words) do known[name] = true end
  local own = FOLDERS[file] or FOLDERS[file:match "^([^/]+)/[^/]+%.lua$"]
  if not own then definers(known) end
  for _, name in ipairs(own or {}) do known[name] = true end
  if file:find "^channels/" then definers(known) end
  return known
end

local function explain(name, known)
  local instead = INSTEAD[name]
  return instead and "; " .. instead or nearest.hint(name, known)
end

local function check_member(work, source, node)
  local root, name = node[1], node[2]
  if root.tag ~= "Id" or root.variable or name.tag ~= "String" then return end
  local value = guarded.library()[root[1]] or work.words[root[1]]
  if type(value) ~= "table" then return end
  local ok, member = pcall(function() return value[name[1]] end)
  if not ok or member ~= nil then return end
  local members = {}
  for key in pairs(value) do members[key] = true end
  work.add("member-unknown", source:place(name), ("%s has no %s%s"):format(root[1], name[1], nearest.hint(name[1], members)))
end

---@param work herald.CheckWork
function M.find(work)
  for _, source in ipairs(work.sources) do
    local known = known_in(work, source.file)
    tree.each(source.ast, function(node)
      if node.tag == "Index" then check_member(work, source, node) end
      if node.tag == "Id" and not node.variable and not known[node[1]] then
        work.add("global-unknown", source:place(node), ("scripts have no %s here%s"):format(node[1], explain(node[1], known)))
      end
    end)
  end
end

return M

-- Which spec files a run has: those that were named, or everything under spec/, sorted.

local files = require "herald.files"

local M = {}

local MOST_DEPTH = 12

local function walk(dir, prefix, depth, found)
  for _, entry in ipairs(files.list(dir) or {}) do
    local path = prefix .. "/" .. entry.name
    if entry.name:sub(1, 1) ~= "." then
      if entry.kind == "folder" then
        if depth < MOST_DEPTH then walk(dir .. "/" .. entry.name, path, depth + 1, found) end
      else
        found[#found + 1] = path
      end
    end
  end
  return found
end

local function ending(path, suffix)
  return path:sub(-#suffix) == suffix
end

---The files below a folder of the project whose names end so, as paths from the project.
---@param project string
---@param folder string
---@param suffix string
---@return string[]
function M.under(project, folder, suffix)
  local kept = {}
  for _, path in ipairs(walk(project .. "/" .. folder, folder, 1, {})) do
    if ending(path, suffix) then kept[#kept + 1] = path end
  end
  table.sort(kept)
  return kept
end

local function is_file(path)
  return files.read(path) ~= nil
end

---@param project string
---@param names string[] files or folders, from the project's folder
---@return string[]|nil
---@return string|nil message
function M.find(project, names)
  if #names == 0 then names = { "spec" } end
  local all, known = {}, {}
  for _, name in ipairs(names) do
    local given = name:gsub("/+$", "")
    local list = is_file(project .. "/" .. given) and { given } or M.under(project, given, "_spec.lua")
    if #list == 0 then
      return nil, ("there are no specs in %s/%s: a spec is a file whose name ends in _spec.lua"):format(project, given)
    end
    for _, path in ipairs(list) do
      if not known[path] then all[#all + 1], known[path] = path, true end
    end
  end
  return all
end

return M

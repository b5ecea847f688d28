-- Where a spec's project lies: as the spec names it, from the current folder or from one above the spec file.

local files = require "herald.files"

local M = {}

local function is_project(dir)
  return files.read(dir .. "/herald.lua") ~= nil or files.list(dir .. "/campaigns") ~= nil
end

local function parent(dir)
  if dir == "." or dir == "" then return nil end
  if dir == "/" then return nil end
  local above = dir:match "^(.*)/[^/]+/?$"
  if above == "" then return "/" end
  return above or "."
end

-- The folders from the one that holds the file up to the top.
local function above(file)
  local dir = parent(file)
  return function()
    local found = dir
    dir = dir and parent(dir)
    return found
  end
end

local function join(dir, name)
  return dir == "." and name or dir .. "/" .. name
end

local function missing(name)
  return nil, ("there is no project at %q: a project's folder has a herald.lua or campaigns/"):format(name)
end

---@param name string|nil as the spec says it
---@param source string the spec's chunk name, "@spec/x_spec.lua"
---@return string|nil dir
---@return string|nil message
function M.find(name, source)
  local file = source:match "^@(.+)$" or "./spec"
  if name then
    if is_project(name) then return name end
    if name:sub(1, 1) == "/" then return missing(name) end
    for dir in above(file) do
      if is_project(join(dir, name)) then return join(dir, name) end
    end
    return missing(name)
  end
  for dir in above(file) do
    if is_project(dir) then return dir end
  end
  if is_project "." then return "." end
  return nil, "the spec lies in no project; say which: kit.engine { project = \"folder\" }"
end

return M

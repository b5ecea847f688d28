-- Campaigns that were built from a project's files before and would come out the same: a reload evaluates anew only what it has to.
-- A campaign is kept with the text of every file that it read. It counts as changed when one of these is another, when a file was
-- added to the project or taken away, when a file of a channel or the settings are others, and in any case when it has secrets.

local campaign = require "herald.campaign"

local M = {}
local Cache = {}
Cache.__index = Cache

---@return herald.BuildCache
function M.new()
  return setmetatable({ built = {}, frame = nil }, Cache)
end

-- What all campaigns depend on: the paths that there are, the channels, the settings.
local function frame_of(files)
  local parts = {}
  for path, text in pairs(files) do
    local is_shared = path == "herald.lua" or path:find "^channels/"
    parts[#parts + 1] = is_shared and path .. "\n" .. text or path
  end
  table.sort(parts)
  return table.concat(parts, "\0")
end

local function is_same(built, files)
  for path, text in pairs(built.files) do
    if files[path] ~= text then return false end
  end
  return true
end

---A campaign.from_file for this project, which takes what was built before where it can. What it builds is kept for the next
---project; what this one has no file for is forgotten.
---@param project herald.Project
---@return fun(path: string, files: table<string, string>, home: table): herald.Campaign|nil, herald.Fault[]|nil
function Cache:builder(project)
  local frame = frame_of(project.files)
  local earlier = frame == self.frame and self.built or {}
  self.frame, self.built = frame, {}
  return function(path, files, home)
    local known = earlier[path]
    if known and is_same(known, files) then
      self.built[path] = known
      return known
    end
    local built, faults = campaign.from_file(path, files, home)
    if built and not built.has_secrets then self.built[path] = built end
    return built, faults
  end
end

return M

-- Ids and paths that hide each other: a campaign or surface whose file has another name, an endpoint that is never asked
-- because an earlier one takes its calls.

local tree = require "herald.check.tree"

local M = {}

local function name_of(file)
  return file:match "([^/]+)%.lua$"
end

local function check_name(work, file, word, field, id)
  if not file or not name_of(file) or name_of(file) == id then return end
  local source = work.by_file[file]
  local node = source and tree.field(source:definition(word), field)
  local place = node and source:place(node) or { file = file }
  work.add("id-differs", place, ("the %s of this file is %q, and the file's name says %q"):format(field, id, name_of(file)))
end

local function segments(path)
  local list = {}
  for segment in path:gmatch "[^/]+" do list[#list + 1] = segment end
  return list
end

-- Whether every call that fits b fits a.
local function covers(a, b)
  local first, second = segments(a.path), segments(b.path)
  if a.method ~= b.method or #first ~= #second or not b.path:find "{" then return false end
  for index, segment in ipairs(first) do
    if not segment:find "^{" and segment ~= second[index] then return false end
  end
  return a.path:find "{" ~= nil
end

-- The router asks patterns in the order of their files.
local function check_endpoints(work)
  local list = work.project.endpoints
  for index, each in ipairs(list) do
    for earlier = 1, index - 1 do
      if covers(list[earlier], each) then
        local source = work.by_file[each.file]
        local node = source and tree.field(source:definition "endpoint", "path")
        work.add("endpoint-shadowed", node and source:place(node) or { file = each.file },
          ("%s %s is never asked: %s in %s takes its calls"):format(each.method, each.path, list[earlier].path, list[earlier].file))
        break
      end
    end
  end
end

---@param work herald.CheckWork
function M.find(work)
  for _, campaign in pairs(work.project.campaigns) do check_name(work, campaign.file, "campaign", "id", campaign.id) end
  for _, surface in pairs(work.project.surfaces) do check_name(work, surface.file, "surface", "name", surface.name) end
  check_endpoints(work)
end

return M

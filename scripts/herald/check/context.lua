-- Names under context: those that scripts read and the campaign does not declare, those that it declares for nobody, and
-- where nothing is declared those that look like a misspelling of another.

local nearest = require "herald.nearest"
local templates = require "herald.review.templates"
local tree = require "herald.check.tree"

local M = {}

local SILENT = { error = function() end, warning = function() end }
local LEAST_LONG = 5

-- The names under context of each template of a campaign: path of the field -> set.
local function names_of_templates(work, campaign)
  local by_path, is_whole = {}, false
  for _, found in ipairs(templates.compile(campaign, work.project, SILENT)) do
    by_path[found.path] = {}
    for _, name in ipairs(found.names) do
      local member = name:match "^context%.([%w_]+)"
      if member then by_path[found.path][member] = found.file or campaign.file end
      is_whole = is_whole or name == "context"
    end
  end
  return by_path, is_whole
end

---@class herald.ScriptNames
---@field read table<string, { source: herald.CheckSource, node: table }> the first place of each
---@field written table<string, true>
---@field words table<string, true> every other text and name
---@field is_whole boolean the context is used as a whole, or by names that are not written out

local function note_index(names, source, node, is_target)
  local name = node[2]
  if name.tag ~= "String" then
    names.is_whole = true
  elseif is_target then
    names.written[name[1]] = true
  else
    names.read[name[1]] = names.read[name[1]] or { source = source, node = name }
  end
end

local function is_plain_use(parent, node)
  return parent and (parent.tag == "Index" and parent[1] == node or parent.tag == "Local")
end

local function read_script(names, source)
  local targets, declared = {}, tree.field(source:definition "campaign", "context")
  tree.each(source.ast, function(node, parent)
    if node == declared then return true end
    if node.tag == "Set" then
      for _, target in ipairs(node[1]) do targets[target] = true end
    end
    if node.tag == "String" then names.words[node[1]] = true end
    if node.tag == "Index" and source:is_context(node[1]) then note_index(names, source, node, targets[node]) end
    if (node.tag == "Id" and not node.is_declaration or node.tag == "Index") and source:is_context(node) and not is_plain_use(parent, node) then
      names.is_whole = true
    end
  end)
end

local function names_of_scripts(work, campaign)
  local names = { read = {}, written = {}, words = {}, is_whole = false }
  for path in pairs(campaign.files) do
    local source = work.by_file[path]
    if source then read_script(names, source) end
  end
  return names
end

local function check_unknown(work, campaign, names)
  local declared = campaign.definition.context
  for name, at in pairs(names.read) do
    if not declared[name] and not names.written[name] then
      work.add("context-unknown", at.source:place(at.node), ("trigger.context.%s is not declared in context%s"):format(name, nearest.hint(name, declared)))
    end
  end
end

local function field_place(work, campaign, name)
  local source = work.by_file[campaign.file]
  local context = source and tree.field(source:definition "campaign", "context")
  local _, key = tree.field(context, name)
  return key and source:place(key) or { file = campaign.file }
end

-- Without an on_trigger the review finds them.
local function check_unused(work, campaign, by_path, names)
  if not campaign.on_trigger or names.is_whole then return end
  local used = {}
  for _, set in pairs(by_path) do
    for name in pairs(set) do used[name] = true end
  end
  for name in pairs(campaign.definition.context) do
    if not used[name] and not names.read[name] and not names.words[name] then
      work.add("context-unused", field_place(work, campaign, name), ("context.%s is declared, and neither a template nor a script uses it"):format(name))
    end
  end
end

-- One letter more, less, other or swapped with its neighbour; an s or a digit at the end makes another name.
local function is_slip(a, b)
  if a:lower() == b:lower() then return true end
  if math.abs(#a - #b) > 1 or math.min(#a, #b) < LEAST_LONG then return false end
  if a .. "s" == b or b .. "s" == a or a:gsub("%d+", "") == b:gsub("%d+", "") then return false end
  local first = 1
  while a:byte(first) == b:byte(first) do first = first + 1 end
  local rest_a, rest_b = a:sub(first), b:sub(first)
  if rest_a:sub(2) == rest_b:sub(2) or rest_a:sub(2) == rest_b or rest_a == rest_b:sub(2) then return true end
  return rest_a:sub(1, 2):reverse() == rest_b:sub(1, 2) and rest_a:sub(3) == rest_b:sub(3)
end

local function usage(by_path)
  local counts, files = {}, {}
  for path, set in pairs(by_path) do
    for name, file in pairs(set) do
      counts[name] = (counts[name] or 0) + 1
      if not files[name] or path < files[name].path then files[name] = { path = path, file = file } end
    end
  end
  return counts, files
end

local function line_with(text, name)
  local at = text and (text:find("context%." .. name .. "%f[^%w_]"))
  if not at then return nil end
  return 1 + select(2, text:sub(1, at - 1):gsub("\n", ""))
end

-- The rarer one of two is the slip; of two that are as frequent, the later by its name.
local function check_misspelt(work, by_path, names)
  local counts, files = usage(by_path)
  for name, count in pairs(counts) do
    for other, other_count in pairs(counts) do
      local is_rarer = count == 1 and (other_count > 1 or name > other)
      if name ~= other and is_rarer and not names.written[name] and not names.read[name] and is_slip(name, other) then
        local at = files[name]
        work.add("context-misspelt", { file = at.file, line = line_with(work.files[at.file], name) },
          ("%s uses context.%s, others context.%s"):format(at.path, name, other))
      end
    end
  end
end

---@param work herald.CheckWork
function M.find(work)
  for _, campaign in pairs(work.project.campaigns) do
    local by_path, is_whole = names_of_templates(work, campaign)
    local names = names_of_scripts(work, campaign)
    names.is_whole = names.is_whole or is_whole
    if campaign.definition.context then
      check_unknown(work, campaign, names)
      check_unused(work, campaign, by_path, names)
    else
      check_misspelt(work, by_path, names)
    end
  end
end

return M

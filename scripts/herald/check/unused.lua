-- What lies in the project and nothing uses: surfaces, templates and fragments, secrets.

local files = require "herald.files"
local tree = require "herald.check.tree"

local M = {}

-- Every text that stands in Lua code, beside the names that surfaces have themselves.
local function texts_of(work)
  local texts = {}
  for _, source in ipairs(work.sources) do
    local own = tree.field(source:definition "surface", "name")
    tree.each(source.ast, function(node)
      if node.tag == "String" and node ~= own then texts[node[1]] = true end
    end)
  end
  return texts
end

-- A name that is computed may be any.
local function has_computed_via(work)
  local is_so = false
  for _, source in ipairs(work.sources) do
    tree.each(source.ast, function(node)
      if node.tag ~= "Invoke" or node[2][1] ~= "via" or not source:is_trigger(node[1]) then return end
      for index = 3, #node do is_so = is_so or node[index].tag ~= "String" end
    end)
  end
  return is_so
end

local function check_surfaces(work, texts)
  if has_computed_via(work) then return end
  for name, surface in pairs(work.project.surfaces) do
    local source = work.by_file[surface.file]
    local node = source and tree.field(source:definition "surface", "name")
    if node and not texts[name] then
      work.add("surface-unused", source:place(node), ("no campaign, via or failover names the surface %q"):format(name))
    end
  end
end

local function computes_fragments(work)
  for _, text in pairs(work.templates) do
    if text:find "{{~?#?>%s*%(" then return true end
  end
  return false
end

local function check_templates(work)
  local used = {}
  for _, campaign in pairs(work.project.campaigns) do
    for path in pairs(campaign.files) do used[path] = true end
  end
  local is_open = computes_fragments(work)
  for path in pairs(work.templates) do
    local is_text = path:find "%.html?$" or path:find "%.txt$" or path:find "%.json$"
    if is_text and not used[path] and not (is_open and path:find "^templates/fragments/") then
      work.add("template-unused", { file = path, line = 1, column = 1 }, "no campaign and no other template names this file")
    end
  end
end

local function computes_secrets(work)
  local is_so = false
  for _, source in ipairs(work.sources) do
    tree.each(source.ast, function(node)
      if node.tag == "Call" and tree.is_global(node[1], "secret") then is_so = is_so or not node[2] or node[2].tag ~= "String" end
    end)
  end
  return is_so
end

local function is_named_in_templates(work, name)
  for _, text in pairs(work.templates) do
    if text:find(name, 1, true) then return true end
  end
  return false
end

local function check_secrets(work, texts)
  local entries = work.dir and files.list(work.dir .. "/secrets")
  if not entries or computes_secrets(work) then return end
  for _, entry in ipairs(entries) do
    local name = entry.name
    local is_used = texts[name] or texts["secrets/" .. name] or is_named_in_templates(work, name)
    if entry.kind ~= "folder" and name:sub(1, 1) ~= "." and not is_used then
      work.add("secret-unused", { file = "secrets/" .. name }, ("nothing names the secret %s"):format(name))
    end
  end
end

---@param work herald.CheckWork
function M.find(work)
  local texts = texts_of(work)
  check_surfaces(work, texts)
  check_templates(work)
  check_secrets(work, texts)
end

return M

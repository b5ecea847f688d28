-- Lua files that nothing requires, and functions of the project's modules that nothing calls.

local helpers = require "herald.template_helpers"
local tree = require "herald.check.tree"

local M = {}

local function file_of(work, name)
  local path = name:gsub("%.lua$", ""):gsub("%.", "/")
  return work.files[path .. ".lua"] and path .. ".lua" or work.files[path .. "/init.lua"] and path .. "/init.lua" or nil
end

-- The files that others require; nil where a name is computed.
local function required_files(work)
  local required, is_open = {}, false
  for _, source in ipairs(work.sources) do
    tree.each(source.ast, function(node)
      if node.tag ~= "Call" or not tree.is_global(node[1], "require") then return end
      local name = tree.required(node)
      local path = name and file_of(work, name)
      if path then required[path] = true end
      is_open = is_open or not name
    end)
  end
  return not is_open and required or nil
end

-- Files that Herald loads itself.
local function is_loaded(path)
  return path == "herald.lua" or path == helpers.FILE or path:find "^campaigns/[^/]+$" or path:find "^surfaces/[^/]+$"
    or path:find "^endpoints/[^/]+$" or path:find "^channels/"
end

local function check_files(work, required)
  for _, source in ipairs(work.sources) do
    if not required[source.file] and not is_loaded(source.file) then
      work.add("file-unused", { file = source.file, line = 1, column = 1 }, "no other file requires this one")
    end
  end
end

-- What a file returns: a constructor, or the local table that functions are added to.
local function returned(source)
  local last = source.ast[#source.ast]
  local value = last and last.tag == "Return" and last[1] or nil
  local given = tree.value_of(value)
  return given and given.tag == "Table" and given or nil, value and value.variable
end

-- The functions that a module gives away: name -> where it stands.
local function exports(source)
  local given, variable = returned(source)
  local names = {}
  for _, pair in ipairs(given or {}) do
    if pair.tag == "Pair" and pair[1].tag == "String" then
      local value = tree.value_of(pair[2])
      if value.tag == "Function" then names[pair[1][1]] = pair[1] end
    end
  end
  for _, statement in ipairs(variable and source.ast or {}) do
    local target = statement.tag == "Set" and statement[1][1]
    local is_own = target and target.tag == "Index" and target[1].variable == variable and target[2].tag == "String"
    if is_own and statement[2][1] and statement[2][1].tag == "Function" then names[target[2][1]] = target[2] end
  end
  return names
end

-- Every name that code uses behind a dot or colon or as a text, where it is not given away.
local function names_used(work, given)
  local used = {}
  for _, source in ipairs(work.sources) do
    tree.each(source.ast, function(node)
      if node.tag == "String" and not given[node] then used[node[1]] = true end
    end)
  end
  return used
end

local function is_in_templates(work, name)
  for _, text in pairs(work.files) do
    if text:find("{{", 1, true) or text:find("{%", 1, true) then
      if text:find("%f[%w_]" .. name .. "%f[^%w_]") then return true end
    end
  end
  return false
end

local function check_functions(work, required)
  local all, given = {}, {}
  for _, source in ipairs(work.sources) do
    if required[source.file] or source.file == helpers.FILE then
      all[source] = exports(source)
      for _, node in pairs(all[source]) do given[node] = true end
    end
  end
  local used = names_used(work, given)
  for source, names in pairs(all) do
    for name, node in pairs(names) do
      local is_helper = source.file == helpers.FILE
      if not used[name] and not (is_helper and is_in_templates(work, name)) then
        work.add("function-unused", source:place(node), ("no %s calls %s"):format(is_helper and "template" or "other code", name))
      end
    end
  end
end

---@param work herald.CheckWork
function M.find(work)
  local required = required_files(work)
  if not required then return end
  check_files(work, required)
  check_functions(work, required)
end

return M

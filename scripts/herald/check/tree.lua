-- Walks the syntax tree of a Lua file, and tells which variable each name means: node.variable is the local one, nil for a
-- global. The tree's shapes are luacheck's: { tag = "Invoke", object, name, arguments … }, blocks are lists without a tag.

local M = {}

---Visits a node and all inside it, the outer before the inner.
---@param node table
---@param visit fun(node: table, parent: table|nil): boolean|nil true: not what is inside
---@param parent table|nil
function M.each(node, visit, parent)
  if node.tag and visit(node, parent) then return end
  for index = 1, #node do
    local child = node[index]
    if type(child) == "table" then M.each(child, visit, node.tag and node or parent) end
  end
end

---@class herald.Variable
---@field name string
---@field node table where it is declared
---@field value table|nil what it is first given
---@field is_parameter boolean|nil
---@field uses table[] the names that mean it, its assignments too
---@field is_assigned boolean|nil it is given something later

local resolve

local function declare(scope, node, value, is_parameter)
  if node.tag ~= "Id" then return end
  local variable = { name = node[1], node = node, value = value, is_parameter = is_parameter, uses = {} }
  node.variable, node.is_declaration = variable, true
  scope[node[1]] = variable
end

local function inner(scope)
  return setmetatable({}, { __index = scope })
end

local function resolve_all(list, scope)
  for index = 1, #list do resolve(list[index], scope) end
end

local by_tag = {}

function by_tag.Id(node, scope)
  node.variable = scope[node[1]]
  if node.variable then node.variable.uses[#node.variable.uses + 1] = node end
end

function by_tag.Local(node, scope)
  if node[2] then resolve_all(node[2], scope) end
  for index, name in ipairs(node[1]) do declare(scope, name, node[2] and node[2][index]) end
end

function by_tag.Localrec(node, scope)
  declare(scope, node[1][1] or node[1], node[2][1] or node[2])
  resolve_all(node[2], scope)
end

by_tag["Function"] = function(node, scope)
  local own = inner(scope)
  for _, name in ipairs(node[1]) do declare(own, name, nil, true) end
  resolve_all(node[2], own)
end

function by_tag.Set(node, scope)
  resolve_all(node[2], scope)
  resolve_all(node[1], scope)
  for _, target in ipairs(node[1]) do
    if target.variable then target.variable.is_assigned = true end
  end
end

function by_tag.Fornum(node, scope)
  for index = 2, #node - 1 do resolve(node[index], scope) end
  local own = inner(scope)
  declare(own, node[1], nil)
  resolve_all(node[#node], own)
end

function by_tag.Forin(node, scope)
  resolve_all(node[2], scope)
  local own = inner(scope)
  for _, name in ipairs(node[1]) do declare(own, name, nil) end
  resolve_all(node[3], own)
end

-- The condition of `until` sees the locals of its block.
function by_tag.Repeat(node, scope)
  local own = inner(scope)
  resolve_all(node[1], own)
  resolve(node[2], own)
end

by_tag["Do"] = function(node, scope) resolve_all(node, inner(scope)) end
by_tag["Goto"] = function() end
by_tag.Label = by_tag["Goto"]

function resolve(node, scope)
  if type(node) ~= "table" then return end
  local own = by_tag[node.tag]
  if own then return own(node, scope) end
  resolve_all(node, node.tag and scope or inner(scope))
end

---Gives every name its variable.
---@param block table
function M.resolve(block)
  resolve_all(block, {})
end

---The node without the parentheses around it.
function M.plain(node)
  while node and node.tag == "Paren" do node = node[1] end
  return node
end

---@return boolean # whether a node is the global of that name
function M.is_global(node, name)
  return node ~= nil and node.tag == "Id" and node[1] == name and not node.variable
end

---The module that `require "NAME"` names; nil for anything else.
---@return string|nil
function M.required(node)
  node = M.plain(node)
  if not node or node.tag ~= "Call" or not M.is_global(node[1], "require") then return nil end
  return node[2] and node[2].tag == "String" and node[2][1] or nil
end

---Whether a node means one of the words, as the global or as what `require` gave: campaign, http.
---@return boolean
function M.is_word(node, word)
  if not node or node.tag ~= "Id" then return false end
  local variable = node.variable
  if not variable then return node[1] == word end
  if M.required(variable.value) == word then return true end
  local value = M.plain(variable.value)
  return value ~= nil and value.tag == "Id" and value ~= node and value[1] == word and not value.variable
end

---The word at the root of a call, such as http of http.get(…); nil where there is none.
---@param call table Call or Invoke
---@param words table<string, any>
---@return string|nil word
---@return string|nil member
function M.called_word(call, words)
  local callee, member = call[1], call.tag == "Invoke" and call[2][1] or nil
  if callee.tag == "Index" then callee, member = callee[1], callee[2].tag == "String" and callee[2][1] or "?" end
  if callee.tag ~= "Id" then return nil end
  local name = callee.variable and (M.required(callee.variable.value) or callee[1]) or callee[1]
  if words[name] ~= nil and M.is_word(callee, name) then return name, member end
end

---The value of a field of a table constructor.
---@param constructor table|nil
---@param name string
---@return table|nil
---@return table|nil key
function M.field(constructor, name)
  for _, pair in ipairs(constructor and constructor.tag == "Table" and constructor or {}) do
    if pair.tag == "Pair" and pair[1].tag == "String" and pair[1][1] == name then return pair[2], pair[1] end
  end
end

---Follows a local name to what it was first given.
function M.value_of(node)
  node = M.plain(node)
  if node and node.tag == "Id" and node.variable and node.variable.value and not node.variable.is_assigned then return M.plain(node.variable.value) end
  return node
end

---Whether an expression means a member of a variable's value: trigger.context, or a local that was given it.
---@return boolean
function M.is_member(node, is_root, member)
  node = M.value_of(node)
  return node ~= nil and node.tag == "Index" and node[2].tag == "String" and node[2][1] == member and is_root(node[1])
end

return M

-- One Lua file under check: its syntax tree with every name resolved, its comments, the definition in it, and the
-- variables that are a trigger.

local tree = require "herald.check.tree"

local M = {}
local Source = {}
Source.__index = Source

---@class herald.CheckSource
---@field file string
---@field text string
---@field ast table
---@field comments { contents: string, line: integer, end_line: integer }[]
---@field triggers table<herald.Variable, true>

-- What `campaign { … }`, `surface { … }` is given in this file.
local function definition(source, word)
  local given
  tree.each(source.ast, function(node)
    if node.tag == "Call" and tree.is_word(node[1], word) and node[2] and node[2].tag == "Table" then given = given or node[2] end
  end)
  return given
end

local function function_of(node)
  local value = tree.value_of(node)
  return value and value.tag == "Function" and value or nil
end

-- The first parameter of on_trigger, and parameters of other functions that are called trigger.
local function triggers_of(source)
  local found = {}
  local given = source:definition "campaign"
  local handler = given and function_of((tree.field(given, "on_trigger")))
  local first = handler and handler[1][1]
  if first and first.variable then found[first.variable] = true end
  tree.each(source.ast, function(node)
    if node.tag ~= "Function" then return end
    for _, parameter in ipairs(node[1]) do
      if parameter.tag == "Id" and parameter[1] == "trigger" then found[parameter.variable] = true end
    end
  end)
  return found
end

---@param file string
---@param text string
---@param luacheck herald.LuacheckDoor
---@return herald.CheckSource|nil nil where it is no Lua: loading says why
function M.new(file, text, luacheck)
  local ast, comments, offsets = luacheck.parse(text)
  if not ast then return nil end
  tree.resolve(ast)
  local source = setmetatable({ file = file, text = text, ast = ast, comments = comments, offsets = offsets, definitions = {} }, Source)
  source.triggers = triggers_of(source)
  return source
end

---The table that a word is given in this file.
---@param word string
---@return table|nil
function Source:definition(word)
  local known = self.definitions[word]
  if known == nil then
    known = definition(self, word) or false
    self.definitions[word] = known
  end
  return known or nil
end

---The function that a field of the campaign names.
---@param name string
---@return table|nil
function Source:handler(name)
  local given = self:definition "campaign"
  return given and function_of((tree.field(given, name)))
end

---Whether a node is a trigger.
function Source:is_trigger(node)
  return node.tag == "Id" and node.variable ~= nil and self.triggers[node.variable] == true
end

---Whether a node is the context of a trigger, or a local that stands for it.
function Source:is_context(node)
  return tree.is_member(node, function(root) return self:is_trigger(root) end, "context")
end

---Where a node stands.
---@return { file: string, line: integer, column: integer }
function Source:place(node)
  return { file = self.file, line = node.line, column = node.offset - (self.offsets[node.line] or node.offset) + 1 }
end

return M

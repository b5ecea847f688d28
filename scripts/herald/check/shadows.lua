-- Local variables that have the name of a word, where one can be taken for the other: the file uses the word itself, too, or
-- uses the variable as if it were the word.

local tree = require "herald.check.tree"

local M = {}

local DEFINERS = { campaign = true, surface = true, endpoint = true, channel = true, provider = true, secret = true }

local function words_used(source, words)
  local used = {}
  tree.each(source.ast, function(node)
    if node.tag == "Id" and not node.variable and (words[node[1]] or DEFINERS[node[1]]) then used[node[1]] = true end
  end)
  return used
end

-- local campaign = require "campaign" is the word itself.
local function is_the_word(variable)
  if tree.required(variable.value) == variable.name then return true end
  local value = tree.plain(variable.value)
  return value ~= nil and value.tag == "Id" and value[1] == variable.name
end

-- Whether the variable is called, or a function of the word is called on it, in this file.
local function is_used_as_word(source, variable, word)
  local is_so = false
  tree.each(source.ast, function(node)
    if node.tag ~= "Call" then return end
    local callee = node[1]
    local member = callee.tag == "Index" and callee[1].variable == variable and callee[2].tag == "String" and callee[2][1]
    local has_member = member and type(word) == "table" and pcall(function() return assert(word[member]) end)
    if has_member and not variable.value then is_so = true end
  end)
  return is_so
end

---@param work herald.CheckWork
function M.find(work)
  for _, source in ipairs(work.sources) do
    local used = words_used(source, work.words)
    tree.each(source.ast, function(node)
      local variable = node.tag == "Id" and node.is_declaration and node.variable
      local word = variable and (work.words[variable.name] or DEFINERS[variable.name])
      if not word or is_the_word(variable) then return end
      if used[variable.name] or is_used_as_word(source, variable, word) then
        work.add("word-shadowed", source:place(node), ("the local %s hides the word %s"):format(variable.name, variable.name))
      end
    end)
  end
end

return M

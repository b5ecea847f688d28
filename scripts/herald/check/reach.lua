-- Code that never runs, decisions that a later one overrules because a `return` is missing, and conditions that are always
-- true or always false.

local tree = require "herald.check.tree"

local M = {}

local DECISIONS = { skip = true, reject = true }
-- The decisions that a skipped or rejected trigger has no use for.
local OVERRULES = { skip = { delay = true, via = true, reject = true }, reject = { delay = true, via = true, skip = true } }

local ends

local function block_ends(block)
  for _, statement in ipairs(block) do
    if ends(statement) then return true end
  end
  return false
end

-- An If is its conditions and blocks in turn; the last block is the else where their number is odd.
local function if_ends(node)
  if #node % 2 == 0 then return false end
  for index = 2, #node, 2 do
    if not block_ends(node[index]) then return false end
  end
  return block_ends(node[#node])
end

-- Whether what stands behind a statement is never reached.
function ends(node)
  if node.tag == "Return" or node.tag == "Break" or node.tag == "Goto" then return true end
  if node.tag == "Do" then return block_ends(node) end
  return node.tag == "If" and if_ends(node)
end

local function check_block(work, source, block)
  for index = 1, #block - 1 do
    local following = block[index + 1]
    if ends(block[index]) and following.tag ~= "Label" then
      return work.add("unreachable", source:place(following), "this is never reached: what stands before it ends the function or the loop")
    end
  end
end

-- The name of a decision on a trigger: skip of trigger:skip "…".
local function decision(source, node)
  return node.tag == "Invoke" and source:is_trigger(node[1]) and node[2][1] or nil
end

local function find_decision(source, statement, wanted)
  local found
  tree.each(statement, function(node)
    if node.tag == "Function" then return true end
    local name = decision(source, node)
    if name and wanted[name] then found = found or node end
  end)
  return found
end

-- Looks from each skip and reject without a return at what runs afterwards: the rest of its block, then of those around it.
local function check_decisions(work, source, block, behind)
  for index, statement in ipairs(block) do
    local function rest()
      for later = index + 1, #block do coroutine.yield(block[later]) end
      if not block_ends(block) then behind() end
    end
    local name = decision(source, statement)
    if name and DECISIONS[name] then
      for later in coroutine.wrap(function() rest() end) do
        local other = find_decision(source, later, OVERRULES[name])
        if other then
          work.add("decision-overruled", source:place(statement),
            ("the function goes on after trigger:%s, and line %d says trigger:%s"):format(name, other.line, other[2][1]))
        end
        if other or ends(later) then break end
      end
    end
    for _, inner in ipairs(statement.tag and statement or {}) do
      if type(inner) == "table" and not inner.tag and statement.tag ~= "Local" and statement.tag ~= "Set" and statement.tag ~= "Localrec" then
        check_decisions(work, source, inner, rest)
      end
    end
    if statement.tag == "Do" then check_decisions(work, source, statement, rest) end
  end
end

local LITERALS = { True = true, Number = true, String = true, Function = true, Table = true, Nil = false, False = false }

-- Whether an expression is always true or always false; nil where it depends.
local function constant(node)
  node = tree.plain(node)
  if LITERALS[node.tag] ~= nil then return LITERALS[node.tag] end
  if node.tag ~= "Op" then return nil end
  local operator, left, right = node[1], constant(node[2]), node[3] and constant(node[3])
  if operator == "not" and left ~= nil then return not left end
  if operator == "and" and (left == false or right == false) then return false end
  if operator == "or" and (left == true or right == true) then return true end
  if (operator == "and" or operator == "or") and left ~= nil and right ~= nil then return right end
  local a, b = tree.plain(node[2]), node[3] and tree.plain(node[3])
  if (operator == "eq" or operator == "ne") and b and (a.tag == "String" or a.tag == "Number") and a.tag == b.tag then
    return (a[1] == b[1]) == (operator == "eq")
  end
end

local function check_condition(work, source, node)
  local value = constant(node)
  if value == nil then return end
  work.add("condition-constant", source:place(node), ("the condition is always %s"):format(value and "true" or "false"))
end

-- `while true` and `until false` are how loops without an end are written.
local function check_conditions(work, source, node)
  if node.tag == "If" then
    for index = 1, #node - 1, 2 do check_condition(work, source, node[index]) end
  elseif node.tag == "While" and node[1].tag ~= "True" then
    check_condition(work, source, node[1])
  elseif node.tag == "Repeat" and node[2].tag ~= "False" and node[2].tag ~= "True" then
    check_condition(work, source, node[2])
  end
end

local function each_block(node, visit)
  if not node.tag or node.tag == "Do" then visit(node) end
  for index = 1, #node do
    if type(node[index]) == "table" then each_block(node[index], visit) end
  end
end

---@param work herald.CheckWork
function M.find(work)
  for _, source in ipairs(work.sources) do
    each_block(source.ast, function(block) check_block(work, source, block) end)
    tree.each(source.ast, function(node)
      check_conditions(work, source, node)
      if node.tag == "Function" then check_decisions(work, source, node[2], function() end) end
    end)
  end
end

return M

-- What makes a function give another result when it is run again with the same trigger: chance without a seed, the order of
-- pairs, the address of a table.

local tree = require "herald.check.tree"

local M = {}

local MEMBERS = { context = true, profile = true, recipient = true, campaign = true }

local function is_library_call(node, library, name)
  local callee = node.tag == "Call" and node[1]
  return callee and callee.tag == "Index" and tree.is_global(callee[1], library) and callee[2][1] == name
end

-- Whether an expression is a table or a function, so that its text is an address.
local function has_address(source, node)
  local value = tree.value_of(node)
  if value.tag == "Table" or value.tag == "Function" or source:is_trigger(value) then return true end
  return value.tag == "Index" and source:is_trigger(value[1]) and MEMBERS[value[2][1]] == true
end

local function check_address(work, source, node)
  if node.tag ~= "Call" or not tree.is_global(node[1], "tostring") or not node[2] then return end
  if has_address(source, node[2]) then work.add("address-as-text", source:place(node), "tostring of a table or function gives its address") end
end

-- Where the word random is there, math.random is drawn from the trigger's own stream, too.
local function check_random(work, source, node, is_inside)
  if is_inside and not work.words.random and is_library_call(node, "math", "random") then
    work.add("random-unseeded", source:place(node), "math.random draws another number in a replay")
  end
end

local function is_variable(node, variable)
  return node ~= nil and node.tag == "Id" and node.variable == variable
end

-- The variable from outside of the loop whose text or list grows inside of it.
local function grown(node)
  if node.tag == "Call" and is_library_call(node, "table", "insert") and #node == 3 then return node[2].variable, "list" end
  if node.tag ~= "Set" then return nil end
  local target, value = node[1][1], tree.plain(node[2][1])
  if target.tag == "Id" and value.tag == "Op" and value[1] == "concat" and target.variable and is_variable(tree.plain(value[2]), target.variable) then
    return target.variable, "text"
  end
  local index = target.tag == "Index" and tree.plain(target[2])
  local is_append = index and index.tag == "Op" and index[1] == "add"
  if is_append and target[1].tag == "Id" then return target[1].variable, "list" end
end

local function declares(loop, variable)
  local is_inside = false
  tree.each(loop, function(node) is_inside = is_inside or node == variable.node end)
  return is_inside
end

-- Whether a list is put in order, and whether its order reaches a message.
local function fate(source, variable)
  local is_sorted, is_told = false, false
  tree.each(source.ast, function(node)
    if is_library_call(node, "table", "sort") and is_variable(node[2], variable) then is_sorted = true end
    if is_library_call(node, "table", "concat") and is_variable(node[2], variable) then is_told = true end
    if node.tag == "Set" and is_variable(tree.plain(node[2][1]), variable) and node[1][1].tag == "Index" and source:is_context(node[1][1][1]) then
      is_told = true
    end
  end)
  return is_sorted, is_told
end

local function check_order(work, source, loop)
  local call = tree.plain(loop[2][1])
  if not call or call.tag ~= "Call" or not tree.is_global(call[1], "pairs") then return end
  local seen = {}
  tree.each(loop, function(node)
    local variable, what = grown(node)
    if not variable or seen[variable] or declares(loop, variable) then return end
    seen[variable] = true
    local is_sorted, is_told = fate(source, variable)
    if what == "text" or is_told and not is_sorted then
      work.add("order-undefined", source:place(loop), ("%s is put together in the order of pairs"):format(variable.name))
    end
  end)
end

local function check_all(work, source, block, is_inside)
  tree.each(block, function(node)
    check_random(work, source, node, is_inside)
    check_address(work, source, node)
    if node.tag == "Forin" then check_order(work, source, node) end
    if node.tag == "Function" and not is_inside then
      check_all(work, source, node[2], true)
      return true
    end
  end)
end

---@param work herald.CheckWork
function M.find(work)
  for _, source in ipairs(work.sources) do check_all(work, source, source.ast, false) end
end

return M

-- Values of secret "NAME" that go where people can read them: into a message, a context or a log.

local tree = require "herald.check.tree"

local M = {}

local TELLING = { log = "a log", metric = "a metric", tostring = "a text", print = "a log" }

-- The name of the secret that an expression is.
local function secret_name(node)
  local value = tree.value_of(node)
  if not value or value.tag ~= "Call" or not tree.is_global(value[1], "secret") then return nil end
  return value[2] and value[2].tag == "String" and value[2][1] or "?"
end

local function telling(call)
  local callee = call[1]
  local root = callee.tag == "Index" and callee[1] or callee
  return root.tag == "Id" and not root.variable and TELLING[root[1]] or nil
end

local function report(work, source, node, where)
  local name = secret_name(node)
  if name then work.add("secret-shown", source:place(node), ("the secret %s goes into %s"):format(name, where)) end
end

local function check_message(work, source)
  local given = source:definition "campaign"
  for _, field in ipairs { "message", "messages" } do
    local value = given and tree.field(given, field)
    if value then tree.each(value, function(node)
      if node.tag == "Pair" then report(work, source, node[2], "a message") end
    end) end
  end
end

local function check_node(work, source, node)
  if node.tag == "Call" then
    local where = telling(node)
    for index = 2, where and #node or 0 do report(work, source, node[index], where) end
  elseif node.tag == "Set" then
    for index, target in ipairs(node[1]) do
      local value = node[2][index]
      if value and target.tag == "Index" and source:is_context(target[1]) then report(work, source, value, "the context, which templates read") end
    end
  elseif node.tag == "Op" and node[1] == "concat" then
    report(work, source, node[2], "a text")
    report(work, source, node[3], "a text")
  end
end

---@param work herald.CheckWork
function M.find(work)
  for _, source in ipairs(work.sources) do
    check_message(work, source)
    tree.each(source.ast, function(node) check_node(work, source, node) end)
  end
end

return M

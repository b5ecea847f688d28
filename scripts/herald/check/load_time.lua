-- What a file asks of the world outside while it is loaded: there is no trigger yet that could wait for an answer.

local tree = require "herald.check.tree"

local M = {}

-- These words only compute.
local COMPUTING = { crypto = true, json = true, time = true, log = true }

local function is_random(call)
  local callee = call[1]
  return call.tag == "Call" and callee.tag == "Index" and tree.is_global(callee[1], "math") and callee[2][1] == "random"
end

local function check(work, source, call)
  if is_random(call) then
    return work.add("random-at-load", source:place(call), "math.random is drawn while the file is loaded")
  end
  local word, member = tree.called_word(call, work.words)
  if not word or COMPUTING[word] then return end
  work.add("asked-at-load", source:place(call), ("%s%s is asked while the file is loaded"):format(word, member and "." .. member or ""))
end

---@param work herald.CheckWork
function M.find(work)
  for _, source in ipairs(work.sources) do
    tree.each(source.ast, function(node)
      if node.tag == "Function" then return true end
      if node.tag == "Call" or node.tag == "Invoke" then check(work, source, node) end
    end)
  end
end

return M

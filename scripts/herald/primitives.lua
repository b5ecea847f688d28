-- The words that a project's scripts find beside Lua's library: those with which they wait for the world outside and
-- ask it. Each lives in a file of primitives/, and works while on_trigger, on_event or an endpoint's handle runs.

local WORDS = { "counter", "http", "kv", "limit", "once", "sleep" }

local M = {}

---What scripts find as globals.
---@return table<string, any>
function M.words()
  local words = {}
  for _, name in ipairs(WORDS) do words[name] = require("herald.primitives." .. name) end
  return words
end

return M

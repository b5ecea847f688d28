-- endpoint.none: whoever asks.

local acting = require "herald.authentication.acting"

local M = { takes_nothing = true }

---@return herald.Caller
function M.identify()
  return { who = acting.who() }
end

return M

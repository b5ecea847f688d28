-- In whose name an endpoint acts whose callers have no key. One name for all of them: it goes to each message's route.

local M = {}

---@return herald.Who
function M.who()
  return { name = "endpoint", sandbox = "prod", scopes = { trigger = true } }
end

return M

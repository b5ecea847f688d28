-- The audit log: who changed what. The steps of a campaign are written with the change itself (lifecycle/steps.lua); every
-- other change is noted here once it is done.

local payload = require "herald.payload"

local M = {}

---Notes a change that was made. One that cannot be noted is logged: it is made all the same.
---@param engine { store: herald.Store, clock: herald.Clock, log: herald.Log }
---@param by string
---@param action string
---@param detail table|nil plain data, never a secret
---@param campaign string|nil
function M.note(engine, by, action, detail, campaign)
  local done, message = engine.store:append_audit {
    at = engine.clock:now(), by = by, action = action, campaign = campaign, detail = detail and payload.encode(detail),
  }
  if not done then engine.log:error("a change is not in the audit log", { action = action, by = by, error = message }) end
end

return M

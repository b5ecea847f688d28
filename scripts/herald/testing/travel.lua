-- Moves a spec's clock forward and lets the dispatcher do what falls due on the way, each thing at its own time.

local M = {}

-- A message that comes back at every step would keep the clock from moving on.
local MOST_STEPS = 1000000

---@param engine herald.Engine
---@param clock herald.Clock
---@param target integer ms
function M.to(engine, clock, target)
  for _ = 1, MOST_STEPS do
    local due = engine.store:next_due()
    if not due or due > target then
      if target > clock:now() then clock:set(target) end
      return
    end
    if due > clock:now() then clock:set(due) end
    if engine.dispatcher:deliver_due() == 0 then error("travel: what is due cannot be delivered; see the log", 3) end
  end
  error(("travel: more than %d steps on the way; something is due again and again"):format(MOST_STEPS), 3)
end

return M

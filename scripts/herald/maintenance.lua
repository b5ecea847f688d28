-- What one state of the daemon does beside its requests: it prunes what is past the retention, a little at a time.

local loop = require "herald.loop"

local M = {}
local Maintenance = {}
Maintenance.__index = Maintenance

local PAUSE_MS = 60000
local PRUNE_MOST = 1000

---@param engine herald.Engine
---@return herald.Maintenance
function M.new(engine)
  return setmetatable({ engine = engine, is_retired = false, pause = loop.parking() }, Maintenance)
end

local function prune(self)
  local engine = self.engine
  local now = engine.clock:now()
  local before, journal_before = now - engine.settings.retention_ms, now - engine.journal.keep_ms
  repeat
    local count, message = engine.store:prune { before = before, journal_before = journal_before, limit = PRUNE_MOST }
    if not count then engine.log:warn("old messages cannot be pruned", { error = message }) end
  until self.is_retired or not count or count == 0
end

function Maintenance:start()
  loop.spawn(function()
    while not self.is_retired do
      prune(self)
      self.pause:wait(PAUSE_MS)
    end
  end)
end

function Maintenance:retire()
  self.is_retired = true
  self.pause:wake()
end

return M

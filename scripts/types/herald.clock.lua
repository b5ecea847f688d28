---@meta herald.clock

---@class herald.Clock
---@field now fun(self): integer # milliseconds since the Unix epoch
---@field set fun(self, ms: integer): herald.Clock # a manual clock only
---@field advance fun(self, ms: integer): herald.Clock # a manual clock only

local clock = {}

---@return herald.Clock # the system's
function clock.system() end

---@param ms integer
---@return herald.Clock # stands until it is moved
function clock.manual(ms) end

---@return integer ms # only grows; for durations
function clock.monotonic() end

return clock

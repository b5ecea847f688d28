-- Warnings that come in floods: of one kind, one line is written at once, and then one in each period, with how many
-- were left out. No line has addresses, values of a payload, or secrets: those who call this see to it.

local M = {}
local Notices = {}
Notices.__index = Notices

local PERIOD_MS = 10000
local MOST_KINDS = 1000

---@param parts { log: herald.Log, clock: herald.Clock }
---@return herald.Notices
function M.new(parts)
  return setmetatable({ log = parts.log, clock = parts.clock, kinds = {}, count = 0 }, Notices)
end

local function kind_of(self, key)
  local kind = self.kinds[key]
  if kind then return kind end
  if self.count >= MOST_KINDS then self.kinds, self.count = {}, 0 end
  kind = { left_out = 0 }
  self.kinds[key], self.count = kind, self.count + 1
  return kind
end

---Warns, unless the same was said a moment ago.
---@param text string
---@param about string what makes it the same: a surface and a code, say
---@param fields table<string, any>
function Notices:warn(text, about, fields)
  local kind, now = kind_of(self, text .. "\0" .. about), self.clock:now()
  if kind.until_ms and now < kind.until_ms then
    kind.left_out = kind.left_out + 1
    return
  end
  if kind.left_out > 0 then fields.left_out = kind.left_out end
  kind.until_ms, kind.left_out = now + PERIOD_MS, 0
  self.log:warn(text, fields)
end

return M

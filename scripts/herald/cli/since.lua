-- How far back a command looks: "1h", "30 minutes", or a time.

local window = require "herald.window"

local UNITS = { s = "seconds", m = "minutes", h = "hours", d = "days", w = "weeks" }

---@param text string
---@param now integer
---@return integer|nil ms
---@return string|nil message
return function(text, now)
  local count, letter = text:match "^(%d+)%s*(%a)$"
  if letter and UNITS[letter] then text = count .. " " .. UNITS[letter] end
  local ms = window.duration(text)
  if ms then return now - ms end
  local at = window.parse(text:match "^%d%d%d%d%-%d%d%-%d%d$" and text .. "T00:00:00Z" or text)
  if at then return at end
  return nil, ("--since: expected how long ago, such as 1h or \"30 minutes\", or a time such as 2026-11-24T10:00:00Z, got %q"):format(text)
end

-- Review of a campaign's dates: their order, an end that is past, and local times that a clock change skips or repeats.

local window = require "herald.window"

local M = {}

local DAY_MS = 24 * 60 * 60 * 1000
local LAST_DAYS_MS = window.parse "9999-12-30T00:00:00Z" -- a day later may be more than can be written

-- What a clock in the zone shows at the instant, as if it were UTC's.
local function shown(ms, zone)
  local text = window.format(ms, zone):gsub("Z$", ""):gsub("[+-]%d%d:%d%d$", "")
  return (window.parse(text, "UTC"))
end

-- Why the local time is not that of one instant alone; nil when it is. runtime/window.h says which instant is taken.
local function shift_of(text, zone, ms)
  if ms >= LAST_DAYS_MS or window.parse(text) then return nil end -- the latter: it has an offset
  local written, taken = window.parse(text, "UTC"), window.format(ms, zone)
  if shown(ms, zone) ~= written then
    return ("%s is no time in %s: the clock goes forward over it; %s is taken"):format(text, zone, taken)
  end
  -- The clock goes back after it by as much as it is less ahead a day later.
  local back = shown(ms, zone) - ms - (shown(ms + DAY_MS, zone) - ms - DAY_MS)
  if back > 0 and shown(ms + back, zone) == written then
    return ("%s comes twice in %s: the clock goes back to it; the first, %s, is taken"):format(text, zone, taken)
  end
end

local function check_shift(campaign, name, report)
  local ms, definition = campaign[name .. "_ms"], campaign.definition
  local message = ms and shift_of(definition[name], definition.timezone, ms)
  if message then report.warning("date-shifted", name, message) end
end

---@param campaign herald.Campaign
---@param now integer|nil
---@param may_have_ended boolean|nil
---@param report { error: function, warning: function }
function M.check(campaign, now, may_have_ended, report)
  local starts, ends = campaign.starts_ms, campaign.ends_ms
  if starts and ends and ends <= starts then report.error("dates-order", "ends", "has to be later than starts") end
  if ends and now and ends <= now then
    local add = may_have_ended and report.warning or report.error
    add("already-ended", "ends", ("%s is past"):format(campaign.definition.ends))
  end
  if starts and ends and campaign.expires_after_ms and campaign.expires_after_ms > ends - starts then
    report.warning("expires-after-window", "expires_after", "is longer than the time between starts and ends")
  end
  check_shift(campaign, "starts", report)
  check_shift(campaign, "ends", report)
end

return M

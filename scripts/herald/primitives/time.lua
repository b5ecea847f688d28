-- `time`: the engine's clock, and dates in the zones and languages of people. Instants are milliseconds since 1970, UTC.
-- Dates are the template language's own: what a script writes and moves comes out as a template would have it.

local guarded = require "herald.guarded"
local payload = require "herald.payload"
local script_run = require "herald.script_run"
local template = require "herald.template"
local window = require "herald.window"

local M = {}

local UNITS = {
  year = "addYears", month = "addMonths", week = "addDays", day = "addDays", hour = "addHours", minute = "addMinutes", second = "addSeconds",
}
local PARTS = "{%= formatDate(convertZonedDateTime(toDateTime(ms), zone), 'uuuu M d H m s SSS D xxx') %}"
local FORMAT = "{%= formatDate(convertZonedDateTime(toDateTime(ms), zone), pattern, locale) %}"
local ADD = "{%%= formatDate(toUTC(%s(convertZonedDateTime(toDateTime(ms), zone), count)), \"uuuu-MM-dd'T'HH:mm:ss.SSS'Z'\") %%}"

local compiled = {}

-- What the expression gives for these names; raises for the script's line with the word before it.
local function evaluate(word, source, names, level)
  compiled[source] = compiled[source] or assert(template.compile(source, { mode = "text" }))
  local text, failure = compiled[source]:render(payload.encode(names), { now = 0 })
  if text then return text end
  local message = type(failure) == "table" and failure.message or tostring(failure)
  error(("time.%s: %s"):format(word, message), level + 1)
end

local function check_instant(word, ms)
  local whole = math.tointeger(ms)
  if not whole then error(("time.%s: expected milliseconds since 1970, got a %s"):format(word, type(ms)), 3) end
  return whole
end

local function check_zone(word, zone)
  if zone == nil then return "UTC" end
  if type(zone) ~= "string" or not window.valid_zone(zone) then
    error(("time.%s: there is no time zone %q; expected one such as \"Europe/Paris\""):format(word, tostring(zone)), 3)
  end
  return zone
end

---@return integer ms the engine's clock
function M.now()
  local run = script_run.need "time.now"
  return script_run.ask(run, "time", "now", function() return run.engine.clock:now() end)
end

---@param text string RFC 3339, or with a zone a local time such as "2026-11-24T10:00"
---@param zone string|nil
---@return integer|nil ms
---@return string|nil message
---@return string|nil code
function M.parse(text, zone)
  if type(text) ~= "string" then error(("time.parse: expected a string, got a %s"):format(type(text)), 2) end
  if zone ~= nil then check_zone("parse", zone) end
  return window.parse(text, zone)
end

---@param ms integer
---@param pattern string|nil of the template language's formatDate, such as "d MMMM uuuu"; RFC 3339 without it
---@param zone string|nil UTC unless told
---@param locale string|nil "en_US" unless told
---@return string
function M.format(ms, pattern, zone, locale)
  ms = check_instant("format", ms)
  if pattern == nil then return window.format(ms, zone and check_zone("format", zone)) end
  if type(pattern) ~= "string" then error("time.format: expected a pattern", 2) end
  return (evaluate("format", FORMAT, { ms = ms, pattern = pattern, zone = check_zone("format", zone), locale = locale or "en_US" }, 2))
end

local function read_amounts(text)
  local sign, rest = tostring(text):match "^%s*([+-]?)%s*(.-)%s*$"
  local amounts = {}
  for count, unit, gap in rest:gmatch "(%d+) ?(%a+)(%s*)" do
    amounts[#amounts + 1] = { count = tonumber(count), unit = unit:gsub("s$", ""), gap = gap }
  end
  local left = rest:gsub("%d+ ?%a+%s*", "")
  for _, amount in ipairs(amounts) do
    if not UNITS[amount.unit] or not math.tointeger(amount.count) then return nil end
    amount.count = (sign == "-" and -1 or 1) * amount.count * (amount.unit == "week" and 7 or 1)
  end
  return left == "" and #amounts > 0 and amounts or nil
end

---Moves an instant. Years, months, weeks and days go by the zone's calendar: the time of day stays; shorter units by the clock.
---@param ms integer
---@param amount string such as "2 days", "1 month 3 hours" or "-1 week"
---@param zone string|nil UTC unless told
---@return integer ms
function M.add(ms, amount, zone)
  ms, zone = check_instant("add", ms), check_zone("add", zone)
  local amounts = read_amounts(amount)
  if not amounts then
    error(("time.add: expected an amount such as \"2 days\" or \"-1 month\" (years to seconds), got %q"):format(tostring(amount)), 2)
  end
  for _, one in ipairs(amounts) do
    ms = window.parse((evaluate("add", ADD:format(UNITS[one.unit]), { ms = ms, zone = zone, count = one.count }, 2)))
  end
  return ms
end

local NAMES = { "year", "month", "day", "hour", "minute", "second", "millisecond", "yearday" }

---What clocks and calendars show.
---@param ms integer
---@param zone string|nil UTC unless told
---@return table<string, integer|string> # year, month, day, hour, minute, second, millisecond, weekday, yearday, offset
function M.parts(ms, zone)
  ms, zone = check_instant("parts", ms), check_zone("parts", zone)
  local text, found, index = evaluate("parts", PARTS, { ms = ms, zone = zone }, 2), {}, 0
  for word in text:gmatch "%S+" do
    index = index + 1
    if NAMES[index] then found[NAMES[index]] = math.tointeger(tonumber(word)) else found.offset = word end
  end
  local midnight = window.parse(("%04d-%02d-%02dT00:00:00Z"):format(found.year, found.month, found.day))
  found.weekday = (midnight // 86400000 + 3) % 7 + 1 -- 1 is Monday; 1970 began on a Thursday
  return found
end

return guarded.freeze("time", M)

-- `log`: lines of a project's scripts in the daemon's log, with the campaign, the place and the request they belong to.
-- Bounded in length and rate, and without the recipient: a text that holds the userId or an address shows *** there.

local clock = require "herald.clock"
local guarded = require "herald.guarded"
local script_run = require "herald.script_run"

local MOST_TEXT = 1000
local MOST_FIELDS = 20
local LINES, PERIOD_MS = 100, 10000 -- of one campaign or endpoint in one state
local SHORTEST_MASKED = 4 -- shorter ones are masked where they are all of a text

local function masked(text, hidden)
  for _, one in ipairs(hidden or {}) do
    if text == one then return "***" end
    if #one >= SHORTEST_MASKED then
      local first, last = text:find(one, 1, true)
      while first do
        text = text:sub(1, first - 1) .. "***" .. text:sub(last + 1)
        first, last = text:find(one, first + 3, true)
      end
    end
  end
  return #text > MOST_TEXT and text:sub(1, MOST_TEXT) .. "…" or text
end

local RESERVED = { campaign = true, endpoint = true, request = true, at = true, left_out = true, time = true, level = true, message = true, msg = true }

local function fields_of(given, hidden, result)
  local count = 0
  for name, value in next, given do
    count = count + 1
    if count > MOST_FIELDS then error(("log: more than %d fields"):format(MOST_FIELDS), 4) end
    if type(name) ~= "string" or #name > 64 or not name:find "^[%a_][%w_.]*$" then error("log: expected names of letters, digits and _ as fields", 4) end
    if type(value) == "table" or type(value) == "function" then error(("log: %s: expected a text, a number or a boolean"):format(name), 4) end
    if type(value) ~= "number" and type(value) ~= "boolean" then value = masked(tostring(value), hidden) end
    result[RESERVED[name] and "script." .. name or name] = value
  end
end

-- How many lines were left out before this one; nil where this is one of them.
local function admit(engine, owner)
  engine.script_log_rates = engine.script_log_rates or {}
  local rate, now = engine.script_log_rates[owner], clock.monotonic()
  if not rate then
    rate = { count = 0, left_out = 0, until_ms = now + PERIOD_MS }
    engine.script_log_rates[owner] = rate
  end
  if now >= rate.until_ms then rate.count, rate.until_ms = 0, now + PERIOD_MS end
  if rate.count >= LINES then
    rate.left_out = rate.left_out + 1
    return nil
  end
  rate.count = rate.count + 1
  local left_out = rate.left_out
  rate.left_out = 0
  return left_out
end

local function place()
  local info = debug.getinfo(4, "Sl")
  return info and info.currentline > 0 and ("%s:%d"):format(info.source:gsub("^@", ""), info.currentline) or nil
end

local function write(level, text, given)
  local run = script_run.need("log." .. level)
  if type(text) ~= "string" then error(("log.%s: expected a string, got a %s"):format(level, type(text)), 3) end
  if given ~= nil and type(given) ~= "table" then error(("log.%s: expected a table of fields"):format(level), 3) end
  local options = run.options
  local fields = { campaign = options.campaign, endpoint = options.endpoint, request = options.request, at = place() }
  fields_of(given or {}, options.hidden, fields)
  local left_out = admit(run.engine, options.campaign or options.endpoint or "")
  if not left_out then return end
  if left_out > 0 then fields.left_out = left_out end
  local line = masked(text, options.hidden):gsub("%c", " ")
  script_run.tell(run, "log", { level = level, text = line, fields = fields }, function() run.engine.log[level](run.engine.log, line, fields) end)
end

local M = {}

for _, level in ipairs { "debug", "info", "warn", "error" } do
  M[level] = function(text, fields)
    write(level, text, fields)
  end
end

return guarded.freeze("log", M)

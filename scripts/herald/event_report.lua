-- What another system tells of a message that was sent: it was delivered, bounced, opened, clicked, or its reader
-- unsubscribed or complained. Written, counted once, and then told to the message's campaign.

local event = require "herald.event"
local ids = require "herald.ids"
local payload = require "herald.payload"
local schema = require "herald.schema"
local window = require "herald.window"

local M = {}

local KINDS = { "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained" }

local MOST_ID, MOST_TEXT, MOST_DETAILS = 128, 1000, 8000
local FUTURE_MS = 5 * 60 * 1000 -- clocks differ

local function at_most(most)
  return function(text)
    if #text > most then return ("longer than %d bytes"):format(most) end
  end
end

local DESCRIPTION = { type = "table", fields = {
  kind = { type = "string", required = true, one_of = KINDS },
  id = { type = "string", pattern = "^[\x21-\x7e]+$", expected = "an id without spaces", check = at_most(MOST_ID) },
  at = { type = "string" },
  reason = { type = "string", check = at_most(MOST_TEXT) },
  code = { type = "string", check = at_most(MOST_TEXT) },
  details = { type = "any" },
} }

---@class herald.EventReport
---@field kind "delivered"|"bounced"|"opened"|"clicked"|"unsubscribed"|"complained"
---@field id string|nil the reporter's own; the same again counts once
---@field at string|nil RFC 3339; now unless told
---@field reason string|nil of a bounce: "soft" or, unless told, "hard"
---@field code string|nil the provider's
---@field details table|nil what else there is to know, such as { link = "https://example.com/offer" }

-- Between the message's acceptance and now: other clocks may be a little off.
local function time_of(given, message, now)
  if not given then return now end
  local at, failure = window.parse(given)
  if not at then return nil, "at: " .. failure end
  if at > now + FUTURE_MS then return nil, "at: this time is still to come" end
  return math.max(message.at, math.min(at, now))
end

local function read(given)
  local plain = {}
  for name, value in next, given do
    if value ~= payload.null then plain[name] = value end
  end
  local report, faults = schema.check(DESCRIPTION, plain, {})
  if #faults > 0 then return nil, tostring(faults[1].path or "") .. ": " .. faults[1].message end
  if report.kind == "bounced" then
    report.reason = report.reason or "hard"
    if report.reason ~= "hard" and report.reason ~= "soft" then return nil, 'reason: expected "hard" or "soft" of a bounce' end
  end
  if report.details == nil then return report end
  if type(report.details) ~= "table" then return nil, "details: expected an object" end
  report.details_text = payload.encode(report.details)
  if #report.details_text > MOST_DETAILS then return nil, ("details: larger than %d bytes"):format(MOST_DETAILS) end
  return report
end

local function detail_of(report)
  local parts = {}
  for _, name in ipairs { "code", "reason", "details_text" } do parts[#parts + 1] = report[name] end
  return #parts > 0 and table.concat(parts, ": ") or nil
end

local function happening_of(report, at)
  return { kind = report.kind, at = at, reason = report.reason, code = report.code, details = report.details, source = report.id }
end

local function is_news(report, result)
  if result.is_new == 0 then return false end
  return result.is_changed ~= 0 or report.kind ~= "delivered" and report.kind ~= "bounced"
end

---On disk when it returns; the campaign's on_event runs after that, and not for a repetition.
---@param engine herald.Engine
---@param id integer the message's
---@param given herald.EventReport
---@return { recorded: boolean }|nil recorded: false where this id was reported before
---@return string|nil message
---@return string|nil code "invalid-request", "not-found", "conflict" (not sent, or not yet), …
function M.report(engine, id, given)
  local report, wrong = read(given)
  if not report then return nil, wrong, "invalid-request" end
  local message, failure, code = engine.store:message(id)
  if not message then return nil, failure, code end
  local now = engine.clock:now()
  local at, late = time_of(report.at, message, now)
  if not at then return nil, late, "invalid-request" end
  local result
  result, failure, code = engine.store:report {
    message = id, now = now, at = at, kind = report.kind, detail = detail_of(report), source = report.id, reason = report.reason, code = report.code,
  }
  if not result then
    if code == "conflict" then failure = ("the message is %s: nothing can have happened to it yet; report it when it is sent"):format(message.state) end
    return nil, failure, code
  end
  engine.log:debug("an event was reported", { message = ids.format(id), campaign = message.campaign, kind = report.kind, repeated = result.is_new == 0 })
  if is_news(report, result) then engine.outside.spawn(event.tell, engine, message, happening_of(report, at)) end
  return { recorded = result.is_new ~= 0 }
end

return M

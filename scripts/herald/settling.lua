-- What follows an attempt: its outcome is written, however often the store refuses; then it is logged, and told to
-- the message's campaign.

local ids = require "herald.ids"
local once = require "herald.once"
local payload = require "herald.payload"
local script_run = require "herald.script_run"

local M = {}

local FIRST_WAIT_MS, LONGEST_WAIT_MS = 500, 30000

-- What the store says when trying again changes nothing.
local REFUSED = { closed = true, conflict = true, ["not-found"] = true, invalid = true }

-- What on_event hears of: the states of a message, but for waiting, and what happens to one that was sent.
local TOLD = {
  sent = true, delivered = true, bounced = true, failed = true, expired = true, excluded = true,
  opened = true, clicked = true, unsubscribed = true, complained = true,
}

local WARNINGS = {
  waiting = "a message waits for another attempt", bounced = "a message bounced", failed = "a message was given up",
  expired = "a message expired", excluded = "a message cannot be made",
}

-- Stays with the message until its outcome is written: nobody else may send it meanwhile.
local function write(engine, message, result)
  local wait_ms = FIRST_WAIT_MS
  while true do
    local settled, failure, code = engine.store:settle(result)
    if settled then return true end
    local fields = { message = ids.format(message.id), campaign = message.campaign, code = code, error = failure }
    if REFUSED[code] then
      engine.log:error("a message's outcome cannot be written", fields)
      return false
    end
    engine.notices:warn("a message's outcome cannot be written yet; it is tried again", code or "", fields)
    engine.outside.sleep(wait_ms)
    wait_ms = math.min(2 * wait_ms, LONGEST_WAIT_MS)
  end
end

-- The provider's answer and most reasons may name the recipient, so that they stay in the message's history.
local function note(engine, message, result)
  local fields = {
    message = ids.format(message.id), execution = message.execution and ids.format(message.execution), campaign = message.campaign,
    channel = message.channel, surface = message.sent_by or message.surface, code = result.code, attempts = result.attempts,
  }
  local warning = WARNINGS[result.state]
  if warning then
    return engine.notices:warn(warning, ("%s %s %s"):format(message.campaign, fields.surface, result.code), fields)
  end
  engine.log:debug("a message was sent", fields)
end

local function event_of(message, campaign, result)
  local doc = payload.parse(message.payload)
  local definition = campaign.definition
  return {
    kind = result.state, at = result.at, reason = result.reason, code = result.code,
    message = { id = ids.format(message.id), channel = message.channel, surface = message.sent_by or message.surface },
    campaign = { id = definition.id, title = definition.title },
    recipient = { userId = message.user_id, namespace = message.namespace },
    context = doc:value(doc:find(1, "context")),
  }
end

local function is_parked(engine, message, result)
  local parked = engine.parking:find(message.campaign, message.version)
  if not parked then return false end
  engine.notices:warn("on_event was left out: the campaign is parked", message.campaign, {
    campaign = message.campaign, message = ids.format(message.id), event = result.state,
  })
  return true
end

---Tells the campaign's on_event. What happened stands whatever the script does with it.
---@param engine herald.Engine
---@param message table
---@param result { state: string, at: integer, reason: string|nil, code: string|nil }
function M.tell(engine, message, result)
  if not TOLD[result.state] then return end
  local campaign = engine.registry:version(message.campaign, message.version)
  if not campaign or not campaign.on_event or is_parked(engine, message, result) then return end
  local sandbox = message.sandbox or "prod"
  local taking = once.of_run(engine, sandbox)
  local options = { campaign = message.campaign, limits = campaign.limits, sandbox = sandbox, once = taking.take }
  local ok, failure = taking.finish(script_run.call(engine, options, campaign.on_event, event_of(message, campaign, result)))
  if ok then return end
  local place = script_run.place(failure)
  engine.notices:warn("on_event failed", ("%s %s"):format(message.campaign, place), {
    campaign = message.campaign, message = ids.format(message.id), event = result.state, at = place,
  })
end

---Writes an outcome, then tells the campaign. Returns when it is written, or never can be.
---@param engine herald.Engine
---@param message table
---@param result table settlement
function M.settle(engine, message, result)
  if not write(engine, message, result) then return end
  note(engine, message, result)
  M.tell(engine, message, result)
end

return M

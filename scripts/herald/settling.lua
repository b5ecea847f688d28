-- What follows an attempt: its outcome is written, and what became of the message is told to its campaign.

local ids = require "herald.ids"
local payload = require "herald.payload"
local script_run = require "herald.script_run"

local M = {}

-- The states that on_event hears of; one that waits for another attempt has not changed.
local TOLD = { sent = true, delivered = true, bounced = true, failed = true, expired = true, excluded = true }

local function event_of(message, campaign, result)
  local doc = payload.parse(message.payload)
  local definition = campaign.definition
  return {
    kind = result.state, at = result.at, reason = result.reason, code = result.code,
    message = { id = ids.format(message.id), channel = message.channel, surface = message.surface },
    campaign = { id = definition.id, title = definition.title },
    recipient = { userId = message.user_id, namespace = message.namespace },
    context = doc:value(doc:find(1, "context")),
  }
end

-- The outcome stands whatever the script does with it.
local function tell(engine, message, result)
  if not TOLD[result.state] then return end
  local campaign = engine.registry:version(message.campaign, message.version)
  if not campaign or not campaign.on_event then return end
  local ok, failure = script_run.call(engine, campaign.on_event, event_of(message, campaign, result))
  if ok then return end
  engine.log:warn("on_event failed", {
    campaign = message.campaign, message = ids.format(message.id), event = result.state, at = script_run.place(failure),
  })
end

---Writes an outcome, then tells the campaign.
---@param engine herald.Engine
---@param message table
---@param result table settlement
function M.settle(engine, message, result)
  local settled, failure = engine.store:settle(result)
  if not settled then
    engine.log:error("a message cannot be settled; it is claimed again after a restart",
      { message = ids.format(message.id), error = failure })
    return
  end
  tell(engine, message, result)
end

return M

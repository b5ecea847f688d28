-- Runs one campaign for one recipient as a trigger does, with answers from a tape, and says what it decided. Nothing is sent
-- or written.

local payload = require "herald.payload"
local recipients = require "herald.recipient"
local replaying = require "herald.journal.replaying"
local window = require "herald.window"

local M = {}

---What goes into a run.
---@class herald.ReplayInput
---@field at integer when the trigger was accepted
---@field type string
---@field user_id string
---@field namespace string
---@field context string JSON text as received
---@field profile string JSON text that came with the call
---@field channel_data string JSON text
---@field tape any[]
---@field masked table<string, true> paths of values that are marks

---What came out of one.
---@class herald.Decided
---@field verdict "sent"|"skipped"|"rejected"|"refused"|"script error"
---@field reason string|nil
---@field delay_ms integer
---@field channel string|nil
---@field surface string|nil
---@field context string JSON text as templates see it
---@field places table<string, string> word -> where it was called
---@field new_question string|nil
---@field lost string|nil
---@field bound string|nil the limit that it exceeded

-- What is wrong with the context, apart from values that are only marks here.
local function without_masked(message, masked)
  local left = {}
  for part in (message .. "; "):gmatch "(.-); " do
    if not masked[part:match "^(context%.[^:]+):" or ""] then left[#left + 1] = part end
  end
  return left[1] and table.concat(left, "; ")
end

-- The rules that a call has to keep before the script runs.
local function rule_broken(engine, campaign, recipient, doc, input)
  local state = window.state(campaign.starts_ms, campaign.ends_ms, input.at)
  if state == "before" then return "the campaign has not started" end
  if state == "after" then return "the campaign has ended" end
  local broken
  recipients.check(engine, campaign, doc, recipient, function(_, message) broken = broken or without_masked(message, input.masked) end)
  return broken
end

local VERDICTS = { ["rejected-by-campaign"] = "rejected", ["script-error"] = "script error" }

---@param engine herald.Engine
---@param campaign herald.Campaign
---@param input herald.ReplayInput
---@return herald.Decided
function M.run(engine, campaign, input)
  local doc = payload.parse('{"context":' .. input.context .. "}")
  local recipient = {
    type = input.type, user_id = input.user_id, namespace = input.namespace, context = input.context, profile = input.profile,
    channel_data = input.channel_data, context_node = doc:find(1, "context"),
  }
  local tape = replaying.new(input.tape)
  local broken = rule_broken(engine, campaign, recipient, doc, input)
  if broken then return { verdict = "refused", reason = broken, places = tape.places, delay_ms = 0, context = input.context } end
  local outcome, code, message, bound = recipients.decide(engine, campaign, recipient, {
    now = input.at, tape = tape, once = function() error("a replay asks the tape", 0) end,
  })
  local definition = campaign.definition
  outcome = outcome or { verdict = VERDICTS[code] or code, reason = message }
  return {
    verdict = outcome.verdict or "sent", reason = outcome.reason, delay_ms = outcome.delay_ms or 0,
    channel = outcome.channel or definition.channel, surface = outcome.surface or definition.surface,
    context = outcome.context_raw or input.context, places = tape.places, new_question = tape.new_question, lost = tape.lost, bound = bound,
  }
end

return M

-- One recipient of a call: the rules that it has to keep, what the campaign's on_trigger decides about it, and the
-- message that comes of both. A trigger and a preview share it.

local context_rules = require "herald.context_rules"
local decision = require "herald.decision"
local once = require "herald.once"
local payload = require "herald.payload"
local script_run = require "herald.script_run"

local M = {}

local function read_profile(engine, recipient)
  if recipient.type ~= "aep" then return nil end
  if recipient.stored_profile == nil then
    recipient.stored_profile = engine.store:profile(recipient.namespace, recipient.user_id) or false
  end
  return recipient.stored_profile or nil
end

---Finds everything that the campaign's rules forbid.
---@param engine herald.Engine
---@param campaign herald.Campaign
---@param doc herald.Document the request's
---@param recipient table what could be read of it
---@param add fun(code: string, message: string)
function M.check(engine, campaign, doc, recipient, add)
  local definition = campaign.definition
  local is_mismatch = recipient.namespace and recipient.namespace ~= definition.namespace
  if is_mismatch then
    add("namespace-mismatch", ("namespace: the campaign identifies recipients by %q, not %q"):format(
      definition.namespace, recipient.namespace))
  end
  if definition.context and not recipient.has_bad_context then
    local message = context_rules.check(definition.context, doc, recipient.context_node)
    if message then add("context-invalid", message) end
  end
  local rules = definition.profile
  if rules and rules.create == false and recipient.type == "aep" and recipient.user_id and recipient.namespace and not is_mismatch
    and not read_profile(engine, recipient) then
    add("profile-not-found", "userId: there is no profile, and the campaign does not make one")
  end
end

local function profile_table(engine, recipient)
  local stored = read_profile(engine, recipient)
  local profile = stored and payload.parse(stored.attributes):value(1) or {}
  if recipient.profile then
    for name, value in pairs(payload.parse(recipient.profile):value(1)) do profile[name] = value end
  end
  return profile
end

local function trigger_object(engine, campaign, recipient, call)
  local definition = campaign.definition
  return decision.new {
    recipient = {
      userId = recipient.user_id, namespace = recipient.namespace, type = recipient.type,
      channelData = recipient.channel_data and payload.parse(recipient.channel_data):value(1) or {},
    },
    context_raw = recipient.context,
    now = call.now,
    campaign = { id = definition.id, title = definition.title },
    read_profile = function() return profile_table(engine, recipient) end,
    once = function(key, ms) return once.ask(definition.id .. ":" .. key, ms) end,
    can_go_via = function(channel, surface) return engine:can_go_via(campaign, channel, surface) end,
    default_surface = function(channel) return channel == definition.channel and definition.surface or nil end,
  }
end

local NO_DECISION = {}

---@class herald.DecisionCall
---@field now integer
---@field sandbox string
---@field once fun(key: string, ms: integer): boolean|nil, string|nil, string|nil
---@field is_rehearsal boolean|nil nothing may come of it

---Runs on_trigger, where the campaign has one.
---@param engine herald.Engine
---@param campaign herald.Campaign
---@param recipient table
---@param call herald.DecisionCall
---@return table|nil outcome
---@return string|nil code
---@return string|nil message
---@return string|nil bound the limit that it exceeded
function M.decide(engine, campaign, recipient, call)
  if not campaign.on_trigger then return NO_DECISION end
  local trigger = trigger_object(engine, campaign, recipient, call)
  local options = {
    campaign = campaign.definition.id, sandbox = call.sandbox, limits = campaign.limits, is_rehearsal = call.is_rehearsal, once = call.once,
  }
  local ok, message, code, bound = script_run.call(engine, options, campaign.on_trigger, trigger)
  if not ok and script_run.is_outage(code) then return nil, code, message end
  if not ok then return nil, "script-error", script_run.located(message, campaign.on_trigger), bound end
  local read, outcome = pcall(decision.outcome, trigger, engine.limits.context)
  if not read then return nil, "script-error", script_run.located(outcome, campaign.on_trigger) end
  if outcome.verdict == "rejected" then return nil, "rejected-by-campaign", outcome.reason end
  return outcome
end

---The payload, addresses and way out of the message.
---@param campaign herald.Campaign
---@param recipient table
---@param outcome table
---@param now integer
---@return table
function M.message(campaign, recipient, outcome, now)
  local definition = campaign.definition
  return {
    user_id = recipient.user_id, namespace = recipient.namespace, type = recipient.type, due_at = now + (outcome.delay_ms or 0),
    channel = outcome.channel or definition.channel, surface = outcome.surface or definition.surface,
    payload = ('{"context":%s,"profile":%s,"channelData":%s}'):format(
      outcome.context_raw or recipient.context or "{}", recipient.profile or "{}", recipient.channel_data or "{}"),
  }
end

return M

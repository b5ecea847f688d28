-- What on_event gets: something that happened to a message of its campaign. It may trigger another campaign, whose
-- messages' events may do so again, a bounded number of times in a row.

local crypto = require "herald.crypto"
local ids = require "herald.ids"
local once = require "herald.once"
local payload = require "herald.payload"
local problem = require "herald.problem"
local script_call = require "herald.script_call"
local script_run = require "herald.script_run"

local M = {}

local methods = {}
local metatable = { __index = methods, __metatable = false }

-- event -> what belongs to it and must stay out of the script's reach
local states = setmetatable({}, { __mode = "k" })

---What happened to a message.
---@class herald.Happening
---@field kind string
---@field at integer
---@field reason string|nil
---@field code string|nil
---@field details table|nil what the reporter told besides, such as the link that was clicked
---@field source string|nil the reporter's id of it

-- The same for the same event, so that what is done twice triggers once.
local function request_id_of(state, id)
  state.calls = state.calls + 1
  local happening = state.happening
  local source = happening.source or tostring(happening.at)
  local digest = crypto.sha256_hex(table.concat({ happening.kind, source, id, state.calls }, "\n"))
  return ("event-%s-%s-%s"):format(ids.format(state.message.id), happening.kind, digest:sub(1, 16))
end

local function refuse_depth(state, id)
  local engine, most = state.engine, state.engine.limits.event_depth
  local campaign = state.message.campaign
  engine.notices:warn("event:trigger was refused: events have triggered campaigns too often in a row", campaign .. " " .. id, {
    campaign = campaign, message = ids.format(state.message.id), triggers = id, depth = state.depth,
  })
  return problem.new("event-depth", {
    detail = ("events of messages have triggered campaigns %d times in a row, the last time %s; limits.event_depth allows no more"):format(most, campaign),
    additional = { campaignId = id, depth = state.depth },
  })
end

local function sandbox_of(engine, message)
  local stored = message.sandbox and message or engine.store:message(message.id)
  return stored and stored.sandbox or "prod"
end

local function trigger(state, id, body)
  local engine, message = state.engine, state.message
  return script_call.answer(engine:unitary(body, {
    name = "campaign:" .. message.campaign, sandbox = sandbox_of(engine, message), scopes = { trigger = true }, depth = state.depth + 1,
  }))
end

---Triggers a campaign as the API would. Without a requestId one is made from the message and the event.
---@param id string
---@param call { requestId: string|nil, recipients: table[] }
---@return integer status
---@return table body
---@return table<string, string>|nil headers
function methods.trigger(event, id, call)
  local state = states[event] or error("call it as event:trigger(…)", 2)
  local wrong = script_call.problem(id, call)
  if wrong then error("event:trigger: " .. wrong, 2) end
  local body = script_call.body(id, call, request_id_of(state, id))
  local run = script_run.need "event:trigger"
  script_run.take(run, "messages", rawlen(call.recipients))
  return script_run.ask(run, "trigger", body, function()
    if state.depth >= state.engine.limits.event_depth then return refuse_depth(state, id) end
    return trigger(state, id, body)
  end)
end

---@param engine herald.Engine
---@param campaign herald.Campaign the version that accepted the message
---@param message table
---@param happening herald.Happening
---@return table event
function M.new(engine, campaign, message, happening)
  local doc = payload.parse(message.payload)
  local definition, depth = campaign.definition, doc:find(1, "depth")
  local event = setmetatable({
    kind = happening.kind, at = happening.at, reason = happening.reason, code = happening.code, details = happening.details,
    message = { id = ids.format(message.id), channel = message.channel, surface = message.sent_by or message.surface },
    campaign = { id = definition.id, title = definition.title },
    recipient = { userId = message.user_id, namespace = message.namespace },
    context = doc:value(doc:find(1, "context")),
  }, metatable)
  states[event] = { engine = engine, message = message, happening = happening, depth = depth and doc:value(depth) or 0, calls = 0 }
  return event
end

local function is_parked(engine, message, happening)
  local parked = engine.parking:find(message.campaign, message.version)
  if not parked then return false end
  engine.notices:warn("on_event was left out: the campaign is parked", message.campaign, {
    campaign = message.campaign, message = ids.format(message.id), event = happening.kind,
  })
  return true
end

local function channel_data(message)
  local doc = payload.parse(message.payload)
  local node = doc and doc:find(1, "channelData")
  return node and doc:value(node)
end

---Tells the campaign of what is on disk already. Whatever the script does with it, that stands.
---@param engine herald.Engine
---@param message table
---@param happening herald.Happening
function M.tell(engine, message, happening)
  local campaign = engine.registry:version(message.campaign, message.version)
  if not campaign or not campaign.on_event or is_parked(engine, message, happening) then return end
  local event = M.new(engine, campaign, message, happening)
  local sandbox = message.sandbox or "prod"
  local taking = once.of_run(engine, sandbox)
  local options = {
    campaign = message.campaign, limits = campaign.limits, sandbox = sandbox, once = taking.take,
    hidden = script_run.hidden(message.user_id, channel_data(message)),
  }
  local ok, failure = taking.finish(script_run.call(engine, options, campaign.on_event, event))
  if ok then return end
  local place = script_run.place(failure)
  engine.notices:warn("on_event failed", ("%s %s"):format(message.campaign, place), {
    campaign = message.campaign, message = ids.format(message.id), event = happening.kind, at = place,
  })
end

return M

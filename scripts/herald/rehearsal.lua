-- What a campaign would send to one recipient: shown as a preview, which keeps the rules of a trigger, or sent as a proof
-- to another address, which may lack context. on_trigger runs; nothing is stored, counted or kept from happening later.

local crypto = require "herald.crypto"
local delivery = require "herald.delivery"
local json = require "herald.json"
local payload = require "herald.payload"
local problem = require "herald.problem"
local recipients = require "herald.recipient"
local unitary = require "herald.unitary"
local window = require "herald.window"

local M = {}

-- The campaign's live version, else its draft.
local function latest(engine, id)
  local record, message, code = engine.store:campaign(id)
  if not record then return nil, message or ("there is no campaign %q"):format(id), code or "campaign-not-found" end
  return engine.registry:version(id, record.live or record.draft)
end

local function read_recipient(engine, campaign, given)
  local definition = campaign.definition
  local request, code, message = unitary.read(json.encode {
    requestId = "preview", campaignId = definition.id,
    recipients = json.array { {
      type = given.type or "external", userId = given.userId or "preview@example.com", namespace = given.namespace or definition.namespace,
      context = given.context, profile = given.profile, channelData = given.channelData,
    } },
  }, engine.limits)
  if not request then return nil, message, code end
  return request.recipients[1], request.doc
end

local function always() return true end

-- Never 0, and another one each time: mail is filed by it.
local function new_id()
  return string.unpack(">i8", crypto.random(8)) & math.maxinteger | 1
end

-- Sends it through the channel and surface that are asked for; says what is wrong with them.
local function redirect(engine, campaign, given, made)
  for _, name in ipairs { "channel", "surface" } do
    if given[name] ~= nil and type(given[name]) ~= "string" then return ("recipient.%s: expected a string"):format(name) end
  end
  if given.channel and given.channel ~= made.channel then
    made.channel, made.surface = given.channel, given.channel == campaign.definition.channel and campaign.definition.surface or nil
  end
  made.surface = given.surface or made.surface
  local wrong = engine:way_problem(campaign, made.channel, made.surface)
  return wrong and "recipient: " .. wrong
end

-- A message as the outbox would hold it, and the decision that it comes of. `check` has the rules that have to hold.
local function rehearse(engine, campaign, given, sandbox, check)
  local one, doc, code = read_recipient(engine, campaign, given)
  if not one then return nil, doc, code end
  local fault, what
  if check then check(engine, campaign, doc, one, function(found, message) fault, what = fault or found, what or message end) end
  if fault then return nil, what, fault end
  local now = engine.clock:now()
  local outcome, wrong, reason = recipients.decide(engine, campaign, one, {
    now = now, sandbox = sandbox or "prod", once = always, is_rehearsal = true,
  })
  if not outcome then return nil, reason, wrong end
  local made = recipients.message(campaign, one, outcome, now)
  made.id, made.attempts, made.created_at = new_id(), 0, now
  made.campaign, made.version = campaign.definition.id, campaign.version
  local misled = redirect(engine, campaign, given, made)
  if misled then return nil, misled, "invalid-request" end
  return made, outcome
end

local function prepare(engine, campaign, message)
  local prepared, refusal = delivery.prepare(engine, campaign, message, engine.clock:now())
  if prepared then return prepared end
  local code = problem.status(refusal.code or "") and refusal.code or "render-error"
  if refusal.reason ~= code then return nil, refusal.reason, code end
  return nil, ("the recipient cannot be reached by the channel %q: %s; say userId, profile or channelData"):format(message.channel, code), code
end

local function shown(message, outcome)
  return {
    verdict = outcome.verdict or "sent", reason = outcome.reason, channel = message.channel, surface = message.surface,
    dueAt = outcome.delay_ms and window.format(message.due_at) or nil,
  }
end

---Renders the whole message for one recipient; nothing is stored or sent.
---@param engine herald.Engine
---@param id string
---@param recipient table as in the API, all fields optional
---@param sandbox string|nil whose keys on_trigger reads; "prod" unless told
---@return table|nil content with `decision` in it; of a message that is skipped that is all
---@return string|nil message
---@return string|nil code
function M.preview(engine, id, recipient, sandbox)
  local campaign, failure, code = latest(engine, id)
  if not campaign then return nil, failure, code end
  local message, outcome, wrong = rehearse(engine, campaign, recipient, sandbox, recipients.check)
  if not message then return nil, outcome, wrong end
  local decision = shown(message, outcome)
  if outcome.verdict == "skipped" then return { decision = decision } end
  local prepared, reason, reason_code = prepare(engine, campaign, message)
  if not prepared then return nil, reason, reason_code end
  prepared.content.decision = decision
  return prepared.content
end

-- Whatever the channel is, it is reached at that address.
local function readdress(message, address)
  local channel_data = { emailAddress = address, mobilePhoneNumber = address, pushInfo = { token = address, platform = "fcm", appID = "proof" } }
  message.payload = payload.merge(message.payload, { channelData = channel_data })
end

---Sends the message for one recipient to another address, also where on_trigger would skip it; counts in no report.
---@param engine herald.Engine
---@param id string
---@param address string
---@param recipient table
---@param sandbox string|nil
---@return table|nil outcome
---@return string|nil message
---@return string|nil code
function M.proof(engine, id, address, recipient, sandbox)
  local campaign, failure, code = latest(engine, id)
  if not campaign then return nil, failure, code end
  local message, reason, wrong = rehearse(engine, campaign, recipient, sandbox)
  if not message then return nil, reason, wrong end
  readdress(message, address)
  local prepared, refused, refused_code = prepare(engine, campaign, message)
  if not prepared then return nil, refused, refused_code end
  local content, surface = prepared.content, prepared.surface
  if type(content.subject) == "string" then content.subject = "[Proof] " .. content.subject end
  local outcome = surface:send(content, engine:tools(surface))
  if outcome.state ~= "sent" then return nil, tostring(outcome.answer or outcome.code), "delivery-failed" end
  return outcome
end

return M

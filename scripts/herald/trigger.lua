-- One API call becomes one execution: the campaign's status and window, each recipient's rules, the
-- campaign's own on_trigger, and the durable acceptance. All or nothing: one bad recipient fails the call.

local clocks = require "herald.clock"
local crypto = require "herald.crypto"
local ids = require "herald.ids"
local lifecycle = require "herald.lifecycle"
local once = require "herald.once"
local payload = require "herald.payload"
local problem = require "herald.problem"
local recipients = require "herald.recipient"
local script_run = require "herald.script_run"
local unitary = require "herald.unitary"
local window = require "herald.window"

local M = {}

local IDEMPOTENCY_HEADERS = { ["Idempotency-Replay"] = "true" }

local function refuse(code, detail, additional)
  return problem.new(code, { detail = detail, additional = additional })
end

local function facts(request, more)
  local additional = more or {}
  additional.requestId, additional.campaignId = request.request_id, request.campaign_id
  return additional
end

local function answer(request, execution, at, who)
  local time = window.format(at)
  local by = payload.quote(who.name)
  return ('{"executionId":"%s","requestId":%s,"createdAt":"%s","createdBy":%s,"modifiedAt":"%s","modifiedBy":%s}'):format(
    ids.format(execution), payload.quote(request.request_id), time, by, time, by)
end

local function status_refusal(request, entry, now)
  if not entry then
    return refuse("campaign-not-found", ("there is no campaign %q"):format(request.campaign_id), facts(request))
  end
  local record, live = entry.record, entry.live
  local additional = facts(request, { campaignStatus = lifecycle.status(record, live, now), now = window.format(now) })
  if record.status ~= "live" then
    return refuse("campaign-not-live", ("the campaign is %s; only a live one can be triggered"):format(record.status), additional)
  end
  if not live then
    return refuse("script-error", "the live version cannot be loaded: " .. tostring(entry.failure), additional)
  end
  additional.starts = live.starts_ms and window.format(live.starts_ms)
  additional.ends = live.ends_ms and window.format(live.ends_ms)
  local state = window.state(live.starts_ms, live.ends_ms, now)
  if state == "before" then
    additional.campaignStatus = "scheduled"
    return refuse("campaign-not-started", ("the campaign starts at %s; it is %s"):format(additional.starts, additional.now), additional)
  elseif state == "after" then
    additional.campaignStatus = "completed"
    return refuse("campaign-ended", ("the campaign ended at %s; it is %s"):format(additional.ends, additional.now), additional)
  end
end

-- Refuses the call when there is a fault, its own or of its shape.
local function refuse_faults(request)
  local code, detail, list = request.faults:summary()
  if code then return refuse(code, detail, facts(request, list)) end
end

local function check_recipients(engine, live, request)
  for index, recipient in ipairs(request.recipients) do
    if recipient then
      recipients.check(engine, live, request.doc, recipient, function(code, message) request.faults:add(index, code, message) end)
    end
  end
  return refuse_faults(request)
end

---One call on its way.
---@class herald.Call
---@field request herald.Unitary
---@field body_hash string
---@field who herald.Who
---@field now integer
---@field earlier table|false|nil what is stored of the same requestId; nil: not looked up
---@field once herald.Once|nil set when a script asked once(): the keys are this call's until it is accepted
---@field trial herald.Parked|nil set when the campaign is parked and this call decides whether it stays so
---@field has_exceeded boolean|nil on_trigger exceeded its budget
---@field failed herald.ShadowRefused|nil the recipient that on_trigger refused, while a shadow runs
---@field places table<integer, string>|nil where the script last said something about a recipient that it refuses

-- Whether this call was accepted before. Looked up where running on_trigger again would be seen: before something durable,
-- or when it would be refused now. Else the acceptance finds out.
local function is_repeated(engine, call)
  if call.earlier == nil then call.earlier = engine.store:request(call.who.sandbox, call.request.request_id, call.now) or false end
  return call.earlier ~= false
end

-- Answers a call that was accepted before: the same answer for the same body, 409 for another.
local function replay(call)
  local earlier = call.earlier
  if earlier.body_hash ~= call.body_hash then
    return refuse("request-id-reused", "this requestId was used for another body; make a new one", facts(call.request))
  end
  return 202, answer(call.request, earlier.execution, earlier.at, call.who), IDEMPOTENCY_HEADERS
end

-- A key that is taken belongs to this requestId and becomes final with the acceptance; a call that comes to nothing gives it
-- back, so that what was not accepted was not done once.
local function take_once(engine, call, key, ms)
  if is_repeated(engine, call) then error("the call is a repetition", 0) end
  if not call.once then
    local sandbox = call.who.sandbox
    call.once = once.new(engine, sandbox, crypto.sha256_hex(sandbox .. "\n" .. call.request.request_id))
  end
  return call.once:take(key, ms, call.now)
end

local function give_back_once(call)
  if call.once then call.once:give_back() end
end

local function make_message(engine, live, recipient, outcome, call)
  local now = call.now
  local message = recipients.message(live, recipient, outcome, now, call.who.depth)
  local is_due = not outcome.delay_ms
  message.state = outcome.verdict == "skipped" and "skipped" or is_due and engine.dispatcher:reserve() and "held" or "waiting"
  message.reason, message.journal = outcome.reason, engine.journal.is_on and outcome.record or nil
  message.expires_at = live.expires_after_ms and now + live.expires_after_ms or nil
  message.create_profile = recipient.type == "aep"
  return message
end

local function note_script_error(engine, live, call, message)
  local place = script_run.place(message) or live.file
  engine.notices:warn("on_trigger failed", ("%s %s"):format(live.definition.id, place), {
    campaign = live.definition.id, request = call.request.request_id, at = place,
  })
end

local function note_failure(engine, live, call, code, message, bound)
  if code == "script-error" then note_script_error(engine, live, call, message) end
  if bound then
    call.has_exceeded = true
    engine.parking:note(live, bound, message, call.trial)
  end
end

local function decide_all(engine, live, call)
  local outcomes = {}
  local asking = {
    now = call.now, sandbox = call.who.sandbox, request = call.request.request_id,
    once = function(key, ms) return take_once(engine, call, key, ms) end,
  }
  for index, recipient in ipairs(call.request.recipients) do
    local tape = live.on_trigger and engine.journal:tape()
    asking.tape = tape
    local outcome, code, message, bound = recipients.decide(engine, live, recipient, asking)
    if not outcome then
      if tape then call.places = { [index] = tape.last_place } end
      if engine.shadow and tape then
        call.failed = { live = live, recipient = recipient, code = code, reason = message, record = tape:record(recipient.context) }
      end
      note_failure(engine, live, call, code, message, bound)
      call.request.faults:add(index, code, message)
      break
    end
    if tape then outcome.record = tape:record(recipient.context, outcome.context_raw) end
    outcomes[index] = outcome
  end
  return outcomes
end

local function accept(engine, live, call, messages)
  return engine.store:accept {
    request_id = call.request.request_id, body_hash = call.body_hash, campaign = call.request.campaign_id, version = live.version,
    sandbox = call.who.sandbox, at = call.now, by = call.who.name, idempotency_ms = engine.limits.idempotency_ms,
    once_owner = call.once and call.once.owner, generation = engine.generation, messages = messages,
  }
end

-- Refuses the call of a campaign that is parked, unless it may be tried again with this one.
local function refuse_parked(engine, live, call)
  if not live.on_trigger then return nil end
  local may_run, parked = engine.parking:admit(live)
  if may_run then
    call.trial = parked
    return nil
  end
  local detail, seconds = engine.parking:refusal(parked)
  local status, body = refuse("campaign-parked", detail, facts(call.request, {
    parkedSince = window.format(parked.since), parkedUntil = window.format(parked["until"]), reason = parked.reason,
  }))
  return status, body, { ["Retry-After"] = tostring(seconds) }
end

local function execute(engine, live, call)
  local request = call.request
  local parked, parked_body, headers = refuse_parked(engine, live, call)
  if parked then return parked, parked_body, headers end
  local outcomes = decide_all(engine, live, call)
  if call.trial and not call.has_exceeded then engine.parking:pass(call.trial) end
  local status, refusal = refuse_faults(request)
  if status then return status, refusal end
  local messages = {}
  for index, recipient in ipairs(request.recipients) do
    messages[index] = make_message(engine, live, recipient, outcomes[index], call)
  end
  local accepted, message, code = accept(engine, live, call, messages)
  if not accepted or accepted.replay then engine.dispatcher:release(messages) end
  if not accepted then
    if code ~= "request-id-reused" and code ~= "overloaded" then code = "storage-unavailable" end
    return refuse(code, message, facts(request))
  end
  if accepted.replay then
    give_back_once(call)
    return 202, answer(request, accepted.execution, accepted.at, call.who), IDEMPOTENCY_HEADERS
  end
  engine.log:debug("a trigger was accepted", {
    request = request.request_id, execution = ids.format(accepted.execution), campaign = request.campaign_id, messages = #messages,
  })
  if engine.shadow then engine.shadow:note(live, call.now, accepted.execution, messages, outcomes) end
  engine.dispatcher:take(live, accepted.execution, messages, call.now, call.who.sandbox)
  return 202, answer(request, accepted.execution, call.now, call.who)
end

-- The call as if it came for the first time.
local function attempt(engine, entry, call)
  local status, refusal = status_refusal(call.request, entry, call.now)
  if status then return status, refusal end
  status, refusal = check_recipients(engine, entry.live, call.request)
  if status then return status, refusal end
  return execute(engine, entry.live, call)
end

-- The journal's trace of a call that came to nothing.
local function note_refused(engine, request, who, now, body, places)
  engine.journal:refused {
    at = now, by = who.name, campaign = request.campaign_id, request_id = request.request_id, code = problem.code(body) or "refused",
    reason = body.detail, recipients = request.recipients, faults = request.faults.by_index, places = places,
  }
end

local function look_at_shape(engine, partial, code, message, additional)
  local entry = partial and engine.registry:get(partial.campaign_id)
  if not entry or status_refusal(partial, entry, engine.clock:now()) then return refuse(code, message, additional) end
  return check_recipients(engine, entry.live, partial)
end

-- A call whose shape is wrong. Where recipients alone are, the campaign's own rules may find more of them.
local function refuse_shape(engine, who, partial, code, message, additional)
  local status, body = look_at_shape(engine, partial, code, message, additional)
  if partial then note_refused(engine, partial, who, engine.clock:now(), body) end
  return status, body
end

---@class herald.Who
---@field name string the key's name
---@field sandbox string
---@field depth integer|nil of a call that an event made: how many in a row led to it

local function execute_call(engine, entry, call)
  local status, text, headers = attempt(engine, entry, call)
  if status ~= 202 then give_back_once(call) end
  -- What was accepted once is answered so again, though it would be refused now.
  if status ~= 202 and is_repeated(engine, call) then
    status, text, headers = replay(call)
    if status == 202 then return status, text, headers end
  end
  if status ~= 202 then note_refused(engine, call.request, call.who, call.now, text, call.places) end
  if engine.shadow and call.failed then engine.shadow:note_refused(call.failed, call.now) end
  return status, text, headers
end

-- The same while a canary is tried: counted, for the comparison.
local function counted(engine, entry, call)
  local started = clocks.monotonic()
  local status, text, headers = execute_call(engine, entry, call)
  local watch = engine.canary
  if watch then watch:note_call(call.request.campaign_id, status, problem.code(text), clocks.monotonic() - started) end
  return status, text, headers
end

---Handles the body of POST /im/executions/unitary.
---@param engine herald.Engine
---@param body string
---@param who herald.Who
---@param hand_over (fun(): boolean)|nil gives the request to the generation that is tried, if there is one
---@return integer|nil status nil: it was handed over
---@return string|table|nil body
---@return table|nil headers
function M.unitary(engine, body, who, hand_over)
  local request, code, message, additional, partial = unitary.read(body, engine.limits)
  if not request then return refuse_shape(engine, who, partial, code, message, additional) end
  local entry, failure, failure_code = engine.registry:get(request.campaign_id)
  if not entry and failure_code then return refuse("storage-unavailable", failure, facts(request)) end
  local call = { request = request, body_hash = crypto.sha256(body), who = who, now = engine.clock:now() }
  if not engine.canary or not entry then return execute_call(engine, entry, call) end
  if hand_over and engine.canary:is_chosen(request.recipients[1]) and hand_over() then return nil end
  return counted(engine, entry, call)
end

return M

-- One message from the outbox to its outcome: expiry, profile, rendering, addressing, the provider, and
-- what is settled. Runs as one coroutine; everything it learns goes into the settlement, and so into
-- the answer to "why did she (not) get it".

local failover = require "herald.failover"
local ids = require "herald.ids"
local payload = require "herald.payload"
local rendering = require "herald.rendering"
local settling = require "herald.settling"
local surfaces = require "herald.surface"

local M = {}

-- Spread of the back-off, so that messages that failed together do not come back together.
local JITTER = 0.1

local function settlement(message, state, reason, more)
  local result = more or {}
  result.state, result.reason = state, reason
  return result
end

-- A message that was delayed past the campaign's end, or that is past its time, is not sent.
local function expiry(message, campaign, now)
  if message.expires_at and now >= message.expires_at then
    return settlement(message, "expired", "not sent within expires_after")
  end
  local was_delayed = message.due_at > message.created_at and message.attempts == 0
  if was_delayed and campaign.ends_ms and message.due_at >= campaign.ends_ms then
    return settlement(message, "expired", "delayed past the campaign's end")
  end
end

---The profile that the message's templates see: the stored one, and over it what came with the call.
---@param engine herald.Engine
---@param message table
---@param doc herald.Document the message's payload
---@return string JSON text
function M.profile_text(engine, message, doc)
  local override = doc:raw(doc:find(1, "profile"))
  if message.type ~= "aep" then return override end
  local stored = engine.store:profile(message.namespace, message.user_id)
  if not stored or stored.attributes == "{}" then return override end
  if override == "{}" then return stored.attributes end
  return payload.merge(stored.attributes, doc:value(doc:find(1, "profile")))
end

---What channels and providers see of a message's recipient.
---@class herald.ChannelRecipient
---@field userId string
---@field namespace string
---@field channelData table

---Renders and addresses one message without sending it.
---@param engine herald.Engine
---@param campaign table
---@param message table
---@param now integer
---@return table|nil prepared what the provider gets
---@return table|nil refusal a settlement when it cannot be sent
function M.prepare(engine, campaign, message, now)
  local channel = engine.project.channels[message.channel]
  local surface = engine.project.surfaces[message.surface]
  if not channel then return nil, settlement(message, "failed", ("there is no channel %q"):format(message.channel)) end
  if not surface then
    return nil, settlement(message, "waiting", ("there is no surface %q"):format(tostring(message.surface)), { code = "no-surface" })
  end
  local doc = payload.parse(message.payload)
  local profile = M.profile_text(engine, message, doc)
  local id = ids.format(message.id)
  local roots = rendering.roots(campaign, {
    id = id, context = doc:raw(doc:find(1, "context")), profile = profile, links = engine.settings.links,
  })
  local content, failure, code = rendering.render(campaign, message.channel, roots, now, engine.log)
  if not content then
    message.has_render_error = true
    return nil, settlement(message, "excluded", failure, { code = code })
  end
  local recipient = {
    userId = message.user_id, namespace = message.namespace, channelData = doc:value(doc:find(1, "channelData")),
  }
  local profile_value = roots:value(roots:find(1, "profile"))
  local address, reason = channel.address(recipient, profile_value, surface)
  if not address then return nil, settlement(message, "excluded", reason, { code = reason }) end
  content.address, content.id, content.date, content.campaign = address, id, message.created_at, message.campaign
  content.expires_at = message.expires_at
  if channel.prepare then
    local fit, unfit = channel.prepare(content, surface, recipient)
    if not fit and unfit then
      message.has_render_error = true
      return nil, settlement(message, "excluded", unfit, { code = "render-error" })
    end
    content = fit or content
  end
  return { content = content, channel = channel, surface = surface }
end

local function back_off(surface, attempts)
  local retry = surface.retry
  local wait = math.min(retry.first_ms * retry.factor ^ (attempts - 1), retry.most_ms)
  return math.floor(wait * (1 + JITTER * (2 * math.random() - 1)))
end

-- state, reason and due_at of a message that has to be tried again.
local function plan_retry(message, surface, outcome, now)
  local wait = outcome.retry_after_ms or back_off(surface, message.attempts + 1)
  if now + wait > message.created_at + surface.retry.give_up_after_ms then
    return "failed", "gave up after " .. (message.attempts + 1) .. " attempts"
  end
  if message.expires_at and now + wait >= message.expires_at then return "expired", "no time is left for another attempt" end
  return "waiting", nil, now + wait
end

local FINAL = { sent = true, failed = true, bounced = true, delivered = true }

local function from_outcome(message, surface, outcome, now)
  local result = {
    attempts = message.attempts + 1, provider = surface.provider, code = outcome.code, answer = outcome.answer,
    provider_id = outcome.provider_id,
  }
  if FINAL[outcome.state] then
    result.state, result.reason = outcome.state, outcome.reason
    if surface.name ~= message.surface then
      result.reason = outcome.reason or ("the surface %s stood in for %s"):format(surface.name, message.surface)
    end
    if outcome.state == "sent" then result.latency_ms = math.max(0, now - message.created_at) end
  else
    result.state, result.reason, result.due_at = plan_retry(message, surface, outcome, now)
  end
  return result
end

-- What is missing here may be back a minute later.
local WAIT_MS = 60000

local NO_SURFACE = { retry = surfaces.default_retry() }

-- Another attempt of a message that no provider was asked to send. It ends as others do: at the surface's give_up_after, or
-- that of one that says nothing where the surface is not there.
local function try_later(engine, message, result, wait_ms)
  local surface = engine.project.surfaces[message.surface] or NO_SURFACE
  local reason
  result.attempts = message.attempts + 1
  result.state, reason, result.due_at = plan_retry(message, surface, { retry_after_ms = wait_ms }, engine.clock:now())
  if reason and result.reason then reason = reason .. ": " .. result.reason end
  result.reason = reason or result.reason
  return result
end

local function attempt(engine, message)
  local campaign, failure, code = engine.registry:version(message.campaign, message.version)
  local now = engine.clock:now()
  if not campaign then
    message.has_render_error = true
    return try_later(engine, message, { reason = failure, code = code }, WAIT_MS)
  end
  local expired = expiry(message, campaign, now)
  if expired then return expired end
  local prepared, refusal = M.prepare(engine, campaign, message, now)
  if not prepared then
    if refusal.state == "waiting" then return try_later(engine, message, refusal, WAIT_MS) end
    return refusal
  end
  local outcome, surface = failover.send(engine, message, prepared)
  message.sent_by = surface.name
  return from_outcome(message, surface, outcome, engine.clock:now())
end

---Delivers one held message and settles it.
---@param engine herald.Engine
---@param message table as store:claim gives it
---@return table settlement
function M.deliver(engine, message)
  local ok, result = xpcall(attempt, debug.traceback, engine, message)
  if not ok then
    engine.log:error("a delivery failed inside", { message = ids.format(message.id), error = tostring(result) })
    result = try_later(engine, message, { code = "internal-error", answer = "the code around the delivery failed; see the log" })
  end
  if engine.canary then engine.canary:note_rendering(message, message.has_render_error == true) end
  result.id, result.campaign, result.at = message.id, message.campaign, engine.clock:now()
  result.attempts = result.attempts or message.attempts
  settling.settle(engine, message, result)
  return result
end

return M

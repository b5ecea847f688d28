-- Endpoints of the messages and of the outbox, which holds those that are not finished.

local answers = require "herald.http.answers"
local audit = require "herald.audit"
local event_report = require "herald.event_report"
local message_view = require "herald.http.message_view"
local views = require "herald.http.campaign_view"

local MOST_LISTED = 1000

local function show(engine, request)
  local id = answers.parse_id(request.params.id)
  local message, failure, code
  if id then message, failure, code = engine.store:message(id) end
  if not message then
    if code and code ~= "not-found" then return answers.failure(failure, code) end
    return answers.failure("There is no message with this id.", "not-found", { messageId = request.params.id })
  end
  local events, events_failure, events_code = engine.store:events(id)
  if not events then return answers.failure(events_failure, events_code) end
  local body = message_view.show(message)
  local list = {}
  for index, event in ipairs(events) do
    list[index] = { at = answers.time(event.at), kind = event.kind, detail = event.detail }
  end
  body.events = answers.array(list)
  return 200, body
end

-- The answer to whoever reports waits for the disk alone, not for the campaign's on_event.
local function report(engine, request)
  local data, status, failure = answers.object(request)
  if not data then return status, failure end
  local id = answers.parse_id(request.params.id)
  if not id then return answers.failure("There is no message with this id.", "not-found", { messageId = request.params.id }) end
  local result, message, code = event_report.report(engine, id, data)
  if not result then return answers.failure(message, code, { messageId = request.params.id }) end
  return 200, result
end

-- Rows as a page; next is the id to go on behind.
local function page(rows, limit)
  local shown = {}
  for index, row in ipairs(rows) do shown[index] = message_view.show(row) end
  return 200, { messages = answers.array(shown), next = #rows == limit and answers.id(rows[#rows].id) or nil }
end

local function named(engine, text)
  local shown = {}
  for word in text:gmatch("[^,]+") do
    local id = answers.parse_id(word)
    if not id then return answers.failure(("ids: %q is not a message's id of 16 hex digits."):format(word), "invalid-request") end
    if #shown == MOST_LISTED then break end
    local message, failure, code = engine.store:message(id)
    if not message and code and code ~= "not-found" then return answers.failure(failure, code) end
    shown[#shown + 1] = message and message_view.show(message)
  end
  return 200, { messages = answers.array(shown) }
end

-- Messages in any state: those named, those of one user (the newest first), or those behind an id.
local function recent(engine, request)
  local query = request.query
  if query.ids then return named(engine, query.ids) end
  local limit, status, wrong = answers.query_integer(request, "limit", 100, MOST_LISTED)
  if not limit then return status, wrong end
  if query.userId then
    local rows, message, code = engine.store:messages_of(query.userId, query.campaign, limit)
    if not rows then return answers.failure(message, code) end
    local _, body = page(rows, math.huge)
    return 200, body
  end
  local after = query.after and answers.parse_id(query.after)
  if query.after and not after then return answers.failure("after: expected the id of a message.", "invalid-request") end
  local rows, message, code = engine.store:recent { campaign = query.campaign, after = after, limit = limit }
  if not rows then return answers.failure(message, code) end
  return page(rows, limit)
end

local STATES = { waiting = true, held = true, skipped = true, sent = true, delivered = true, failed = true, bounced = true,
  expired = true, cancelled = true, excluded = true }

local function list(engine, request)
  local query = request.query
  if query.state and not STATES[query.state] then
    return answers.failure(("state: there is no state %q."):format(query.state), "invalid-request")
  end
  local limit, status, wrong = answers.query_integer(request, "limit", 100, MOST_LISTED)
  if not limit then return status, wrong end
  local after = query.after and answers.parse_id(query.after)
  if query.after and not after then return answers.failure("after: expected the id of a message.", "invalid-request") end
  local rows, message, code = engine.store:outbox { state = query.state, campaign = query.campaign, limit = limit, after = after }
  if not rows then return answers.failure(message, code) end
  return page(rows, limit)
end

-- Which messages a retry or cancel means: `ids`, or those of a `campaign`.
local function selection(data)
  if (data.ids == nil) == (data.campaign == nil) then return nil, "Give ids or campaign, one of the two." end
  if not data.ids then return { campaign = data.campaign } end
  if #data.ids > MOST_LISTED then return nil, ("ids: %d given; at most %d go in one call."):format(#data.ids, MOST_LISTED) end
  local ids = {}
  for index, text in ipairs(data.ids) do
    local id = answers.parse_id(text)
    if not id then return nil, ("ids[%d]: %q is not a message's id of 16 hex digits."):format(index - 1, tostring(text)) end
    ids[index] = id
  end
  if #ids == 0 then return nil, "ids: expected at least one id." end
  return { ids = ids }
end

-- Which messages were meant and how many it was, for the audit log.
local function note(engine, request, action, data, count)
  audit.note(engine, answers.by(request), action, { count = count, ids = data.ids, reason = data.reason }, data.campaign)
end

-- The selection of a request's body; a campaign that is not there is an error.
local function selected(engine, data)
  local which, wrong = selection(data)
  if not which then return nil, answers.failure(wrong, "invalid-request") end
  if which.campaign then
    local record, status, failure = views.find(engine, which.campaign)
    if not record then return nil, status, failure end
  end
  return which
end

local function retry(engine, request)
  local data, status, failure = answers.object(request, { ids = "table", campaign = "string" })
  if not data then return status, failure end
  local which, wrong_status, wrong = selected(engine, data)
  if not which then return wrong_status, wrong end
  which.now = engine.clock:now()
  local count, message, code = engine.store:retry_now(which)
  if not count then return answers.failure(message, code) end
  note(engine, request, "retry-outbox", data, count)
  if engine.wake then engine:wake() end
  return 200, { retried = count }
end

local function cancel(engine, request)
  local data, status, failure = answers.object(request, { ids = "table", campaign = "string", reason = "string" })
  if not data then return status, failure end
  local which, wrong_status, wrong = selected(engine, data)
  if not which then return wrong_status, wrong end
  which.at, which.by, which.reason = engine.clock:now(), answers.by(request), data.reason or "cancelled"
  local count, message, code = engine.store:cancel(which)
  if not count then return answers.failure(message, code) end
  note(engine, request, "cancel-outbox", data, count)
  return 200, { cancelled = count }
end

return {
  { method = "GET", path = "/messages", scope = "read", query = { "ids", "userId", "campaign", "limit", "after" }, handler = recent },
  { method = "GET", path = "/messages/{id}", scope = "read", handler = show },
  { method = "POST", path = "/messages/{id}/events", scope = "manage", handler = report },
  { method = "GET", path = "/outbox", scope = "read", query = { "state", "campaign", "limit", "after" }, handler = list },
  { method = "POST", path = "/outbox/retry", scope = "manage", handler = retry },
  { method = "POST", path = "/outbox/cancel", scope = "manage", handler = cancel },
}

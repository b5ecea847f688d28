-- Endpoints that say why a message was sent, or was not.

local answers = require "herald.http.answers"
local message_view = require "herald.http.message_view"
local why_message = require "herald.why.message"
local why_user = require "herald.why.user"

local BOOLEANS = { ["true"] = true, ["false"] = false }

local function story_of(lines)
  local list = {}
  for index, line in ipairs(lines) do
    list[index] = { at = answers.time(line.at), kind = line.kind, text = line.text, place = line.place }
  end
  return answers.array(list)
end

local function of_message(engine, request)
  local with_payload = BOOLEANS[request.query.payload or "false"]
  if with_payload == nil then return answers.failure("payload: expected true or false.", "invalid-request") end
  local id = answers.parse_id(request.params.id)
  if not id then return answers.failure("There is no message with this id.", "not-found", { messageId = request.params.id }) end
  local told, message, code = why_message.tell(engine, id, with_payload)
  if not told then return answers.failure(message, code, { messageId = request.params.id }) end
  local body = message_view.show(told.row)
  body.requestId, body.versionNumber, body.generation = told.request_id, told.version_number, told.row.generation
  body.payload, body.story = told.payload, story_of(told.story)
  return 200, body
end

local function calls_of(calls)
  local list = {}
  for index, call in ipairs(calls) do
    list[index] = {
      at = answers.time(call.at), kind = call.kind, outcome = call.outcome, text = call.text, place = call.place,
      messageId = call.message_id and answers.id(call.message_id), requestId = call.request_id, namespace = call.namespace,
    }
  end
  return answers.array(list)
end

local function of_user(engine, request)
  local query = request.query
  for _, name in ipairs { "user", "campaign" } do
    if not query[name] or query[name] == "" then return answers.failure(name .. ": missing.", "invalid-request") end
  end
  local since = engine.clock:now() - engine.journal.keep_ms
  if query.since then
    local at, message = answers.parse_time(query.since)
    if not at then return answers.failure("since: " .. message, "invalid-request") end
    since = at
  end
  local told, message, code = why_user.tell(engine, {
    user = query.user, campaign = query.campaign, namespace = query.namespace, since = math.max(0, since),
  })
  if not told then return answers.failure(message, code, { campaignId = query.campaign, userId = query.user }) end
  return 200, {
    campaignId = query.campaign, userId = query.user, campaignStatus = told.status, since = answers.time(math.max(0, since)),
    summary = told.summary, calls = calls_of(told.calls),
  }
end

return {
  { method = "GET", path = "/messages/{id}/why", scope = "read", query = { "payload" }, handler = of_message },
  { method = "GET", path = "/why", scope = "read", query = { "user", "campaign", "namespace", "since" }, handler = of_user },
}

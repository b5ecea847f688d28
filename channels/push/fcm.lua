-- Push by Firebase Cloud Messaging, HTTP v1: POST /v1/projects/{project}/messages:send, once for each device token.
-- https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
local access = require "channels.support.google_access"
local answers = require "channels.support.answer"
local notification = require "channels.support.fcm_message"
local provider = require "provider"

local TRANSIENT = {
  UNAVAILABLE = true, INTERNAL = true, QUOTA_EXCEEDED = true, RESOURCE_EXHAUSTED = true, DEADLINE_EXCEEDED = true,
  UNAUTHENTICATED = true, PERMISSION_DENIED = true, THIRD_PARTY_AUTH_ERROR = true,
}

-- The token is dead, belongs to another project, or never was one.
local GONE = { UNREGISTERED = true, SENDER_ID_MISMATCH = true }

local function list(value)
  return type(value) == "table" and value or {}
end

-- Two kinds of details matter: FCM's own code, and which field was wrong.
local function error_of(response, tools)
  local failure = list(answers.body(response, tools).error)
  local code, about_token = failure.status, false
  for _, detail in ipairs(list(failure.details)) do
    code = detail.errorCode or code
    for _, violation in ipairs(list(detail.fieldViolations)) do
      about_token = about_token or violation.field == "message.token"
    end
  end
  local text = type(failure.message) == "string" and failure.message or response.body
  about_token = about_token or code == "INVALID_ARGUMENT" and text:find("registration token", 1, true) ~= nil
  return code or tostring(response.status), text, about_token
end

local function refusal(response, tools)
  local code, text, about_token = error_of(response, tools)
  local outcome = { code = code, answer = answers.trim(text), retry_after_ms = answers.retry_after(response.headers) }
  if GONE[code] or about_token then
    outcome.state, outcome.reason = "bounced", "hard"
  elseif TRANSIENT[code] or answers.is_transient(response.status) then
    outcome.state = "retry"
  else
    outcome.state = "failed"
  end
  return outcome
end

local function send_one(surface, token, message, bearer, tools)
  local project = surface.project_id or access.account(surface, tools).project_id
  local response, why, kind = tools.transfer:http {
    url = ("%s/v1/projects/%s/messages:send"):format(surface.url, project),
    method = "POST",
    headers = { ["authorization"] = "Bearer " .. bearer, ["content-type"] = "application/json" },
    body = tools.json.encode { message = notification.build(token, message, tools.clock:now()) },
    timeout_ms = surface.timeout_ms, ca_file = surface.ca_file,
  }
  if not response then return answers.unreachable(why, kind) end
  if response.status == 401 then access.forget(surface, tools) end
  if response.status ~= 200 then return refusal(response, tools) end
  return { state = "sent", code = "200", answer = "accepted", provider_id = answers.body(response, tools).name }
end

-- One device that got it is a delivery; else a device that may still get it is worth another attempt.
local RANK = { sent = 4, retry = 3, failed = 2, bounced = 1 }

return provider {
  name = "fcm",
  channel = "push",

  settings = {
    service_account = { type = "string", required = true },
    project_id      = { type = "string" },
    app_id          = { type = "string" },
    url             = { type = "string", default = "https://fcm.googleapis.com", pattern = "^https?://" },
    token_url       = { type = "string", pattern = "^https?://" },
    ca_file         = { type = "string" },
    timeout         = { type = "duration", default = "30 seconds" },
  },

  send = function(surface, message, tools)
    local bearer, failure = access.token(surface, tools)
    if not bearer then return failure end
    local best
    for token in message.address:gmatch "%S+" do
      local outcome = send_one(surface, token, message, bearer, tools)
      if not best or RANK[outcome.state] > RANK[best.state] then best = outcome end
    end
    return best
  end,
}

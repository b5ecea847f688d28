-- SMS by Twilio's Messages API: POST /2010-04-01/Accounts/{Sid}/Messages.json, answered 201 with the message's sid.
-- Its own error code decides (https://www.twilio.com/docs/api/errors), the HTTP status where there is none.
local answers = require "channels.support.answer"
local provider = require "provider"

-- The number cannot be reached by SMS: it is no number, no mobile, unknown to the carriers, or its owner said STOP.
local BOUNCED = { [21211] = true, [21214] = true, [21217] = true, [21610] = true, [21612] = true, [21614] = true }

-- The account's state, not the message: too many requests, a full queue, a login or sender to be put right.
local TRANSIENT = {
  [14107] = true, [20003] = true, [20005] = true, [20429] = true, [20500] = true, [20503] = true, [20504] = true,
  [21606] = true, [21611] = true, [21701] = true, [21703] = true, [30001] = true,
}

-- Twilio keeps a message in its queue between one second and ten hours.
local LONGEST_QUEUE_S = 36000

local function validity(message, now)
  if not message.expires_at then return nil end
  local left = (message.expires_at - now) // 1000
  return math.max(1, math.min(left, LONGEST_QUEUE_S))
end

local function refusal(response, tools)
  local body = answers.body(response, tools)
  local number = math.tointeger(tonumber(body.code))
  local outcome = {
    code = tostring(number or response.status),
    answer = answers.trim(type(body.message) == "string" and body.message or response.body),
    retry_after_ms = answers.retry_after(response.headers),
  }
  if BOUNCED[number] then
    outcome.state, outcome.reason = "bounced", "hard"
  elseif TRANSIENT[number] or answers.is_transient(response.status) or response.status == 401 then
    outcome.state = "retry"
  else
    outcome.state = "failed"
  end
  return outcome
end

return provider {
  name = "twilio",
  channel = "sms",

  settings = {
    url               = { type = "string", default = "https://api.twilio.com", pattern = "^https?://" },
    account_sid       = { type = "string", required = true },
    auth_token        = { type = "string", required = true },
    api_key           = { type = "string" },
    from              = { type = "string" },
    messaging_service = { type = "string" },
    status_callback   = { type = "string", pattern = "^https?://" },
    ca_file           = { type = "string" },
    timeout           = { type = "duration", default = "30 seconds" },
  },

  send = function(surface, message, tools)
    if not (surface.messaging_service or surface.from) then
      return { state = "failed", code = "no-sender", answer = "the surface has neither from nor messaging_service" }
    end
    local login = (surface.api_key or surface.account_sid) .. ":" .. surface.auth_token
    local response, why, kind = tools.transfer:http {
      url = ("%s/2010-04-01/Accounts/%s/Messages.json"):format(surface.url, surface.account_sid),
      method = "POST",
      headers = {
        ["authorization"] = "Basic " .. tools.crypto.base64(login),
        ["content-type"] = "application/x-www-form-urlencoded",
        ["accept"] = "application/json",
      },
      body = answers.form {
        To = message.address, Body = message.text,
        MessagingServiceSid = surface.messaging_service,
        From = not surface.messaging_service and surface.from or nil,
        StatusCallback = surface.status_callback,
        ValidityPeriod = validity(message, tools.clock:now()),
      },
      timeout_ms = surface.timeout_ms, ca_file = surface.ca_file,
    }
    if not response then return answers.unreachable(why, kind) end
    if response.status ~= 201 and response.status ~= 200 then return refusal(response, tools) end
    local body = answers.body(response, tools)
    return { state = "sent", code = tostring(response.status), answer = answers.trim(body.status or "accepted"), provider_id = body.sid }
  end,
}

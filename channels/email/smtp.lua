-- Email by SMTP. A 4xx answer, a lost connection and a refused login are tried again; a 5xx answer is final.
-- What a final answer means is read from its enhanced status code (RFC 3463) where there is one.
local compose = require "channels.support.compose"
local mime = require "herald.mime"
local provider = require "provider"

-- Subjects and details of RFC 3463 that speak of the mailbox or its domain: it does not exist, or takes no mail.
local GONE = {
  ["1.0"] = true, ["1.1"] = true, ["1.2"] = true, ["1.3"] = true, ["1.6"] = true, ["1.10"] = true,
  ["2.1"] = true, ["4.1"] = true, ["4.4"] = true,
}

-- RFC 5321 4.2.3: replies about a mailbox when there is no enhanced code.
local MAILBOX_REPLIES = { [550] = true, [551] = true, [553] = true, [556] = true }

local function enhanced(answer)
  return answer and answer:match "%f[%d]([245]%.%d%d?%d?%.%d%d?%d?)%f[^%d.]"
end

local function rejection(reply, answer)
  local status = enhanced(answer)
  local outcome = { code = status or reply and tostring(reply) or "rejected", answer = answer }
  if not reply or reply < 500 then
    outcome.state = "retry"
    return outcome
  end
  local detail = status and status:match "^%d%.(.+)$"
  local gone = detail and GONE[detail] or not detail and MAILBOX_REPLIES[reply]
  outcome.state, outcome.reason = "bounced", gone and "hard" or "soft"
  return outcome
end

local function sender(message)
  local from = message.from and mime.parse_address(message.from)
  return from and from.address
end

return provider {
  name = "smtp",
  channel = "email",

  settings = {
    url      = { type = "string", required = true, pattern = "^smtps?://", expected = "smtp://host:port or smtps://host:port" },
    user     = { type = "string" },
    password = { type = "string" },
    tls      = { type = "string", one_of = { "none", "opportunistic", "required" }, default = "opportunistic" },
    ca_file  = { type = "string" },
    timeout  = { type = "duration", default = "60 seconds" },
    envelope_from = { type = "string" },
    helo     = { type = "string", pattern = "^[%w%.:%[%]_-]+$", expected = "this machine's name, as the mail server shall know it" },
  },

  send = function(surface, message, tools)
    local from = surface.envelope_from or sender(message)
    if not from then
      local answer = message.from and "what from says has no address in it" or "neither the message nor the surface says from"
      return { state = "failed", code = "no-sender", answer = answer }
    end
    local bytes, fault = compose.bytes(surface, message, tools)
    if not bytes then return fault end

    local answer, failure, kind, reply = tools.transfer:smtp {
      url = surface.url, user = surface.user, password = surface.password, tls = surface.tls,
      ca_file = surface.ca_file, timeout_ms = surface.timeout_ms, helo = surface.helo,
      from = from, to = { message.address }, data = bytes,
    }
    if answer then return { state = "sent", code = tostring(answer.code), answer = answer.answer } end
    if kind == "rejected" then return rejection(reply, failure) end
    return { state = "retry", code = kind, answer = failure }
  end,
}

-- A webhook by HTTP. Any 2xx answer is a delivery; 408, 425, 429 and 5xx are tried again; the rest is final.
-- Every attempt carries the same Idempotency-Key, so that a receiver can tell a second attempt from a second message.
local answers = require "channels.support.answer"
local provider = require "provider"

-- The signature covers the time too: an old request cannot be played again.
local function sign(surface, headers, body, tools)
  if not surface.hmac_secret then return end
  local at = tostring(tools.clock:now() // 1000)
  headers["x-herald-timestamp"] = at
  headers[surface.hmac_header:lower()] = "sha256=" .. tools.crypto.hex(tools.crypto.hmac_sha256(surface.hmac_secret, at .. "." .. body))
end

local function request_headers(surface, message, tools)
  local headers = { ["content-type"] = "application/json" }
  for _, given in ipairs { surface.headers or {}, message.headers or {} } do
    for name, value in pairs(given) do headers[name:lower()] = value end
  end
  headers["idempotency-key"] = message.id
  sign(surface, headers, message.body or "", tools)
  return headers
end

return provider {
  name = "http",
  channel = "webhook",

  settings = {
    url         = { type = "string", pattern = "^[Hh][Tt][Tt][Pp][Ss]?://", expected = "a URL that begins with http:// or https://" },
    headers     = { type = "map", values = { type = "string" } },
    hmac_secret = { type = "string" },
    hmac_header = { type = "string", default = "X-Herald-Signature" },
    ca_file     = { type = "string" },
    timeout     = { type = "duration", default = "30 seconds" },
  },

  send = function(surface, message, tools)
    local url = message.url
    if not url or not url:lower():find "^https?://" then
      return {
        state = "failed", code = "invalid-url",
        answer = "the webhook's url has to begin with http:// or https://; in a template a whole URL is written {{{ }}}",
      }
    end
    local response, why, kind = tools.transfer:http {
      url = url, method = message.method, headers = request_headers(surface, message, tools), body = message.body,
      timeout_ms = surface.timeout_ms, ca_file = surface.ca_file,
    }
    if not response then return answers.unreachable(why, kind) end
    local outcome = { code = tostring(response.status), answer = answers.trim(response.body) }
    if response.status >= 200 and response.status < 300 then
      outcome.state = "sent"
    elseif answers.is_transient(response.status) then
      outcome.state, outcome.retry_after_ms = "retry", answers.retry_after(response.headers)
    else
      outcome.state = "failed"
    end
    return outcome
  end,
}

-- What a provider makes of an answer that a spec tells: an SMTP reply, an HTTP status, or a fault on the way. They end as
-- the providers that come with Herald let them end.

local M = {}

-- RFC 5321 4.2.3: replies about a mailbox, which does not take mail.
local GONE = { [550] = true, [551] = true, [553] = true, [556] = true }

local SMTP_SAYS = {
  [421] = "421 service not available", [450] = "450 mailbox unavailable", [451] = "451 local error in processing",
  [452] = "452 insufficient system storage", [550] = "550 no such mailbox", [552] = "552 mailbox full", [554] = "554 transaction failed",
}

-- What the transfer says of a request that got no answer.
local FAULTS = {
  connect = "the connection was refused", timeout = "no answer in time", tls = "the certificate does not hold",
  auth = "the login was refused", protocol = "the answer was not understood",
}

---@param reply integer 400 to 599
---@return herald.Outcome
function M.smtp(reply)
  local outcome = { code = tostring(reply), answer = SMTP_SAYS[reply] or ("%d refused"):format(reply) }
  if reply < 500 then
    outcome.state = "retry"
  else
    outcome.state, outcome.reason = "bounced", GONE[reply] and "hard" or "soft"
  end
  return outcome
end

---@param status integer 400 to 599
---@return herald.Outcome
function M.http(status)
  local is_transient = status == 401 or status == 408 or status == 425 or status == 429 or status >= 500
  return { state = is_transient and "retry" or "failed", code = tostring(status), answer = "HTTP status " .. status }
end

---@param name string
---@return herald.Outcome|nil
function M.fault(name)
  local says = FAULTS[name]
  return says and { state = "retry", code = name, answer = says }
end

---The names that fault takes, sorted.
---@return string[]
function M.faults()
  local names = {}
  for name in pairs(FAULTS) do names[#names + 1] = name end
  table.sort(names)
  return names
end

return M

-- A rendered email as the bytes that travel, the same for every provider and every attempt.
local mime = require "herald.mime"

local M = {}

local function domain_of(from)
  local address = from and mime.parse_address(from)
  return address and address.address:match "@([^@]+)$" or "localhost"
end

-- The surface's DKIM key is parsed once.
local function signer(surface, tools)
  if not surface.dkim then return nil end
  local kept = tools.cache.dkim
  if not kept then
    local key, why = tools.crypto.key(surface.dkim.key)
    if not key then return nil, why end
    kept = { domain = surface.dkim.domain, selector = surface.dkim.selector, key = key }
    tools.cache.dkim = kept
  end
  return kept
end

---The Message-ID is made of the message's own id, so that a second attempt is recognised as the same message.
---@param surface table
---@param message table
---@param tools table
---@return string|nil bytes
---@return table|nil outcome why there are none
function M.bytes(surface, message, tools)
  local dkim, fault = signer(surface, tools)
  if fault then return nil, { state = "retry", code = "invalid-dkim", answer = fault } end
  local bytes, why, code = mime.build {
    from = message.from, to = message.address, reply_to = message.reply_to, subject = message.subject,
    html = message.html, text = message.text, headers = message.headers, attachments = message.attachments,
    message_id = ("<%s@%s>"):format(message.id, domain_of(message.from)), date = message.date, dkim = dkim,
  }
  if bytes then return bytes end
  -- A signature that fails is the surface's fault: the message waits until it is put right.
  return nil, { state = code == "invalid-dkim" and "retry" or "failed", code = code or "invalid-message", answer = why }
end

return M

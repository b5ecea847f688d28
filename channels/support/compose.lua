-- A rendered email as the bytes that travel, the same for every provider and every attempt.
local mime = require "herald.mime"

local M = {}

local function domain_of(from)
  local address = from and mime.parse_address(from)
  return address and address.address:match "@([^@]+)$" or "localhost"
end

---The Message-ID is made of the message's own id, so that a second attempt is recognised as the same message.
---@param surface table
---@param message table
---@return string|nil bytes
---@return string|nil message
---@return string|nil code
function M.bytes(surface, message)
  return mime.build {
    from = message.from, to = message.address, reply_to = message.reply_to, subject = message.subject,
    html = message.html, text = message.text, headers = message.headers, attachments = message.attachments,
    message_id = ("<%s@%s>"):format(message.id, domain_of(message.from)),
    date = message.date, dkim = surface.dkim,
  }
end

return M

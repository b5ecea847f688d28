-- The email channel: which fields an email has, where a recipient is reached, what every provider of it gets.
-- A provider receives subject, html, text, from, reply_to, headers and attachments, rendered.
local mime = require "herald.mime"
local channel = require "channel"

-- RFC 5321 4.5.3.1: 64 octets before the @, 255 behind it.
local function is_address(text)
  local name, domain = text:match "^([^%s%c<>(),;:\\\"%[%]]+)@([^%s%c<>(),;:\\\"%[%]@]+)$"
  return name ~= nil and not name:find("@", 1, true) and #name <= 64 and #domain <= 255
    and not domain:find "^[.-]" and not domain:find("..", 1, true) and not domain:find "[.-]$"
    and not name:find "^%." and not name:find "%.$" and not name:find("..", 1, true)
end

-- The names that a profile may carry its address under: ours, and that of the Experience Data Model.
local function from_profile(profile)
  local personal = profile.personalEmail
  return profile.email or type(personal) == "table" and personal.address or nil
end

-- A template that rendered to nothing says nothing.
local function said(text)
  return text and text:find "%S" and text or nil
end

return channel {
  name = "email",
  namespace = "email",

  fields = {
    subject     = { type = "template", mode = "header", required = true },
    html        = { type = "template", mode = "html" },
    text        = { type = "template", mode = "text" },
    from        = { type = "template", mode = "header" },
    reply_to    = { type = "template", mode = "header" },
    headers     = { type = "map", values = { type = "template", mode = "header" } },
    attachments = { type = "array", items = { type = "table", fields = {
      name = { type = "template", mode = "header", required = true },
      type = { type = "string" },
      data = { type = "template", mode = "text", required = true },
    } } },
  },

  address = function(recipient, profile)
    local data = recipient.channelData
    local found = data and data.emailAddress or profile and from_profile(profile)
      or recipient.namespace == "email" and recipient.userId
    if type(found) ~= "string" or found == "" then return nil, "no-address" end
    if not is_address(found) then return nil, "invalid-address" end
    return found
  end,

  prepare = function(message, surface)
    message.text = message.text or message.html and mime.html_to_text(message.html)
    message.from = said(message.from) or surface.from
    message.reply_to = said(message.reply_to) or surface.reply_to
    return message
  end,
}

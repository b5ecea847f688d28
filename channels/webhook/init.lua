-- The webhook channel: the message is an HTTP request to a system of the team's own.
-- The address is who the request is about; where it goes is the message's url, or the surface's.
local channel = require "channel"

return channel {
  name = "webhook",

  fields = {
    method  = { type = "string", one_of = { "POST", "PUT", "PATCH", "GET", "DELETE" } },
    url     = { type = "template", mode = "url" },
    headers = { type = "map", values = { type = "template", mode = "header" } },
    body    = { type = "template", mode = "json" },
  },

  address = function(recipient)
    return recipient.userId
  end,

  prepare = function(message, surface)
    message.method = message.method or "POST"
    message.url = message.url or surface.url
    return message
  end,
}

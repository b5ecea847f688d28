-- Email into files: data/captured/<message id>.eml, exactly what a mail server would have got. For development.
local capture = require "channels.support.capture"
local compose = require "channels.support.compose"
local provider = require "provider"

return provider {
  name = "capture",
  channel = "email",
  settings = { directory = { type = "string" } },

  send = function(surface, message, tools)
    local bytes, fault = compose.bytes(surface, message, tools)
    if not bytes then return fault end
    return capture.write(surface, tools, message.id .. ".eml", bytes)
  end,
}

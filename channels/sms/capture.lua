-- SMS into files: data/captured/<message id>.json, the rendered fields and the address. For development.
local capture = require "channels.support.capture"
local provider = require "provider"

return provider {
  name = "capture",
  channel = "sms",
  settings = { directory = { type = "string" } },
  send = capture.write_json,
}

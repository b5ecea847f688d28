-- The webhook channel: the message is an HTTP request to a system of the team's own.
-- The address is who the request is about; where it goes is the message's url, or the surface's.
local channel = require "channel"
local payload = require "herald.payload"

local function content_type(headers)
  for name, value in pairs(headers or {}) do
    if name:lower() == "content-type" then return value:lower() end
  end
end

-- Declared as JSON, or declared as nothing and begun like it.
local function is_meant_as_json(message, surface)
  local kind = content_type(message.headers) or content_type(surface.headers)
  if kind then return kind:find "^%s*application/json" ~= nil or kind:find "^%s*application/[^%s;]*%+json" ~= nil end
  return message.body:find "^%s*[{%[]" ~= nil
end

local function json_problem(message, surface)
  if not message.body or not message.body:find "%S" or not is_meant_as_json(message, surface) then return nil end
  local parsed, why = payload.parse(message.body)
  if not parsed then return ("body: is not JSON once it is rendered: %s"):format(why) end
end

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
    local problem = json_problem(message, surface)
    if problem then return nil, problem end
    return message
  end,
}

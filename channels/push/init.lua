-- The push channel: a notification for the devices of one recipient.
-- An address is the recipient's device tokens, separated by one space: tokens themselves never hold one.
local channel = require "channel"

local NEVER = { javascript = true, vbscript = true, data = true, file = true }

local text = { type = "template", mode = "text" }

-- pushInfo is one device or a list of them: { appID, platform, token }.
local function devices(info)
  if type(info) ~= "table" then return {} end
  return info.token ~= nil and { info } or info
end

-- What a template gave in place of an integer or a link, in words; nil when all is well.
local function problem_of(message)
  local badge = message.badge
  if badge ~= nil and badge ~= "" and not (tostring(badge):find "^%s*%-?%d+%s*$" and math.tointeger(tonumber(badge))) then
    return ("badge: expected an integer once it is rendered, got %q"):format(tostring(badge))
  end
  for _, name in ipairs { "link", "image" } do
    local scheme = (message[name] or ""):gsub("[%c ]", ""):match "^(%a[%w+.-]*):"
    if scheme and NEVER[scheme:lower()] then
      return ("%s: a URL that begins with %s: runs programs and is not sent"):format(name, scheme)
    end
  end
end

return channel {
  name = "push",

  fields = {
    title        = { type = "template", mode = "text", required = true },
    body         = { type = "template", mode = "text", required = true },
    data         = { type = "map", values = text },
    badge        = { type = "any", of = { { type = "integer" }, text } },
    sound        = text,
    image        = text,
    link         = text,
    ttl          = { type = "duration" },
    priority     = { type = "string", one_of = { "normal", "high" } },
    collapse_key = text,
  },

  address = function(recipient, profile, surface)
    local data = recipient.channelData
    local info = data and data.pushInfo or profile and profile.pushInfo
    local tokens = {}
    for _, device in ipairs(devices(info)) do
      local wanted = type(device) == "table" and (not surface.app_id or device.appID == surface.app_id)
      if wanted and type(device.token) == "string" and device.token ~= "" then
        if device.token:find "[%s%c]" then return nil, "invalid-address" end
        tokens[#tokens + 1] = device.token
      end
    end
    if #tokens == 0 then return nil, "no-address" end
    return table.concat(tokens, " ")
  end,

  prepare = function(message)
    local problem = problem_of(message)
    if problem then return nil, problem end
    return message
  end,
}

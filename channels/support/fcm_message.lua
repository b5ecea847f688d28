-- A push message in the shape of FCM's HTTP v1 API: the common notification, and a block for each platform.
local window = require "herald.window"

local M = {}

local LONGEST_TTL_S = 2419200 -- four weeks

local function ttl_seconds(message, now)
  local ttl = message.ttl_ms or message.ttl and window.duration(message.ttl)
  local left = message.expires_at and math.max(0, message.expires_at - now)
  local ms = ttl and left and math.min(ttl, left) or ttl or left
  return ms and math.min(ms // 1000, LONGEST_TTL_S)
end

local function present(fields)
  return next(fields) and fields or nil
end

local function android(message, ttl)
  return present {
    ttl = ttl and ("%ds"):format(ttl),
    priority = message.priority,
    collapse_key = message.collapse_key,
    notification = present { sound = message.sound, notification_count = math.tointeger(tonumber(message.badge)) },
  }
end

local function apns(message, ttl, now)
  local high = message.priority ~= "normal"
  local expiration = ttl and (ttl == 0 and 0 or now // 1000 + ttl)
  local headers = present {
    ["apns-priority"] = message.priority and (high and "10" or "5"),
    ["apns-expiration"] = expiration and tostring(expiration),
    ["apns-collapse-id"] = message.collapse_key,
  }
  local aps = present {
    badge = math.tointeger(tonumber(message.badge)), sound = message.sound, ["mutable-content"] = message.image and 1,
  }
  return present {
    headers = headers, payload = aps and { aps = aps },
    fcm_options = message.image and { image = message.image },
  }
end

-- RFC 8030: TTL, Urgency and Topic of Web Push. A page is opened over https alone.
local function webpush(message, ttl)
  local urgency = message.priority and (message.priority == "high" and "high" or "normal")
  return present {
    headers = present { TTL = ttl and tostring(ttl), Urgency = urgency, Topic = message.collapse_key },
    fcm_options = message.link and message.link:find "^https://" and { link = message.link } or nil,
  }
end

-- Data values are strings in FCM; an app reads its link and the message's id there.
local function data_of(message)
  local data = { message_id = message.id, link = message.link }
  for name, value in pairs(message.data or {}) do data[name] = tostring(value) end
  return data
end

---@param token string
---@param message table
---@param now integer
---@return table for the API's `message`
function M.build(token, message, now)
  local ttl = ttl_seconds(message, now)
  return {
    token = token,
    notification = { title = message.title, body = message.body, image = message.image },
    data = data_of(message),
    android = android(message, ttl), apns = apns(message, ttl, now), webpush = webpush(message, ttl),
  }
end

return M

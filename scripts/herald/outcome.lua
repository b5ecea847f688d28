-- What a provider's send may answer, read so that nothing of it can harm what follows: a state that is none asks for a
-- retry, and every other field that is not as described is left out.

local shortened = require "herald.shortened"

local M = {}

local STATES = { sent = true, retry = true, failed = true, bounced = true, delivered = true }
local LONGEST = { code = 64, answer = 2000, provider_id = 255, reason = 255 }
local LONGEST_WAIT_MS = 7 * 24 * 3600 * 1000

local function text(value, most)
  if math.type(value) == "integer" then value = tostring(value) end
  return type(value) == "string" and shortened(value, most) or nil
end

local function wait(value)
  if type(value) ~= "number" or value ~= value or value < 0 then return nil end
  return math.floor(math.min(value, LONGEST_WAIT_MS))
end

---@class herald.Outcome
---@field state "sent"|"retry"|"failed"|"bounced"|"delivered"
---@field code string|nil
---@field answer string|nil
---@field provider_id string|nil
---@field reason string|nil
---@field retry_after_ms integer|nil

---@param given any
---@return herald.Outcome|nil outcome nil: it has no state
function M.read(given)
  local state = type(given) == "table" and rawget(given, "state") or nil
  if not STATES[state] then return nil end
  local outcome = { state = state, retry_after_ms = wait(rawget(given, "retry_after_ms")) }
  for name, most in pairs(LONGEST) do outcome[name] = text(rawget(given, name), most) end
  return outcome
end

return M

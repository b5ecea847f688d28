-- `once(key, duration)`: true the first time, for the whole project; trigger:once is the same for one campaign.

local durable = require "herald.primitives.durable"
local once = require "herald.once"
local script_run = require "herald.script_run"

---@param key string
---@param given string|integer words, or milliseconds
---@return boolean
return function(key, given)
  local run = script_run.need "once"
  durable.check_key(run, "once", key)
  local ms = durable.duration("once: duration", given)
  -- No campaign's id begins so: these keys are none of trigger:once.
  local is_first = once.ask(":" .. key, ms)
  return is_first
end

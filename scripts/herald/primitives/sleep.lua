-- `sleep "5 seconds"`: waits, within limits.on_trigger.time.

local duration = require "herald.primitives.duration"
local script_run = require "herald.script_run"

---@param given string|integer words, or milliseconds
return function(given)
  local run = script_run.need "sleep"
  local ms = duration(given, "sleep")
  script_run.ask(run, "sleep", given, function() run.engine.outside.sleep(math.min(ms, run.left_ms)) end)
  script_run.spend(run, ms)
end

-- `limit`: lets through so many within any span of a duration, exactly.

local durable = require "herald.primitives.durable"
local guarded = require "herald.guarded"
local script_run = require "herald.script_run"

local HIGHEST = 1000000

local function rehearse(run, question)
  local now = run.engine.clock:now()
  local free_at, message, code = run.engine.store:limit_free_at(durable.sandbox(run), question.key, question.window_ms, question.most, now)
  if message then return nil, message, code end
  if not free_at then return { taken = 1 } end
  return { taken = 0, retry_after_ms = free_at - now }
end

local function write(run, question)
  if run.options.is_rehearsal then return rehearse(run, question) end
  local change = durable.change(run, question.key)
  change.window_ms, change.most = question.window_ms, question.most
  return run.engine.store:limit_take(change)
end

local function take(key, most, duration)
  local run = script_run.need "limit.take"
  durable.check_key(run, "limit.take", key)
  if math.type(most) ~= "integer" or most < 1 or most > HIGHEST then
    error(("limit.take: most: expected a whole number from 1 to %d"):format(HIGHEST), 2)
  end
  local question = { key = key, most = most, window_ms = durable.duration("limit.take: duration", duration) }
  local answer = durable.ask(run, "limit.take", question, function() return write(run, question) end)
  if answer.taken == 1 then return true end
  return false, answer.retry_after_ms
end

return guarded.freeze("limit", { take = take })

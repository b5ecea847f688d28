-- `counter`: whole numbers that outlive the run and are added to by whoever comes, each addition once.

local durable = require "herald.primitives.durable"
local guarded = require "herald.guarded"
local script_run = require "herald.script_run"

local function get(key)
  local run = script_run.need "counter.get"
  durable.check_key(run, "counter.get", key)
  local found = durable.ask(run, "counter.get", { key = key }, function() return durable.read(run, "counter", key) end)
  return found.value or 0
end

local function rehearse(run, key, n)
  local found, message, code = durable.read(run, "counter", key)
  if not found then return nil, message, code end
  return { value = (found.value or 0) + n }
end

local function write(run, key, n, ttl_ms)
  if run.options.is_rehearsal then return rehearse(run, key, n) end
  local change = durable.change(run, key, ttl_ms)
  change.n = n
  local value, message, code = run.engine.store:counter_add(change)
  if value then return { value = value } end
  -- The world is well; the number is not.
  if code == "invalid" then return { wrong = message } end
  return nil, message, code
end

local function add(key, n, options)
  local run = script_run.need "counter.add"
  durable.check_key(run, "counter.add", key)
  if n == nil then n = 1 end
  if math.type(n) ~= "integer" then error("counter.add: n: expected a whole number", 2) end
  local ttl_ms = durable.ttl("counter.add", options)
  local answer = durable.ask(run, "counter.add", { key = key, n = n, ttl_ms = ttl_ms }, function() return write(run, key, n, ttl_ms) end)
  if answer.wrong then error("counter.add: n: " .. answer.wrong, 2) end
  return answer.value
end

return guarded.freeze("counter", { add = add, get = get })

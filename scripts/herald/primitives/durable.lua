-- What the words share that keep something in the store: their rules for keys and times, and the way there.
-- All raise at the script's line when a word calls them, and no text of theirs has a key or a value in it.

local clock = require "herald.clock"
local kept = require "herald.kept"
local script_run = require "herald.script_run"

local M = {}

---@param run herald.ScriptRun
---@param word string such as "kv.set"
---@param key any
function M.check_key(run, word, key)
  local wrong = kept.key_problem(key, run.engine.limits.kv)
  if wrong then error(("%s: %s"):format(word, wrong), 3) end
end

---@param where string such as "once: duration"
---@param given any words, or milliseconds
---@return integer ms
function M.duration(where, given)
  local ms, message = kept.milliseconds(given)
  return ms or error(("%s: %s"):format(where, message), 3)
end

---The options of a word that writes.
---@param word string
---@param options any nil, or { ttl = … }
---@return integer|nil ms
function M.ttl(word, options)
  if options == nil then return nil end
  if type(options) ~= "table" then error(word .. ": options: expected a table such as { ttl = \"1 hour\" }", 3) end
  for name in next, options do
    if name ~= "ttl" then error(("%s: unknown option '%s'"):format(word, tostring(name)), 3) end
  end
  local ttl = rawget(options, "ttl")
  if ttl == nil then return nil end
  local ms, message = kept.milliseconds(ttl)
  return ms or error(("%s: ttl: %s"):format(word, message), 3)
end

---Asks the store; the time counts as waiting.
---@param run herald.ScriptRun
---@param word string
---@param question table
---@param f fun(): table|nil, string|nil, string|nil plain data, or nil, message, code
---@return table
function M.ask(run, word, question, f)
  script_run.take_stored(run)
  local before = clock.monotonic()
  local answer, message, code = script_run.ask(run, word, question, f)
  script_run.spend(run, clock.monotonic() - before)
  if answer == nil then script_run.raise_outage(run, ("%s: %s"):format(word, message), code, 3) end
  return answer
end

---@param run herald.ScriptRun
---@return string
function M.sandbox(run)
  return run.options.sandbox or "prod"
end

---What stands in the store under a key.
---@param run herald.ScriptRun
---@param kind "kv"|"counter"
---@param key string
---@return { value: string|integer|nil }|nil found
---@return string|nil message
---@return string|nil code
function M.read(run, kind, key)
  local row, message, code = run.engine.store:kept(M.sandbox(run), kind, key, run.engine.clock:now())
  if row then return { value = row.value } end
  if code == "not-found" then return {} end
  return nil, message, code
end

---What every change of a key says.
---@param run herald.ScriptRun
---@param key string
---@param ttl_ms integer|nil
---@return table
function M.change(run, key, ttl_ms)
  local now = run.engine.clock:now()
  return {
    sandbox = M.sandbox(run), key = key, now = now, expires_at = ttl_ms and now + ttl_ms, most_keys = run.engine.limits.kv.keys,
  }
end

return M

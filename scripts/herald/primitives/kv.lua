-- `kv`: values that outlive the run, kept as JSON in the store. A write is on disk when the word returns.

local durable = require "herald.primitives.durable"
local guarded = require "herald.guarded"
local kept = require "herald.kept"
local payload = require "herald.payload"
local script_run = require "herald.script_run"

-- The JSON text of one of a word's arguments. Raises at the script's line.
local function encode(run, word, name, value)
  if value == nil then error(("%s: %s: missing; kv.delete takes a key away"):format(word, name), 3) end
  local text, wrong = kept.encode(value, run.engine.limits.kv, ("%s: %s"):format(word, name))
  return text or error(wrong, 3)
end

local function decode(text)
  return text and payload.parse(text):value(1)
end

local function get(key)
  local run = script_run.need "kv.get"
  durable.check_key(run, "kv.get", key)
  local found = durable.ask(run, "kv.get", { key = key }, function() return durable.read(run, "kv", key) end)
  return decode(found.value)
end

local function always() return true end

-- What each word that writes asks of what is there.
local CONDITIONS = {
  set = always,
  add = function(there) return there == nil end,
  replace = function(there) return there ~= nil end,
  swap = function(there, expected) return there == expected end,
}

-- What a write would have answered.
local function rehearse(run, name, key, expected)
  local found, message, code = durable.read(run, "kv", key)
  if not found then return nil, message, code end
  if CONDITIONS[name](found.value, expected) then return { done = 1 } end
  return { done = 0, value = found.value }
end

local function write(run, name, question)
  if run.options.is_rehearsal then return rehearse(run, name, question.key, question.expected) end
  local change = durable.change(run, question.key, question.ttl_ms)
  change.value, change.expected = question.value, question.expected
  local store = run.engine.store
  return store["kv_" .. name](store, change)
end

local function put(run, name, word, question)
  local answer = durable.ask(run, word, question, function() return write(run, name, question) end)
  if answer.done == 1 then return true end
  return false, decode(answer.value)
end

local function writer(name)
  local word = "kv." .. name
  return function(key, value, options)
    local run = script_run.need(word)
    durable.check_key(run, word, key)
    local text, ttl_ms = encode(run, word, "value", value), durable.ttl(word, options)
    return put(run, name, word, { key = key, value = text, ttl_ms = ttl_ms })
  end
end

local function swap(key, expected, value, options)
  local run = script_run.need "kv.swap"
  durable.check_key(run, "kv.swap", key)
  local before = expected ~= nil and encode(run, "kv.swap", "expected", expected) or nil
  local text, ttl_ms = encode(run, "kv.swap", "value", value), durable.ttl("kv.swap", options)
  return put(run, "swap", "kv.swap", { key = key, value = text, ttl_ms = ttl_ms, expected = before })
end

local function forget(run, key)
  if run.options.is_rehearsal then
    local found, message, code = durable.read(run, "kv", key)
    if not found then return nil, message, code end
    return { was_there = found.value ~= nil }
  end
  local was_there, message, code = run.engine.store:forget_kept(durable.sandbox(run), "kv", key, run.engine.clock:now())
  if was_there == nil then return nil, message, code end
  return { was_there = was_there }
end

local function delete(key)
  local run = script_run.need "kv.delete"
  durable.check_key(run, "kv.delete", key)
  local answer = durable.ask(run, "kv.delete", { key = key }, function() return forget(run, key) end)
  return answer.was_there
end

return guarded.freeze("kv", {
  get = get, set = writer "set", add = writer "add", replace = writer "replace", swap = swap, delete = delete,
})

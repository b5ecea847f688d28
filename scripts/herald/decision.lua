-- What a campaign's on_trigger sees and says: the trigger object of one recipient and the decision that
-- comes out of it. The context is read lazily from the payload's own text and only what the script
-- changed is written back, so that untouched values keep the characters they came with.

local json_rules = require "herald.json_rules"
local payload = require "herald.payload"
local shortened = require "herald.shortened"
local window = require "herald.window"

local M = {}
local methods = {}

-- trigger object -> what belongs to it and must stay out of the script's reach
local states = setmetatable({}, { __mode = "k" })

local function state_of(trigger, name)
  return states[trigger] or error(("call it as trigger:%s(…)"):format(name), 3)
end

-- function -> line -> its place
local places = setmetatable({}, { __mode = "k" })

-- Where a script's function stands: campaigns/welcome.lua:12.
local function place_of(f, line)
  local lines = places[f]
  if not lines then
    lines = { source = debug.getinfo(f, "S").source:match "^@?(.*)$" }
    places[f] = lines
  end
  local place = lines[line]
  if not place then
    place = ("%s:%d"):format(lines.source, line)
    lines[line] = place
  end
  return place
end

-- Tells the tape of a step that was taken, at the place where the word was looked up: a call in tail position has left
-- its own behind.
local function note(state, word, a, b)
  local tape = state.tape
  if tape then tape:note(word, place_of(state.caller, state.line), a, b) end
end

local MOST_REASON = 1000 -- bytes that are kept

-- Why, in the script's words.
local function reason_of(given, usual, where)
  if given == nil then return usual end
  if type(given) ~= "string" and type(given) ~= "number" then error(("%s: expected a text, got a %s"):format(where, type(given)), 3) end
  return shortened(tostring(given), MOST_REASON)
end

local function duration(text, where)
  local ms, message = window.duration(text)
  if not ms then error(("%s: %s"):format(where, message), 3) end
  return ms
end

---Accepts the call without sending; the reason stands in reports.
function methods.skip(trigger, reason)
  local state = state_of(trigger, "skip")
  state.verdict, state.reason = "skipped", reason_of(reason, "skipped", "trigger:skip")
  note(state, "skip", state.reason)
  return trigger
end

---Fails the whole call; nothing is executed.
function methods.reject(trigger, reason)
  local state = state_of(trigger, "reject")
  state.verdict, state.reason = "rejected", reason_of(reason, "rejected", "trigger:reject")
  note(state, "reject", state.reason)
  return trigger
end

---Sends the message that much later.
function methods.delay(trigger, text)
  local state = state_of(trigger, "delay")
  state.delay_ms = duration(text, "trigger:delay")
  note(state, "delay", text)
  return trigger
end

---Chooses another channel, or another surface of the same one.
function methods.via(trigger, channel, surface)
  local state = state_of(trigger, "via")
  local ok, message = state.can_go_via(channel, surface)
  if not ok then error(message, 2) end
  state.channel, state.surface = channel, surface or state.default_surface(channel)
  note(state, "via", channel, state.surface)
  return trigger
end

---True the first time this campaign asks for the key within the duration.
function methods.once(trigger, key, text)
  local state = state_of(trigger, "once")
  if type(key) ~= "string" then error("trigger:once: expected a string as the key", 2) end
  local ms = duration(text, "trigger:once")
  local is_first = state.once(key, ms)
  note(state, "once", key, is_first)
  return is_first
end

local lazy = {}

function lazy.context(state)
  state.context = state.context_raw and payload.parse(state.context_raw):value(1) or {}
  return state.context
end

function lazy.profile(state)
  return state.read_profile()
end

local metatable = { __metatable = false }

function metatable.__index(trigger, name)
  local method = methods[name]
  if method then
    local state = states[trigger]
    if state.tape then
      local info = debug.getinfo(2, "lf")
      state.caller, state.line = info.func, info.currentline
    end
    return method
  end
  local make = lazy[name]
  if not make then return nil end
  local value = make(states[trigger])
  rawset(trigger, name, value)
  return value
end

---@class herald.DecisionParts
---@field recipient table
---@field context_raw string|nil the payload's context as JSON text
---@field now integer
---@field campaign table id and title
---@field read_profile fun(): table
---@field once fun(key: string, ms: integer): boolean raises where the store does not answer
---@field can_go_via fun(channel: string, surface: string|nil): boolean, string|nil
---@field default_surface fun(channel: string): string|nil
---@field tape herald.Recording|herald.Replaying|nil hears of each step

---@param parts herald.DecisionParts
---@return table trigger
function M.new(parts)
  local trigger = setmetatable({ recipient = parts.recipient, now = parts.now, campaign = parts.campaign }, metatable)
  states[trigger] = {
    context_raw = parts.context_raw, read_profile = parts.read_profile, once = parts.once,
    can_go_via = parts.can_go_via, default_surface = parts.default_surface, tape = parts.tape,
  }
  return trigger
end

-- The script's tables are read raw: no metamethod of its own runs outside of its budget.
local function same(a, b)
  if rawequal(a, b) then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  for name, value in next, a do
    if not same(value, rawget(b, name)) then return false end
  end
  for name in next, b do
    if rawget(a, name) == nil then return false end
  end
  return true
end

local function changes(before, after)
  local changed
  for name, value in next, after do
    if not same(value, before[name]) then
      changed = changed or {}
      changed[name] = value
    end
  end
  for name in pairs(before) do
    if rawget(after, name) == nil then
      changed = changed or {}
      changed[name] = payload.null
    end
  end
  return changed
end

-- The context with what the script changed, which keeps the rules of a caller's context.
local function merge(raw, changed, most)
  if changed.system ~= nil then error("trigger.context.system: this name is reserved; choose another", 0) end
  local wrong = json_rules.check(changed, "trigger.context", most)
  if wrong then error(wrong, 0) end
  local merged = payload.merge(raw, changed)
  if #merged > most then error(("trigger.context: %d bytes; the limit is %d"):format(#merged, most), 0) end
  return merged
end

---What the script decided. Raises where the context cannot be kept.
---@param trigger table
---@param most integer bytes of the context
---@return { verdict: string|nil, reason: string|nil, delay_ms: integer|nil, channel: string|nil, surface: string|nil, context_raw: string }
function M.outcome(trigger, most)
  local state = states[trigger]
  local raw = state.context_raw or "{}"
  local context = rawget(trigger, "context")
  if context ~= nil then
    if type(context) ~= "table" then error("trigger.context: expected a table", 0) end
    local changed = changes(payload.parse(raw):value(1), context)
    if changed then raw = merge(raw, changed, most) end
  end
  return {
    verdict = state.verdict, reason = state.reason, delay_ms = state.delay_ms,
    channel = state.channel, surface = state.surface, context_raw = raw,
  }
end

return M

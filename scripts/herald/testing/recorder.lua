-- The providers of a spec: they keep every message that they are given and say that it was sent, unless they
-- were told to fail.

local window = require "herald.window"

local M = {}
local Recorder = {}
Recorder.__index = Recorder

local FAILURE = {
  surface = "string", channel = "string", times = "number", state = "string", code = "string", answer = "string", reason = "string",
  retry_after = "string", takes = "string",
}

---@param time herald.Clock
---@return herald.testing.Recorder
function M.new(time)
  return setmetatable({ clock = time, sent = {}, attempted = {}, failures = {}, decide = nil, count = 0 }, Recorder)
end

local function copy(message)
  local kept = {}
  for name, value in pairs(message) do kept[name] = value end
  kept.to = message.address
  return kept
end

-- The first failure that fits and has turns left.
local function failure_for(self, surface)
  for index, failure in ipairs(self.failures) do
    local fits = (not failure.surface or failure.surface == surface.name) and (not failure.channel or failure.channel == surface.channel)
    if fits then
      failure.times = failure.times - 1
      if failure.times == 0 then table.remove(self.failures, index) end
      return failure
    end
  end
end

local function outcome_of(self, surface, record)
  local told = failure_for(self, surface)
  if told then
    if told.takes_ms then self.clock:advance(told.takes_ms) end
    return {
      state = told.state, code = told.code, answer = told.answer, reason = told.reason, retry_after_ms = told.retry_after_ms,
    }
  end
  local decided = self.decide and self.decide(record)
  if decided then return decided end
  self.count = self.count + 1
  return { state = "sent", code = "recorded", answer = "recorded by the spec", provider_id = "spec-" .. self.count }
end

local function send(self, surface, message)
  local record = copy(message)
  record.surface, record.channel, record.at = surface.name, surface.channel, self.clock:now()
  local outcome = outcome_of(self, surface, record)
  record.outcome = outcome
  self.attempted[#self.attempted + 1] = record
  if outcome.state == "sent" or outcome.state == "delivered" then self.sent[#self.sent + 1] = record end
  return outcome
end

---Takes the place of the provider behind each surface.
---@param project table
function Recorder:attach(project)
  for _, surface in pairs(project.surfaces) do
    surface.send = function(_, message) return send(self, surface, message) end
  end
end

local function duration(failure, name)
  local text = failure[name]
  if not text then return nil end
  local ms, message = window.duration(text)
  if not ms then error(("fail_next: %s: %s"):format(name, message), 4) end
  return ms
end

---What scripts reach: waiting moves the clock, and the spec answers what is asked over HTTP.
---@return { sleep: function, spawn: function, http: function }
function Recorder:outside()
  return {
    sleep = function(ms) self.clock:advance(ms) end,
    spawn = function(f, ...) f(...) end,
    http = function(request)
      if self.answer_http then return self.answer_http(request) end
      return nil, "the spec answers no HTTP: see engine:answer_http", "unreachable"
    end,
  }
end

---Makes the next attempts fail.
---@param failure table|nil
function Recorder:fail_next(failure)
  local told = {}
  for name, value in pairs(failure or {}) do
    if not FAILURE[name] then error(("fail_next: unknown field '%s'"):format(tostring(name)), 3) end
    if type(value) ~= FAILURE[name] then error(("fail_next: %s: expected a %s"):format(name, FAILURE[name]), 3) end
    told[name] = value
  end
  told.times, told.state, told.code = told.times or 1, told.state or "retry", told.code or "spec"
  told.retry_after_ms, told.takes_ms = duration(told, "retry_after"), duration(told, "takes")
  self.failures[#self.failures + 1] = told
end

---Forgets what was recorded and told.
function Recorder:clear()
  self.sent, self.attempted, self.failures, self.decide, self.answer_http = {}, {}, {}, nil, nil
end

return M

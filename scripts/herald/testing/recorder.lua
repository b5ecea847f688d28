-- The providers of a spec: they keep every message that they are given and say that it was sent, unless they
-- were told to fail.

local failures = require "herald.testing.failures"
local http_stubs = require "herald.testing.http_stubs"
local outcomes = require "herald.testing.outcomes"

local M = {}
local Recorder = {}
Recorder.__index = Recorder

---@param time herald.Clock
---@return herald.testing.Recorder
function M.new(time)
  local recorder = setmetatable({ clock = time, stubs = http_stubs.new(time), count = 0 }, Recorder)
  recorder:clear()
  return recorder
end

-- How often this surface was given this message, with now.
local function attempt_number(self, message, surface)
  local key = tostring(message.id) .. " " .. surface.name
  self.numbers[key] = (self.numbers[key] or 0) + 1
  return self.numbers[key]
end

local function record_of(self, surface, message)
  local record = {}
  for name, value in pairs(message) do record[name] = value end
  record.to, record.surface, record.channel, record.at = message.address, surface.name, surface.channel, self.clock:now()
  record.attempt = attempt_number(self, message, surface)
  return record
end

-- A provider that is slower than its surface waits for has timed out.
local function take_time(self, surface, ms)
  local most = surface.timeout_ms
  self.clock:advance(most and math.min(ms, most) or ms)
  return most and ms >= most and outcomes.fault "timeout" or nil
end

local function copy(outcome)
  local all = {}
  for name, value in pairs(outcome) do all[name] = value end
  return all
end

local function outcome_of(self, surface, record)
  local rule = self.failures:find(record)
  local late = rule and rule.takes_ms and take_time(self, surface, rule.takes_ms)
  if late then return late end
  if rule and rule.outcome.state ~= "sent" then return copy(rule.outcome) end
  local decided = self.decide and self.decide(record)
  if decided then return decided end
  self.count = self.count + 1
  return { state = "sent", code = "recorded", answer = "recorded by the spec", provider_id = "spec-" .. self.count }
end

local function send(self, surface, message)
  local record = record_of(self, surface, message)
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

---What scripts reach: waiting moves the clock, and the spec answers what is asked over HTTP.
---@return { sleep: function, http: function }
function Recorder:outside()
  return {
    sleep = function(ms) self.clock:advance(ms) end,
    http = function(request) return self.stubs:ask(request) end,
  }
end

---Makes the next attempts fail: one, unless told how many.
---@param failure herald.testing.Failure|nil
function Recorder:fail_next(failure)
  self.failures:add("fail_next", failure, { times = 1 })
end

---Makes attempts fail from now on.
---@param failure herald.testing.Failure|nil
function Recorder:fail(failure)
  self.failures:add("fail", failure)
end

---Makes attempts succeed late.
---@param rule herald.testing.Failure takes, and which
function Recorder:slow(rule)
  local all = { state = "sent" }
  for name, value in pairs(rule) do all[name] = value end
  if not all.takes then error("slow: takes: missing; say how long, such as \"5 seconds\"", 3) end
  self.failures:add("slow", all)
end

---Makes a surface unreachable for a time.
---@param surface string
---@param from integer ms
---@param to integer ms, exclusive
---@param failure herald.testing.Failure|nil how; no connection unless told
function Recorder:outage(surface, from, to, failure)
  local all = copy(failure or { fault = "connect" })
  all.surface = surface
  self.failures:add("outage", all, { from = from, to = to })
end

---Forgets what was recorded and told.
function Recorder:clear()
  self.sent, self.attempted, self.numbers, self.decide = {}, {}, {}, nil
  self.failures = failures.new()
  self.stubs:clear()
end

return M

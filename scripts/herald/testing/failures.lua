-- What a spec has told its providers to do wrong: each rule says which attempts it is for, how often, and what becomes of
-- them. The first rule that fits an attempt decides it.

local outcomes = require "herald.testing.outcomes"
local window = require "herald.window"

local M = {}
local Failures = {}
Failures.__index = Failures

local FIELDS = {
  surface = "string", channel = "string", campaign = "string", to = "string", attempt = "number", times = "number", state = "string",
  code = "string", answer = "string", reason = "string", smtp = "number", http = "number", fault = "string", retry_after = "string",
  takes = "string",
}
local LEVEL = 5 -- from a check up to the spec: add, the recorder, the engine
local SELECTS = { "surface", "channel", "campaign", "to", "attempt" }

---@class herald.testing.Failure
---@field surface string|nil these attempts alone; the same with channel, campaign, to and attempt
---@field channel string|nil
---@field campaign string|nil
---@field to string|nil the address
---@field attempt integer|nil 1 is a message's first one by that surface
---@field times integer|nil how often
---@field smtp integer|nil the reply of a mail server, 400 to 599
---@field http integer|nil the status of an HTTP answer, 400 to 599
---@field fault "connect"|"timeout"|"tls"|"auth"|"protocol"|nil no answer at all
---@field state "retry"|"failed"|"bounced"|"sent"|"delivered"|nil
---@field code string|nil
---@field answer string|nil
---@field reason string|nil
---@field retry_after string|nil a duration
---@field takes string|nil a duration: how long the provider needs

---@return herald.testing.Failures
function M.new()
  return setmetatable({ rules = {} }, Failures)
end

local function check_fields(word, failure)
  for name, value in pairs(failure) do
    if not FIELDS[name] then error(("%s: unknown field '%s'"):format(word, tostring(name)), LEVEL) end
    if type(value) ~= FIELDS[name] then error(("%s: %s: expected a %s"):format(word, name, FIELDS[name]), LEVEL) end
  end
end

local function code_of(word, failure, name)
  local number = failure[name]
  if not number then return nil end
  if math.type(number) ~= "integer" or number < 400 or number > 599 then
    error(("%s: %s: expected a code from 400 to 599"):format(word, name), LEVEL + 1)
  end
  return outcomes[name](number)
end

local function fault_of(word, failure)
  if not failure.fault then return nil end
  return outcomes.fault(failure.fault)
    or error(("%s: fault: expected one of %s"):format(word, table.concat(outcomes.faults(), ", ")), LEVEL + 1)
end

local function duration(word, failure, name, level)
  local text = failure[name]
  if not text then return nil end
  local ms, message = window.duration(text)
  return ms or error(("%s: %s: %s"):format(word, name, message), level)
end

local function outcome_of(word, failure)
  local outcome = code_of(word, failure, "smtp") or code_of(word, failure, "http") or fault_of(word, failure)
    or { state = "retry", code = "spec" }
  for _, name in ipairs { "state", "code", "answer", "reason" } do outcome[name] = failure[name] or outcome[name] end
  outcome.retry_after_ms = duration(word, failure, "retry_after", LEVEL + 1)
  return outcome
end

---Adds a rule.
---@param word string what the spec called, for errors
---@param failure herald.testing.Failure|nil
---@param more { times: integer|nil, from: integer|nil, to: integer|nil }|nil times unless told; a period in milliseconds
function Failures:add(word, failure, more)
  failure, more = failure or {}, more or {}
  check_fields(word, failure)
  local rule = { outcome = outcome_of(word, failure), takes_ms = duration(word, failure, "takes", LEVEL) }
  for _, name in ipairs(SELECTS) do rule[name] = failure[name] end
  rule.times, rule.from, rule.until_ms = failure.times or more.times or math.huge, more.from, more.to
  self.rules[#self.rules + 1] = rule
end

local function fits(rule, attempt)
  for _, name in ipairs(SELECTS) do
    if rule[name] and rule[name] ~= attempt[name] then return false end
  end
  if rule.from and attempt.at < rule.from then return false end
  return not (rule.until_ms and attempt.at >= rule.until_ms)
end

---The rule that decides an attempt, which has one turn less then.
---@param attempt { surface: string, channel: string, campaign: string|nil, to: string, attempt: integer, at: integer }
---@return { outcome: herald.Outcome, takes_ms: integer|nil }|nil
function Failures:find(attempt)
  for index, rule in ipairs(self.rules) do
    if fits(rule, attempt) then
      rule.times = rule.times - 1
      if rule.times <= 0 then table.remove(self.rules, index) end
      return rule
    end
  end
end

return M

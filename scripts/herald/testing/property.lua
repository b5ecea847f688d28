-- What holds for every context that a campaign's declaration allows: generates such contexts, triggers the campaign with
-- each, and hands what was sent to the spec's invariant. A context that breaks it is made as small as it can be.

local generate = require "herald.testing.generate"
local payload = require "herald.payload"
local randoms = require "herald.testing.random"

local M = {}

local RUNS, SEED = 100, 1
local MOST_TRIES = 400

local OPTIONS = {
  runs = "number", seed = "number", run = "number", recipient = "function", context = "function", engine = "table",
  project = "string", now = "string", secrets = "table",
}

---@class herald.testing.CheckOptions
---@field runs integer|nil how many contexts; 100 unless told
---@field seed integer|nil of the contexts; 1 unless told
---@field run integer|nil this one alone, to repeat it
---@field recipient (fun(number: integer): table)|nil who each message is for; an address of the campaign's channel unless told
---@field context (fun(context: table, random: herald.testing.Random): table|nil)|nil changes what was generated
---@field engine herald.testing.Engine|nil the one to use; else a fresh one is made, of project, now and secrets

---@param options herald.testing.CheckOptions
---@param level integer of the caller, for errors
function M.check_options(options, level)
  for name, value in pairs(options) do
    if not OPTIONS[name] then error(("kit.check: unknown option '%s'"):format(tostring(name)), level + 1) end
    if type(value) ~= OPTIONS[name] then error(("kit.check: option '%s': expected a %s"):format(name, OPTIONS[name]), level + 1) end
  end
end

-- Somebody new for each run, so that once() and limits do not keep the message back.
local function recipient_for(definition, number)
  local mail, phone = ("run-%d@example.com"):format(number), ("+336%08d"):format(number)
  local users = { email = mail, phone = phone }
  return {
    userId = users[definition.namespace] or "run-" .. number,
    channelData = { emailAddress = mail, mobilePhoneNumber = phone, pushInfo = { appID = "app", platform = "android", token = "token-" .. number } },
  }
end

-- A campaign that chooses the email where there is no device is to be seen doing both.
local function without_device(recipient, definition, number)
  if number % 2 == 0 and definition.messages then recipient.channelData.pushInfo = nil end
  return recipient
end

local Property = {}
Property.__index = Property

local function definition_of(engine, id)
  local entry = engine.engine.registry:get(id)
  return entry and entry.live and entry.live.definition
end

---@param engine herald.testing.Engine
---@param id string
---@param invariant fun(message: table, context: table, answer: table)
---@param options herald.testing.CheckOptions
---@return table|nil property nil: there is no such campaign
function M.new(engine, id, invariant, options)
  local definition = definition_of(engine, id)
  if not definition then return nil end
  return setmetatable({
    engine = engine, id = id, invariant = invariant, options = options, definition = definition, count = 0,
    runs = options.runs or RUNS, seed = options.seed or SEED,
  }, Property)
end

local function trigger(self, context)
  self.count = self.count + 1
  local given = self.options.recipient and self.options.recipient(self.count)
    or without_device(recipient_for(self.definition, self.count), self.definition, self.count)
  given.context = next(context) ~= nil and context or payload.raw "{}"
  return self.engine:trigger(self.id, given), given
end

-- States that say that a message could not be made, whatever the campaign decided.
local BROKEN = { excluded = true, failed = true }

local function look_at(self, context)
  local before = #self.engine:delivered()
  local answer, given = trigger(self, context)
  if answer.code == "rejected-by-campaign" then return end
  if answer.status ~= 202 then error(("the call was answered %d %s: %s"):format(answer.status, answer.code or "", answer.text), 0) end
  for _, message in ipairs(answer.messages) do
    if BROKEN[message.state] then error(("the message is %s: %s"):format(message.state, message.reason or message.code or "?"), 0) end
    if message.state == "waiting" and message.attempts == 0 then
      self.invariant(assert(self.engine:preview(self.id, given)), context, answer)
    end
  end
  local delivered = self.engine:delivered()
  for index = before + 1, #delivered do self.invariant(delivered[index], context, answer) end
end

local function text_of(failure)
  if type(failure) == "table" and failure.message ~= nil then failure = failure.message end
  return tostring(failure)
end

-- nil where the context breaks nothing.
local function failure_of(self, context)
  local ok, failure = pcall(look_at, self, context)
  if not ok then return text_of(failure) end
end

local function with(context, name, value)
  local changed = {}
  for key, old in pairs(context) do changed[key] = old end
  changed[name] = nil
  if value ~= generate.MISSING then changed[name] = value end
  return changed
end

-- One simpler context that still fails.
local function simpler(self, context, tries)
  local names = {}
  for name in pairs(self.definition.context or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    if context[name] ~= nil then
      for _, value in ipairs(generate.simpler(self.definition.context[name], context[name])) do
        if tries.left == 0 then return nil end
        tries.left = tries.left - 1
        local candidate = with(context, name, value)
        local failure = failure_of(self, candidate)
        if failure then return candidate, failure end
      end
    end
  end
end

local function shrink(self, context, failure)
  local tries = { left = MOST_TRIES }
  while true do
    local smaller, because = simpler(self, context, tries)
    if not smaller then return context, failure end
    context, failure = smaller, because
  end
end

local function context_of(self, run)
  local random = randoms.new(self.seed, run)
  local context = generate.context(self.definition.context, random)
  return self.options.context and self.options.context(context, random) or context
end

local function shown(context)
  return next(context) ~= nil and payload.encode(context) or "{}"
end

---Goes through the runs.
---@return string|nil complaint about the first one that fails
function Property:complaint()
  local first, last = self.options.run or 1, self.options.run or self.runs
  for run = first, last do
    local context = context_of(self, run)
    local failure = failure_of(self, context)
    if failure then
      local smallest, because = shrink(self, context, failure)
      return ("kit.check: %s breaks with the context\n  %s\n%s\n(run %d of %d; the first one was %s)\nto repeat it alone: { seed = %d, run = %d }"):format(
        self.id, shown(smallest), because, run, self.runs, shown(context), self.seed, run)
    end
  end
end


return M

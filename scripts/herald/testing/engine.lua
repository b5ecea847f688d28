-- What a spec holds: the production engine, driven step by step. Time stands still until the spec moves it;
-- whatever falls due on the way is done at its own time and in its order.

local apps = require "herald.app"
local ids = require "herald.ids"
local json = require "herald.json"
local payload = require "herald.payload"
local requests = require "herald.testing.request"
local window = require "herald.window"

local M = {}
---@class herald.testing.Engine
local Engine = {}
Engine.__index = Engine

local WHO = { name = "spec", sandbox = "prod", scopes = { trigger = true, read = true, manage = true } }
local MOST_STEPS = 1000000

---@param engine herald.Engine
---@param recorder herald.testing.Recorder
---@param parts table what the engine was made of, closed with it
---@return herald.testing.Engine
function M.new(engine, recorder, parts)
  return setmetatable({ engine = engine, recorder = recorder, parts = parts, clock = parts.clock, store = parts.store, count = 0 }, Engine)
end

local function read_answer(status, body, headers)
  local text = type(body) == "table" and json.encode(body) or body or ""
  local value = text ~= "" and json.decode(text) or nil
  local kind = type(value) == "table" and value.type
  return {
    status = status, headers = headers or {}, text = text, body = value,
    code = type(kind) == "string" and kind:match "^urn:herald:error:(.+)$" or nil,
  }
end

-- A recipient as the API wants it; what the spec leaves out is filled in from the campaign.
local function recipient_of(self, id, given)
  local entry = self.engine.registry:get(id)
  local definition = entry and entry.live and entry.live.definition or {}
  local recipient = {}
  for name, value in pairs(given) do recipient[name] = value end
  recipient.type = recipient.type or "aep"
  recipient.namespace = recipient.namespace or definition.namespace
  return recipient
end

local function call_of(self, id, given, options)
  self.count = self.count + 1
  local recipients = {}
  for index, one in ipairs(given.recipients or { given }) do recipients[index] = recipient_of(self, id, one) end
  return {
    requestId = options.requestId or "spec-" .. self.count, campaignId = id, recipients = payload.array(recipients),
  }
end

---Triggers a campaign as a call of the API would, and does what is due at once.
---@param id string the campaign
---@param recipient table one recipient, or { recipients = { … } }; type is "aep" and namespace the campaign's unless told
---@param options { requestId: string|nil, sandbox: string|nil }|nil
---@return { status: integer, code: string|nil, body: table, headers: table, execution_id: string|nil, messages: table[]|nil }
function Engine:trigger(id, recipient, options)
  options = options or {}
  local who = WHO
  if options.sandbox then who = { name = WHO.name, sandbox = options.sandbox, scopes = WHO.scopes } end
  local answer = read_answer(self.engine:unitary(payload.encode(call_of(self, id, recipient, options)), who))
  self.engine.dispatcher:deliver_due()
  answer.execution_id = answer.body and answer.body.executionId
  answer.messages = answer.execution_id and self:messages(answer.execution_id)
  return answer
end

---Sends a request of any kind to the application: the API, or the project's own endpoints.
---@param request herald.testing.Request
---@return { status: integer, code: string|nil, body: any, text: string, headers: table }
function Engine:request(request)
  self.app = self.app or apps.new(self.engine)
  local answer = read_answer(self.app:handle(requests.new(request, payload.encode)))
  self.engine.dispatcher:deliver_due()
  return answer
end

---Reports what happened to a message, as another system does with POST /messages/{id}/events.
---@param id string the message's
---@param report herald.EventReport
---@return { status: integer, code: string|nil, body: table, text: string, headers: table }
function Engine:report(id, report)
  return self:request { method = "POST", path = "/messages/" .. id .. "/events", json = report }
end

---What the providers took, oldest first: the rendered fields, to, channel, surface, campaign, id and at.
---@return table[]
function Engine:delivered()
  return self.recorder.sent
end

---Every attempt, with the outcome that the provider gave.
---@return table[]
function Engine:attempts()
  return self.recorder.attempted
end

---Makes the next attempts fail: { times = 2, surface =, channel =, state = "retry", code =, answer =, reason =,
---retry_after = "30 seconds", takes = "5 seconds" }, all optional.
---@param failure table|nil
function Engine:fail_next(failure)
  self.recorder:fail_next(failure)
end

---Lets a function decide each attempt: it gets the message and returns an outcome, or nil for "sent".
---@param decide (fun(message: table): table|nil)|nil
function Engine:answer_with(decide)
  self.recorder.decide = decide
end

---Answers what scripts ask with `http`: the function gets url, method, headers and body, and returns { status =, headers =, body = },
---or nil, message, code. Without it nothing is reachable.
---@param answer (fun(request: table): table|nil, string|nil, string|nil)|nil
function Engine:answer_http(answer)
  self.recorder.answer_http = answer
end

---Forgets what was delivered and what the providers were told; campaigns, profiles and time stay.
function Engine:clear()
  self.recorder:clear()
end

---@return integer ms
function Engine:now()
  return self.clock:now()
end

local function step_to(self, target)
  for _ = 1, MOST_STEPS do
    local due = self.store:next_due()
    if not due or due > target then break end
    if due > self.clock:now() then self.clock:set(due) end
    if self.engine.dispatcher:deliver_due() == 0 then break end
  end
  if target > self.clock:now() then self.clock:set(target) end
end

---Moves the clock forward.
---@param text string such as "30 minutes"
function Engine:travel(text)
  local ms, message = window.duration(text)
  if not ms then error("travel: " .. message, 2) end
  step_to(self, self.clock:now() + ms)
end

---Moves the clock to a time; going back only sets it.
---@param text string RFC 3339
function Engine:travel_to(text)
  local at, message = window.parse(text)
  if not at then error("travel_to: " .. message, 2) end
  if at < self.clock:now() then self.clock:set(at) else step_to(self, at) end
end

local function shown(self, message)
  message.id, message.execution = ids.format(message.id), message.execution and ids.format(message.execution)
  message.events = self.store:events(ids.parse(message.id))
  return message
end

---One message: state, reason, attempts, provider, code, answer, its events, …
---@param id string
---@return table|nil
function Engine:message(id)
  local message = self.store:message(assert(ids.parse(id), "not a message's id: " .. tostring(id)))
  return message and shown(self, message)
end

---The messages of one execution, in the order of its recipients.
---@param execution_id string
---@return table[]
function Engine:messages(execution_id)
  local execution = assert(self.store:execution(assert(ids.parse(execution_id), "not an execution's id")))
  for _, message in ipairs(execution.messages) do shown(self, message) end
  return execution.messages
end

---Renders a campaign's message for a recipient; sends nothing.
---@return table|nil fields
---@return string|nil message
---@return string|nil code
function Engine:preview(id, recipient)
  return self.engine:preview(id, recipient or {})
end

---@return table|nil attributes
function Engine:profile(namespace, user_id)
  local profile = self.store:profile(namespace, user_id)
  return profile and json.decode(profile.attributes)
end

---Makes a profile, or replaces its attributes.
function Engine:save_profile(namespace, user_id, attributes)
  assert(self.store:save_profile {
    namespace = namespace, user_id = user_id, attributes = payload.encode(attributes), at = self.clock:now(),
  })
end

---Ends the engine; safe twice.
function Engine:close()
  local parts = self.parts
  if not parts then return end
  self.parts = nil
  parts.store:close()
  parts.transfer:close()
end

Engine.__close = Engine.close
Engine.__gc = Engine.close

return M

-- What a spec holds: the production engine, driven step by step. Time stands still until the spec moves it;
-- whatever falls due on the way is done at its own time and in its order.

local apps = require "herald.app"
local events = require "herald.testing.events"
local fail = require "herald.testing.fail"
local ids = require "herald.ids"
local json = require "herald.json"
local payload = require "herald.payload"
local requests = require "herald.testing.request"
local travel = require "herald.testing.travel"
local window = require "herald.window"

local M = {}
---@class herald.testing.Engine
local Engine = {}
Engine.__index = Engine

local WHO = { name = "spec", sandbox = "prod", scopes = { trigger = true, read = true, manage = true } }

---@param engine herald.Engine
---@param recorder herald.testing.Recorder
---@param parts table what the engine was made of, closed with it
---@return herald.testing.Engine
function M.new(engine, recorder, parts)
  return setmetatable({
    engine = engine, recorder = recorder, stubs = recorder.stubs, parts = parts, clock = parts.clock, store = parts.store, count = 0,
  }, Engine)
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

-- Does what is due at once. A script's call over HTTP that nothing was told about fails the spec in the line that led to it.
local function finish(self)
  self.engine.dispatcher:deliver_due()
  local unexpected = self.stubs:take_unexpected()
  if unexpected then fail(unexpected, 3) end
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
  finish(self)
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
  finish(self)
  return answer
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

---Makes the next attempt fail, or as many as `times` says: fail_next { smtp = 450, times = 2 }. With a state alone, or nothing,
---the code is "spec" and the state "retry".
---@param failure herald.testing.Failure|nil
function Engine:fail_next(failure)
  self.recorder:fail_next(failure)
end

---Makes attempts fail from now on: fail { to = "gone@example.com", smtp = 550 }, fail { attempt = 2, fault = "timeout" }.
---@param failure herald.testing.Failure|nil
function Engine:fail(failure)
  self.recorder:fail(failure)
end

---Makes attempts succeed late: slow { surface = "mail", takes = "5 seconds" }. Past the surface's timeout they fail.
---@param rule herald.testing.Failure
function Engine:slow(rule)
  self.recorder:slow(rule)
end

local function read(period, name, with)
  if not period[name] then return nil end
  local ms, message = with(period[name])
  return ms or error(("outage: %s: %s"):format(name, message), 4)
end

local function period_of(self, given)
  local period = given or {}
  for name in pairs(period) do
    if name ~= "from" and name ~= "to" and name ~= "lasts" then error(("outage: unknown field '%s'"):format(tostring(name)), 3) end
  end
  local from = read(period, "from", window.parse) or self.clock:now()
  local lasts = read(period, "lasts", window.duration)
  return from, lasts and from + lasts or read(period, "to", window.parse) or math.huge
end

---Makes a surface unreachable for a time: outage("mail", { from =, to = }), or { lasts = "2 hours" }; from now and for ever
---unless told. How it fails may be told too; otherwise there is no connection.
---@param surface string
---@param period { from: string|nil, to: string|nil, lasts: string|nil }|nil RFC 3339, a duration
---@param failure herald.testing.Failure|nil
function Engine:outage(surface, period, failure)
  if not self.engine.project.surfaces[surface] then error(("outage: there is no surface %q"):format(tostring(surface)), 2) end
  local from, to = period_of(self, period)
  self.recorder:outage(surface, from, to, failure)
end

---Lets a function decide each attempt: it gets the message and returns an outcome, or nil for "sent".
---@param decide (fun(message: table): table|nil)|nil
function Engine:answer_with(decide)
  self.recorder.decide = decide
end

---Tells the answer to a script's call over HTTP: http("POST", "https://api.example.com/scores/*", { status = 201, json = {} }).
---Told answers are tried in their order; one whose `times` are over makes way for the next. A function may answer, too.
---@param method string "*" for any
---@param url string with "*" for any characters
---@param answer herald.testing.HttpAnswer|(fun(request: table): table|nil, string|nil, string|nil)|nil status 200 and no body unless told
function Engine:http(method, url, answer)
  self.stubs:add(method, url, answer)
end

---The calls that scripts made over HTTP, oldest first: method, url, headers, body, json, at, and the status or fault they got.
---@return table[]
function Engine:http_calls()
  return self.stubs.calls
end

---Fails when an answer that was told to `http` was not asked for, or less often than its `times`.
function Engine:assert_stubs_used()
  local unused = self.stubs:unused()
  if #unused > 0 then fail("answers that no script asked for:\n  " .. table.concat(unused, "\n  "), 2) end
end

---Answers every call that `http` was told nothing about: the function gets url, method, headers and body, and returns
---{ status =, headers =, body = }, or nil, message, code.
---@param answer (fun(request: table): table|nil, string|nil, string|nil)|nil
function Engine:answer_http(answer)
  self.stubs.decide = answer
end

---Lets something happen to a message that was sent: "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained".
---Its events, the reports and the campaign's on_event hear of it.
---@param message table|string one of delivered(), messages() or message(), or its id
---@param kind string
---@param more { reason: string|nil, code: string|nil, details: table|nil }|nil reason "soft" for a soft bounce
function Engine:event(message, kind, more)
  local id = type(message) == "table" and message.id or message
  local found = self.store:message(assert(ids.parse(id), "event: not a message's id: " .. tostring(id)))
  if not found then error("event: there is no message " .. id, 2) end
  events.happen(self.engine, found, kind, more)
  finish(self)
end

---Forgets what was delivered, what the providers were told, and what `http` was; campaigns, profiles and time stay.
function Engine:clear()
  self.recorder:clear()
end

---@return integer ms
function Engine:now()
  return self.clock:now()
end

---Moves the clock forward.
---@param text string such as "30 minutes"
function Engine:travel(text)
  local ms, message = window.duration(text)
  if not ms then error("travel: " .. message, 2) end
  travel.to(self.engine, self.clock, self.clock:now() + ms)
  finish(self)
end

---Moves the clock to a time; going back only sets it.
---@param text string RFC 3339
function Engine:travel_to(text)
  local at, message = window.parse(text)
  if not at then error("travel_to: " .. message, 2) end
  if at < self.clock:now() then self.clock:set(at) else travel.to(self.engine, self.clock, at) end
  finish(self)
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

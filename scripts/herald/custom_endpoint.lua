-- A project's own endpoints as routes: authentication by key or HMAC, then the script's handler, metered.

local crypto = require "herald.crypto"
local endpoint_answer = require "herald.endpoint_answer"
local fault = require "herald.fault"
local json = require "herald.json"
local json_rules = require "herald.json_rules"
local once = require "herald.once"
local problem = require "herald.problem"
local script_limits = require "herald.script_limits"
local script_run = require "herald.script_run"
local secret = require "herald.secret"

local M = {}

local methods = {}

-- request object of a script -> { engine, request, who }
local states = setmetatable({}, { __mode = "k" })
local metatable = { __index = methods, __metatable = false }

local OWN_SOURCE = debug.getinfo(1, "S").source

-- Raises at the script's line that called a method. A tail call leaves none; the caller is this file then.
local function misuse(message)
  local level = debug.getinfo(3, "S").source == OWN_SOURCE and 0 or 3
  error(message, level)
end

---@return string|nil value of the header
function methods.header(request, name)
  return states[request].request:header(name)
end

---The body as a table. A body that is no JSON ends the call, and the caller is told so.
function methods.json(request)
  local state = states[request]
  local ok, value = pcall(state.request.json, state.request)
  if ok then return value end
  -- What a script raises comes back as text: the answer is kept beside it.
  state.failure = value
  misuse(type(value) == "table" and value.detail or value)
end

local MOST_CALL = 8 * 1000 * 1000

-- What is wrong with the arguments of request:trigger.
local function call_problem(id, call)
  if type(id) ~= "string" then return "expected a campaign's id" end
  if type(call) ~= "table" or type(rawget(call, "recipients")) ~= "table" then return "expected { requestId = …, recipients = { … } }" end
  for index = 1, rawlen(call.recipients) do
    if type(rawget(call.recipients, index)) ~= "table" then return ("recipients[%d]: expected a table"):format(index) end
  end
  return (json_rules.check(call, nil, MOST_CALL))
end

---Triggers a campaign as the API would.
---@param id string
---@param call { requestId: string, recipients: table[] }
---@return integer status
---@return table body
---@return table<string, string>|nil headers
function methods.trigger(request, id, call)
  local state = states[request]
  local wrong = call_problem(id, call)
  if wrong then misuse("request:trigger: " .. wrong) end
  script_run.take(script_run.need "request:trigger", "messages", rawlen(call.recipients))
  local recipients = {}
  for index = 1, rawlen(call.recipients) do
    local copy = {}
    for name, value in next, call.recipients[index] do copy[name] = value end
    copy.type = copy.type or "aep"
    recipients[index] = copy
  end
  local request_id = rawget(call, "requestId")
  if type(request_id) == "number" then request_id = tostring(request_id) end
  local body = json.encode {
    requestId = request_id, campaignId = id, recipients = json.array(recipients),
  }
  local status, answer, headers = state.engine:unitary(body, state.who)
  if type(answer) == "string" then answer = json.decode(answer) end
  return status, answer, headers
end

local authenticators = {}

-- "sha256=" may stand before a signature unless the endpoint names its own prefix.
local function signature_of(given, rules)
  if rules.prefix then
    if given:sub(1, #rules.prefix) ~= rules.prefix then return nil end
    given = given:sub(#rules.prefix + 1)
  else
    given = given:gsub("^sha256=", "")
  end
  if rules.encoding == "base64" then return crypto.unbase64(given) end
  return crypto.unhex(given:lower())
end

-- What the signature covers: the body, behind its time where the sender says one.
local function signed_text(engine, request, rules)
  if not rules.timestamp_header then return request.body end
  local text = request:header(rules.timestamp_header)
  local seconds = text and math.tointeger(tonumber(text))
  if not seconds then return nil, ("%s: expected the time in seconds since 1970"):format(rules.timestamp_header) end
  if math.abs(engine.clock:now() - seconds * 1000) > rules.tolerance_ms then
    return nil, ("%s: the time is too far from now"):format(rules.timestamp_header)
  end
  return text .. "." .. request.body
end

function authenticators.hmac(engine, request, rules)
  local text, message = signed_text(engine, request, rules)
  if not text then return nil, problem.new("authentication-failed", { detail = message }) end
  local given = request:header(rules.header)
  local signature = given and signature_of(given, rules)
  if not signature or not crypto.equal(signature, crypto.hmac_sha256(secret.reveal(rules.secret), text)) then
    return nil, problem.new("authentication-failed", {
      detail = ("%s: expected the HMAC-SHA256 of the body (%s)"):format(rules.header, rules.encoding),
    })
  end
  return { name = "endpoint", sandbox = "prod", scopes = { trigger = true } }
end

function authenticators.none()
  return { name = "endpoint", sandbox = "prod", scopes = { trigger = true } }
end

local function note_script_error(state, failure)
  local endpoint = state.endpoint
  local place = script_run.place(failure) or endpoint.file
  state.engine.notices:warn("an endpoint failed", ("%s %s"):format(endpoint.path, place), {
    endpoint = endpoint.path, request = state.request.id, at = place,
  })
end

local function failed(state, message, code)
  if script_run.is_outage(code) then return problem.new(code, { detail = message }) end
  local failure = state.failure
  if type(failure) == "table" and failure.problem then
    return problem.new(failure.problem, { detail = failure.detail })
  end
  local detail = tostring(fault.from_call(message, state.endpoint.handle))
  note_script_error(state, detail)
  return problem.new("endpoint-error", { detail = detail })
end

local function answer(handle, object)
  return endpoint_answer.read(handle(object))
end

local function make_handler(endpoint, settings)
  local rules = endpoint.authenticate
  local limits = script_limits.resolve(settings.limits, endpoint.limits, "the endpoint") -- it belongs to no campaign
  return function(engine, request)
    local who = request.who
    if not who then
      local status, body
      who, status, body = authenticators[rules.kind](engine, request, rules)
      if not who then return status, body end
    end
    local object = setmetatable({
      method = request.method, path = request.path, params = request.params, query = request.query, body = request.body,
    }, metatable)
    local state = { engine = engine, endpoint = endpoint, request = request, who = who }
    states[object] = state
    local taking = once.of_run(engine, who.sandbox)
    local options = { limits = limits, sandbox = who.sandbox, once = taking.take }
    local ok, status, body, headers = taking.finish(script_run.call(engine, options, answer, endpoint.handle, object))
    if not ok then return failed(state, status, body) end
    return status, body, headers
  end
end

---@param project table
---@return herald.Route[]
function M.routes(project)
  local routes = {}
  for _, endpoint in pairs(project.endpoints) do
    local rules = endpoint.authenticate
    routes[#routes + 1] = {
      method = endpoint.method, path = endpoint.path, scope = rules.kind == "key" and rules.scope or nil,
      takes_any_body = true, handler = make_handler(endpoint, project.settings),
    }
  end
  return routes
end

return M

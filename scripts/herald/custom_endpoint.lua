-- A project's own endpoints as routes: who calls, how often and with how much, then the script's handler, metered.

local authentication = require "herald.authentication"
local crypto = require "herald.crypto"
local endpoint_answer = require "herald.endpoint_answer"
local endpoint_rate = require "herald.endpoint_rate"
local event_report = require "herald.event_report"
local fault = require "herald.fault"
local form = require "herald.form"
local ids = require "herald.ids"
local json_rules = require "herald.json_rules"
local once = require "herald.once"
local problem = require "herald.problem"
local script_call = require "herald.script_call"
local script_limits = require "herald.script_limits"
local script_run = require "herald.script_run"

local M = {}

local MOST_EVENT = 64 * 1024
local MOST_FIELDS = 1000

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

-- Ends the call, and the caller is told why. What a script raises comes back as text: the answer is kept beside it.
local function refuse(state, failure)
  state.failure = failure
  misuse(type(failure) == "table" and failure.detail or failure)
end

---The body as a table. A body that is no JSON ends the call, and the caller is told so.
function methods.json(request)
  local state = states[request]
  local ok, value = pcall(state.request.json, state.request)
  if ok then return value end
  refuse(state, value)
end

---The body as text, which is UTF-8; any other ends the call.
---@return string
function methods.text(request)
  local state = states[request]
  local body = state.request.body
  if not utf8.len(body) then refuse(state, { problem = "invalid-request", detail = "the body is no UTF-8 text" }) end
  return body
end

---The body as the fields of a form. Of a name that comes twice the last value holds.
---@return table<string, string>
function methods.form(request)
  local state = states[request]
  local fields = form.parse(state.request.body, MOST_FIELDS)
  if not fields then refuse(state, { problem = "invalid-request", detail = ("the form has more than %d fields"):format(MOST_FIELDS) }) end
  return fields
end

---Triggers a campaign as the API would.
---@param id string
---@param call { requestId: string, recipients: table[] }
---@return integer status
---@return table body
---@return table<string, string>|nil headers
function methods.trigger(request, id, call)
  local state = states[request]
  local wrong = script_call.problem(id, call)
  if wrong then misuse("request:trigger: " .. wrong) end
  local run, body = script_run.need "request:trigger", script_call.body(id, call)
  script_run.take(run, "messages", rawlen(call.recipients))
  return script_run.ask(run, "trigger", body, function()
    return script_call.answer(script_run.whole(run, state.engine.unitary, state.engine, body, state.who))
  end)
end

local function event_problem(id, kind, details, more)
  if type(id) ~= "string" or not ids.parse(id) then return "expected a message's id" end
  if type(kind) ~= "string" then return "expected a kind such as \"delivered\"" end
  if details ~= nil and type(details) ~= "table" then return "expected a table of details" end
  if more ~= nil and type(more) ~= "table" then return "expected { id = …, at = …, reason = …, code = … }" end
  return (json_rules.check({ details = details, more = more }, nil, MOST_EVENT))
end

---Reports what happened to a message, as POST /messages/{id}/events does.
---@param id string the message's
---@param kind string
---@param details table|nil
---@param more { id: string|nil, at: string|nil, reason: string|nil, code: string|nil }|nil
---@return { recorded: boolean }|nil
---@return string|nil message
---@return string|nil code
function methods.event(request, id, kind, details, more)
  local state = states[request]
  local wrong = event_problem(id, kind, details, more)
  if wrong then misuse("request:event: " .. wrong) end
  local report = {}
  for name, value in next, more or {} do report[name] = value end
  report.kind, report.details = kind, details
  return script_run.ask(script_run.need "request:event", "event", { message = id, report = report }, function()
    return event_report.report(state.engine, ids.parse(id), report)
  end)
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

-- What may come once is taken before the handler runs. Given back where the sender should try again with the same.
local function take_once(engine, caller)
  if not caller.once then return nil end
  local now = engine.clock:now()
  local taken = once.new(engine, caller.who.sandbox, crypto.hex(crypto.random(16)))
  local is_first, message, code = taken:take(caller.once.key, caller.once.expires_at - now, now)
  if is_first then
    caller.taken = taken
  elseif is_first == nil then
    return problem.new(code == "overloaded" and code or "storage-unavailable", { detail = message })
  else
    return problem.new("authentication-failed", { detail = caller.once.detail })
  end
end

local function settle_once(engine, caller, status)
  if not caller.taken then return end
  if status >= 500 then return caller.taken:give_back() end
  local kept, message = caller.taken:keep()
  if not kept then engine.log:warn("a signature that was used is good again after a restart", { error = message }) end
end

local function run_handle(engine, endpoint, limits, request)
  local caller = request.caller
  local object = setmetatable({
    method = request.method, path = request.path, params = request.params, query = request.query, body = request.body,
    caller = caller.name, claims = caller.claims,
  }, metatable)
  local state = { engine = engine, endpoint = endpoint, request = request, who = caller.who }
  states[object] = state
  local taking = once.of_run(engine, caller.who.sandbox)
  local options = {
    limits = limits, sandbox = caller.who.sandbox, once = taking.take, endpoint = endpoint.path, request = request.id,
  }
  local ok, status, body, headers = taking.finish(script_run.call(engine, options, answer, endpoint.handle, object))
  if not ok then return failed(state, status, body) end
  return status, body, headers
end

local function make_handler(endpoint, settings)
  local rates = endpoint_rate.new(endpoint)
  local limits = script_limits.resolve(settings.limits, endpoint.limits, "the endpoint") -- it belongs to no campaign
  return function(engine, request)
    if endpoint.body and #request.body > endpoint.body then
      return problem.new("body-too-large", { detail = ("the body has %d bytes; at most %d are taken here"):format(#request.body, endpoint.body) })
    end
    local status, body, headers = rates:check(engine, request)
    if status then return status, body, headers end
    status, body = take_once(engine, request.caller)
    if status then return status, body end
    status, body, headers = run_handle(engine, endpoint, limits, request)
    settle_once(engine, request.caller, status)
    return status, body, headers
  end
end

-- The more exact path first: a text goes before {name}, and that before {name...}.
local function order_of(path)
  return path:gsub("{[^}]*%.%.%.}", "\255"):gsub("{[^}]*}", "\254")
end

local function in_order(project)
  local list = {}
  for index, endpoint in ipairs(project.endpoints) do list[index] = endpoint end
  table.sort(list, function(a, b)
    local first, second = order_of(a.path), order_of(b.path)
    if first ~= second then return first < second end
    return a.method ~= "ANY" and (b.method == "ANY" or a.method < b.method)
  end)
  return list
end

---@param project table
---@return herald.Route[]
function M.routes(project)
  local routes = {}
  for index, endpoint in ipairs(in_order(project)) do
    local rules = endpoint.authenticate
    routes[index] = {
      method = endpoint.method, path = endpoint.path, takes_any_body = true, handler = make_handler(endpoint, project.settings),
      identify = function(engine, request) return authentication.identify(engine, request, rules) end,
    }
  end
  return routes
end

---@param engine herald.Engine
---@return { method: string, path: string, most: integer }[]
function M.body_limits(engine)
  local limits = {}
  for index, endpoint in ipairs(in_order(engine.project)) do
    limits[index] = { method = endpoint.method, path = endpoint.path, most = endpoint.body or engine.settings.limits.body }
  end
  return limits
end

return M

-- A project's own endpoints as routes: authentication by key or HMAC, then the script's handler, metered.

local budget = require "herald.budget"
local crypto = require "herald.crypto"
local json = require "herald.json"
local problem = require "herald.problem"
local secret = require "herald.secret"

local M = {}

local methods = {}

-- request object of a script -> { engine, request, who }
local states = setmetatable({}, { __mode = "k" })
local metatable = { __index = methods, __metatable = false }

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
  error(type(value) == "table" and value.detail or value, 2)
end

---Triggers a campaign as the API would.
---@param id string
---@param call { requestId: string, recipients: table[] }
---@return integer status
---@return table body
function methods.trigger(request, id, call)
  local state = states[request]
  local recipients = {}
  for index, recipient in ipairs(call.recipients or {}) do
    local copy = {}
    for name, value in pairs(recipient) do copy[name] = value end
    copy.type = copy.type or "aep"
    recipients[index] = copy
  end
  local request_id = call.requestId
  if type(request_id) == "number" then request_id = tostring(request_id) end
  local body = json.encode {
    requestId = request_id, campaignId = id, recipients = json.array(recipients),
  }
  return state.engine:unitary(body, state.who)
end

local function signature_of(given)
  given = given:gsub("^%w+=", "")
  if #given == 64 and not given:find("[^%x]") then return crypto.unhex(given:lower()) end
  return crypto.unbase64(given)
end

local authenticators = {}

function authenticators.hmac(engine, request, options)
  local given = request:header(options.header)
  local expected = crypto.hmac_sha256(secret.reveal(options.secret), request.body)
  local signature = given and signature_of(given)
  if not signature or not crypto.equal(signature, expected) then
    return nil, problem.new("authentication-failed", {
      detail = ("%s: expected the HMAC-SHA256 of the body, in hex or base64"):format(options.header),
    })
  end
  return { name = "endpoint", sandbox = "prod", scopes = { trigger = true } }
end

function authenticators.none()
  return { name = "endpoint", sandbox = "prod", scopes = { trigger = true } }
end

local function script_answer(state, ok, status, body, headers)
  if not ok then
    local failure = state.failure
    if type(failure) == "table" and failure.problem then
      return problem.new(failure.problem, { detail = failure.detail })
    end
    return problem.new("script-error", { detail = tostring(status) })
  end
  if status == nil then return 200, { status = "ok" } end
  if type(status) == "table" or type(status) == "string" then return 200, status end
  return status, body, headers
end

local function make_handler(endpoint)
  local rules = endpoint.authenticate
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
    local state = { engine = engine, request = request, who = who }
    states[object] = state
    return script_answer(state, budget.run(engine.limits.on_trigger, endpoint.handle, object))
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
      handler = make_handler(endpoint),
    }
  end
  return routes
end

return M

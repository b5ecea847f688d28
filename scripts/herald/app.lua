-- The HTTP application of one Lua state: from a request's bytes to its answer. Finds the route, checks who
-- asks, runs the handler, and turns whatever happens into an answer.

local access = require "herald.access"
local crypto = require "herald.crypto"
local custom = require "herald.custom_endpoint"
local form = require "herald.form"
local json = require "herald.json"
local payload = require "herald.payload"
local problem = require "herald.problem"
local rate_limit = require "herald.rate_limit"
local router = require "herald.router"
local routes = require "herald.http.routes"

local M = {}
local App = {}
App.__index = App

local MOST_REQUEST_ID = 128

local Request = {}

local lazy = {
  query = function(request) return form.parse(request.raw:query()) end,
  body = function(request) return request.raw:body() end,
  remote = function(request) return request.raw:remote() end,
}

local methods = {}

---@param name string in lower case
---@return string|nil
function methods.header(request, name)
  return request.raw:header(name:lower())
end

---The body as a Lua table; raises a problem when it is not JSON.
function methods.json(request)
  local value, message, code = payload.parse(request.body)
  if not value then error({ problem = code or "invalid-json", detail = message }, 0) end
  return value:value(1)
end

function Request.__index(request, name)
  if methods[name] then return methods[name] end
  local make = lazy[name]
  if not make then return nil end
  local value = make(request)
  rawset(request, name, value)
  return value
end

local function trigger_routes()
  return {
    {
      method = "POST", path = "/im/executions/unitary", scope = "trigger",
      handler = function(engine, request)
        local over = engine.hand_over
        return engine:unitary(request.body, request.who, over and function() return over(request.raw) end)
      end,
    },
    { method = "GET", path = "/im/health", handler = function() return 200, { status = "ok" } end },
  }
end

---@param engine herald.Engine
---@return herald.App
function M.new(engine)
  local app = setmetatable({ engine = engine, router = router.new() }, App)
  local per_second = engine.settings.limits.rate_per_second
  if per_second then app.rate_limit = rate_limit.new { per_second = per_second, workers = engine.workers } end
  for _, route in ipairs(trigger_routes()) do app.router:add(route) end
  for _, route in ipairs(routes) do app.router:add(route) end
  for _, route in ipairs(custom.routes(engine.project)) do app.router:add(route) end
  return app
end

-- The bound is for what triggers, and not for the server's own machine.
local function check_rate(app, scope, key)
  if not app.rate_limit or scope ~= "trigger" or key.is_local then return nil end
  local taken, seconds = app.rate_limit:take(key.name, app.engine.clock:now())
  if taken then return nil end
  local status, body = problem.new("rate-limited", {
    detail = ("the key %q triggers more often than %s; try again later"):format(key.name, app.engine.settings.limits.rate),
  })
  return status, body, { ["Retry-After"] = tostring(seconds) }
end

local function wants_json(method)
  return method == "POST" or method == "PUT"
end

local function check_media_type(raw)
  local content_type = raw:header("content-type")
  if not content_type or content_type == "application/json" or raw:body() == "" then return nil end
  local media_type = (content_type:match("^%s*([^;%s]+)") or ""):lower()
  if media_type == "application/json" or media_type:match("%+json$") then return nil end
  return problem.new("unsupported-media-type", {
    detail = ("the body must be application/json, not %q"):format(media_type),
  })
end

-- A parameter that means nothing here was meant to mean something.
local function check_query(route, request)
  for name in pairs(request.query) do
    local is_known = false
    for _, known in ipairs(route.query) do is_known = is_known or known == name end
    if not is_known then
      local known = #route.query > 0 and "known are " .. table.concat(route.query, ", ") or "there are none"
      return problem.new("invalid-request", { detail = ("there is no query parameter %q here; %s"):format(name, known) })
    end
  end
end

-- What the path takes, with what is answered for it: HEAD like GET, and OPTIONS with this list.
local function all_methods(allowed)
  local list, seen = {}, {}
  local function add(name)
    if not seen[name] then list[#list + 1] = name end
    seen[name] = true
  end
  for _, name in ipairs(allowed) do
    add(name)
    if name == "GET" then add "HEAD" end
  end
  add "OPTIONS"
  return list
end

local function no_route(method, path, allowed)
  if #allowed == 0 then return problem.new("not-found", { detail = ("there is nothing at %s"):format(path) }) end
  allowed = all_methods(allowed)
  if method == "OPTIONS" then return 204, "", { Allow = table.concat(allowed, ", ") } end
  local status, body = problem.new("method-not-allowed", {
    detail = ("%s is not possible here; %s is"):format(method, table.concat(allowed, ", ")),
  })
  return status, body, { Allow = table.concat(allowed, ", ") }
end

local function check_caller(app, route, request)
  local caller, status, body, headers = route.identify(app.engine, request)
  if not caller then return status, body, headers end
  request.caller, request.who = caller, caller.who
  return check_rate(app, caller.scope, caller.who)
end

local function check_key(app, route, request)
  local key, status, body = access.identify(app.engine, request.raw, route.scope)
  if not key then return status, body end
  local refused, limited, headers = check_rate(app, route.scope, key)
  if refused then return refused, limited, headers end
  local sandbox
  sandbox, status, body = access.sandbox(request.raw)
  if not sandbox then return status, body end
  request.who = access.who(key, sandbox)
end

-- Who asks, for routes that are not for everyone; an answer where that is nobody, or too often.
local function check_access(app, route, request)
  if route.identify then return check_caller(app, route, request) end
  if route.scope then return check_key(app, route, request) end
end

local function run(app, raw, id, method, path)
  local route, params = app.router:find(method, path)
  if not route and method == "HEAD" then route, params = app.router:find("GET", path) end
  if not route then return no_route(method, path, params) end
  local request = setmetatable({ raw = raw, method = method, path = path, params = params, id = id }, Request)
  local status, body, headers = check_access(app, route, request)
  if status then return status, body, headers end
  if route.scope and not route.takes_any_body and wants_json(method) then
    status, body = check_media_type(raw)
    if status then return status, body end
  end
  if route.query then
    status, body = check_query(route, request)
    if status then return status, body end
  end
  return route.handler(app.engine, request)
end

local function on_error(failure)
  if type(failure) == "table" then return failure end
  return debug.traceback(tostring(failure), 2)
end

local function failed(app, failure, id)
  if type(failure) == "table" and failure.problem then
    return problem.new(failure.problem, { detail = failure.detail, additional = failure.additional })
  end
  app.engine.log:error("a request failed inside", { request = id, error = tostring(failure) })
  return problem.new("internal-error", { detail = "the log tells more under this request's id", additional = { request = id } })
end

-- Another one for each request of all states; it tells requests apart and nothing else.
local last_id = string.unpack(">i8", crypto.random(8))

local function request_id(raw)
  local given = raw:header("x-request-id")
  if given and #given <= MOST_REQUEST_ID and not given:find("[^\x21-\x7e]") then return given end
  last_id = last_id + 1
  return ("%016x"):format(last_id)
end

-- A path may name a recipient: the log gets the answer's code and the request's id.
local function note_failure(app, id, method, status, body)
  local code = problem.code(body)
  app.engine.notices:warn("a request was answered with " .. status, code or "", { request = id, method = method, status = status, code = code })
end

local CONTENT_TYPE = "application/json; charset=utf-8"

-- The answer as the listener takes it.
local function finish(app, raw, id, status, body, headers)
  if not status then return nil end
  if status >= 500 then note_failure(app, id, raw:method(), status, body) end
  local result = { ["x-request-id"] = id, ["Content-Type"] = CONTENT_TYPE }
  if headers then
    for name, value in pairs(headers) do result[name] = value end
  end
  if (status == 503 or status == 429) and not result["Retry-After"] then result["Retry-After"] = "1" end
  if type(body) == "table" then body = json.encode(body) end
  return status, body or "", result
end

local function answer(app, raw, id)
  return finish(app, raw, id, run(app, raw, id, raw:method(), raw:path()))
end

---How large the bodies may be that the project's endpoints take, for the listener: the more exact paths first.
---@return { method: string, path: string, most: integer }[]
function App:body_limits()
  return custom.body_limits(self.engine)
end

---Answers one request; never raises.
---@param raw table the listener's request, or a stand-in with its methods
---@return integer|nil status nil: another state answers
---@return string|nil body
---@return table<string, string>|nil headers
function App:handle(raw)
  local id = request_id(raw)
  local ok, status, body, headers = xpcall(answer, on_error, self, raw, id)
  if ok then return status, body, headers end
  return finish(self, raw, id, failed(self, status, id))
end

---The answer instead of one that could not be given.
---@param raw table
---@param failure any what was raised
---@return integer status
---@return string body
---@return table<string, string> headers
function App:failure(raw, failure)
  local id = request_id(raw)
  return finish(self, raw, id, failed(self, failure, id))
end

return M

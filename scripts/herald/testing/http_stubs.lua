-- What scripts reach with `http` in a spec: the answers that the spec has told, in the order in which it told them. A call
-- that nothing was told about is remembered, and fails the spec.

local json = require "herald.json"
local outcomes = require "herald.testing.outcomes"
local payload = require "herald.payload"
local window = require "herald.window"

local M = {}
local Stubs = {}
Stubs.__index = Stubs

local FIELDS = {
  status = "number", headers = "table", body = "string", json = "any", takes = "string", times = "number", fault = "string",
}

---@class herald.testing.HttpAnswer
---@field status integer|nil 200 unless told
---@field headers table<string, string>|nil
---@field body string|nil
---@field json any|nil the body as a Lua value
---@field takes string|nil a duration: how long the answer needs; past the call's timeout there is none
---@field times integer|nil how often; ever again unless told
---@field fault "connect"|"timeout"|"tls"|"auth"|"protocol"|nil no answer at all

---@param time herald.Clock
---@return herald.testing.HttpStubs
function M.new(time)
  return setmetatable({ clock = time, stubs = {}, calls = {}, unexpected = {}, decide = nil }, Stubs)
end

local function check(answer)
  for name, value in pairs(answer) do
    local expected = FIELDS[name]
    if not expected then error(("http: unknown field '%s'"):format(tostring(name)), 5) end
    if expected ~= "any" and type(value) ~= expected then error(("http: %s: expected a %s"):format(name, expected), 5) end
  end
  if answer.fault and not outcomes.fault(answer.fault) then
    error(("http: fault: expected one of %s"):format(table.concat(outcomes.faults(), ", ")), 5)
  end
end

-- "*" stands for any characters.
local function pattern_of(url)
  return "^" .. url:gsub("[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0"):gsub("%*", ".*") .. "$"
end

local function takes_ms(text)
  if not text then return 0 end
  local ms, message = window.duration(text)
  return ms or error("http: takes: " .. message, 5)
end

local function response_of(answer)
  local headers = {}
  for name, value in pairs(answer.headers or {}) do headers[name:lower()] = value end
  if answer.json == nil then return { status = answer.status or 200, headers = headers, body = answer.body or "" } end
  headers["content-type"] = headers["content-type"] or "application/json"
  return { status = answer.status or 200, headers = headers, body = payload.encode(answer.json) }
end

---Tells an answer.
---@param method string "*" for any
---@param url string with "*" for any characters
---@param answer herald.testing.HttpAnswer|(fun(request: table): table|nil, string|nil, string|nil)|nil
function Stubs:add(method, url, answer)
  local stub = { method = method:upper(), url = url, pattern = pattern_of(url), used = 0, left = math.huge, takes_ms = 0 }
  if type(answer) == "function" then
    stub.decide = answer
  else
    answer = answer or {}
    check(answer)
    stub.left, stub.takes_ms, stub.fault = answer.times or math.huge, takes_ms(answer.takes), answer.fault and outcomes.fault(answer.fault)
    stub.least, stub.response = answer.times or 1, response_of(answer)
  end
  self.stubs[#self.stubs + 1] = stub
end

local function find(self, request)
  for _, stub in ipairs(self.stubs) do
    if stub.left > 0 and (stub.method == "*" or stub.method == request.method) and request.url:find(stub.pattern) then return stub end
  end
end

local function answer_by(self, stub, request)
  stub.used, stub.left = stub.used + 1, stub.left - 1
  local most = request.timeout_ms or math.huge
  self.clock:advance(math.floor(math.min(stub.takes_ms, most)))
  local fault = stub.takes_ms >= most and outcomes.fault "timeout" or stub.fault
  if fault then return nil, fault.answer, fault.code end
  if stub.decide then return stub.decide(request) end
  return stub.response
end

-- How many characters two texts have in common from their beginning.
local function common(a, b)
  local count = 0
  while count < #a and a:byte(count + 1) == b:byte(count + 1) do count = count + 1 end
  return count
end

local function nearest(self, request)
  local best, most = nil, -1
  for _, stub in ipairs(self.stubs) do
    local likeness = common(stub.url, request.url) + (stub.method == request.method and 1 or 0)
    if likeness > most then best, most = stub, likeness end
  end
  return best
end

local function complaint(self, request)
  local call = request.method .. " " .. request.url
  local stub = nearest(self, request)
  local advice = ("tell an answer with engine:http(%q, %q, { … })"):format(request.method, request.url)
  if not stub then return ("unexpected HTTP call: %s; no answer was told: %s"):format(call, advice) end
  local why = stub.left <= 0 and (", which was used up after %d calls"):format(stub.used) or ""
  return ("unexpected HTTP call: %s; the nearest answer is for %s %s%s; %s"):format(call, stub.method, stub.url, why, advice)
end

local function answer(self, request)
  local stub = find(self, request)
  if stub then return answer_by(self, stub, request) end
  if self.decide then return self.decide(request) end
  local message = complaint(self, request)
  self.unexpected[#self.unexpected + 1] = message
  return nil, message, "unreachable"
end

---Answers a script's call.
---@param request { url: string, method: string, headers: table, body: string|nil, timeout_ms: integer|nil }
---@return table|nil response
---@return string|nil message
---@return string|nil code
function Stubs:ask(request)
  local call = {
    method = request.method, url = request.url, headers = request.headers, body = request.body, at = self.clock:now(),
    json = request.body and json.decode(request.body) or nil,
  }
  self.calls[#self.calls + 1] = call
  local response, message, code = answer(self, request)
  call.status, call.fault = response and response.status, code
  return response, message, code
end

---The first call that nothing was told about, once.
---@return string|nil
function Stubs:take_unexpected()
  local first = self.unexpected[1]
  self.unexpected = {}
  return first
end

---What was told and not, or not as often as told, asked for.
---@return string[]
function Stubs:unused()
  local list = {}
  for _, stub in ipairs(self.stubs) do
    local least = stub.least or 1
    if stub.used < least then
      list[#list + 1] = ("%s %s: used %d times of %d"):format(stub.method, stub.url, stub.used, least)
    end
  end
  return list
end

---Forgets what was told and asked.
function Stubs:clear()
  self.stubs, self.calls, self.unexpected, self.decide = {}, {}, {}, nil
end

return M

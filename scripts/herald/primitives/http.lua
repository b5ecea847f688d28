-- `http`: a question to another system. It counts against the run's limits of requests, its wait against that of time.

local clock = require "herald.clock"
local duration = require "herald.primitives.duration"
local guarded = require "herald.guarded"
local payload = require "herald.payload"
local script_run = require "herald.script_run"

local OPTIONS = { url = "string", method = "string", headers = "table", body = "string or table", timeout = "string or number" }
local TIMEOUT_MS = 5000
local READS = { GET = true, HEAD = true }

local function check_options(options)
  if type(options) ~= "table" then error("http: expected a table", 3) end
  for name, value in next, options do
    local expected = OPTIONS[name]
    if not expected then error(("http: unknown field '%s'"):format(tostring(name)), 3) end
    if not expected:find(type(value), 1, true) then error(("http: %s: expected a %s"):format(name, expected), 3) end
  end
  if not rawget(options, "url") then error("http: url: missing", 3) end
end

local function plain_headers(given)
  local headers = {}
  for name, value in next, given or {} do
    if type(name) ~= "string" or type(value) ~= "string" then error("http: headers: expected strings", 4) end
    headers[name] = value
  end
  return headers
end

-- A table as the body goes as JSON.
local function request_of(options, timeout_ms)
  local body, headers = rawget(options, "body"), plain_headers(rawget(options, "headers"))
  if type(body) == "table" then
    body = payload.encode(body)
    headers["Content-Type"] = headers["Content-Type"] or "application/json"
  end
  return {
    url = rawget(options, "url"), method = rawget(options, "method") or body and "POST" or "GET", headers = headers, body = body,
    timeout_ms = timeout_ms,
  }
end

local answers = {}
answers.__index = answers
answers.__metatable = false

---The answer's body as a table.
function answers.json(answer)
  local doc, message = payload.parse(answer.body)
  if not doc then error("http: the answer is no JSON: " .. message, 2) end
  return doc:value(1)
end

-- The clock that counts the wait never jumps; the one of a spec stands still meanwhile.
local function request(options)
  local run = script_run.need "http"
  check_options(options)
  local timeout_ms = duration(rawget(options, "timeout") or TIMEOUT_MS, "http: timeout")
  local asked = request_of(options, math.max(1, math.min(timeout_ms, run.left_ms)))
  if run.options.is_rehearsal and not READS[asked.method] then return nil, "a preview asks with GET alone", "held-back" end
  script_run.take(run, "requests", 1)
  local before = clock.monotonic()
  local answer, message, code = script_run.ask(run, "http", asked, function() return run.engine.outside.http(asked) end)
  script_run.spend(run, clock.monotonic() - before)
  if not answer then return nil, message, code end
  return setmetatable({ status = answer.status, headers = answer.headers or {}, body = answer.body or "" }, answers)
end

local function with_method(method)
  return function(url, options)
    local all = { url = url, method = method }
    for name, value in next, options or {} do all[name] = value end
    return request(all)
  end
end

return guarded.freeze("http", { request = request, get = with_method "GET", post = with_method "POST" })

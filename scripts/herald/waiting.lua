-- The words with which a script waits: `sleep "5 seconds"`, and `http` for a question to another system. They are
-- there while on_trigger, on_event or an endpoint's handle runs, and count against limits.on_trigger.time.

local clock = require "herald.clock"
local guarded = require "herald.guarded"
local payload = require "herald.payload"
local script_run = require "herald.script_run"
local window = require "herald.window"

local M = {}

local OPTIONS = { url = "string", method = "string", headers = "table", body = "string or table", timeout = "string or number" }
local TIMEOUT_MS = 5000
local READS = { GET = true, HEAD = true }

local function run_of(word)
  return script_run.current() or error(word .. ": only while on_trigger, on_event or an endpoint's handle runs", 3)
end

-- Milliseconds, from a number of them or from words.
local function duration(given, word)
  if math.type(given) == "integer" and given >= 0 then return given end
  local ms, message = window.duration(given)
  return ms or error(("%s: %s"):format(word, message), 3)
end

local function sleep(given)
  local run = run_of "sleep"
  local ms = duration(given, "sleep")
  run.engine.outside.sleep(math.min(ms, run.left_ms))
  script_run.spend(run, ms)
end

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
  local run = run_of "http"
  check_options(options)
  local timeout_ms = duration(rawget(options, "timeout") or TIMEOUT_MS, "http: timeout")
  local asked = request_of(options, math.max(1, math.min(timeout_ms, run.left_ms)))
  if run.is_rehearsal and not READS[asked.method] then return nil, "a preview asks with GET alone", "held-back" end
  local before = clock.monotonic()
  local answer, message, code = run.engine.outside.http(asked)
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

---What scripts find as globals.
---@return table<string, any>
function M.words()
  return { sleep = sleep, http = guarded.freeze("http", { request = request, get = with_method "GET", post = with_method "POST" }) }
end

return M

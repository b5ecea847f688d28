-- `http`: a question to another system. It counts against the run's limits of requests, its wait against that of time.

local clock = require "herald.clock"
local guarded = require "herald.guarded"
local http_request = require "herald.primitives.http_request"
local payload = require "herald.payload"
local random_stream = require "herald.random_stream"
local script_run = require "herald.script_run"
local transfer = require "herald.transfer"

local READS = { GET = true, HEAD = true }
local AGAIN = { connect = true, timeout = true } -- codes of no answer at all
local REDIRECTS = { [301] = true, [302] = true, [303] = true, [307] = true, [308] = true }

local answers = {}
answers.__index = answers
answers.__metatable = false

---The answer's body as a table.
function answers.json(answer)
  local doc, message = payload.parse(answer.body)
  if not doc then error("http: the answer is no JSON: " .. message, 2) end
  return doc:value(1)
end

local function copy(fields)
  local all = {}
  for name, value in pairs(fields) do all[name] = value end
  return all
end

-- One request. The clock that counts the wait never jumps; the one of a spec stands still meanwhile.
local function ask(run, call)
  script_run.take(run, "requests", 1)
  local request = copy(call.request)
  request.timeout_ms = math.max(1, math.min(request.timeout_ms, run.left_ms))
  local shown = copy(request)
  shown.headers, shown.tls = call.shown, nil
  local before = clock.monotonic()
  local answer, message, code = script_run.ask(run, "http", shown, function() return run.engine.outside.http(request) end)
  script_run.spend(run, clock.monotonic() - before)
  return answer, message, code
end

-- How long to wait before the next attempt; nil where there is none, or no time for it.
local function pause(run, call, attempt, answer, code)
  local retries = call.retries
  if not retries or attempt > retries.times then return nil end
  if answer and not retries.on[answer.status] or not answer and not AGAIN[code] then return nil end
  local ms = math.min(retries.most_ms, retries.first_ms << (attempt - 1))
  ms = math.floor(ms * (0.5 + random_stream.of(run, "retry"):number() / 2))
  local told = answer and answer.headers and tonumber(answer.headers["retry-after"])
  if told then ms = math.max(ms, math.tointeger(math.ceil(told * 1000)) or math.maxinteger) end
  return ms < run.left_ms and ms or nil
end

local function ask_again(run, call)
  local attempt = 1
  while true do
    local answer, message, code = ask(run, call)
    local ms = pause(run, call, attempt, answer, code)
    if not ms then return answer, message, code end
    script_run.ask(run, "sleep", ms, function() run.engine.outside.sleep(ms) end)
    script_run.spend(run, ms)
    attempt = attempt + 1
  end
end

local function origin(url)
  return url:lower():match "^https?://[^/?#]+"
end

local function without(headers, is_dropped)
  local left = {}
  for name, value in pairs(headers) do
    if not is_dropped(name:lower(), name) then left[name] = value end
  end
  return left
end

local PRIVATE = { authorization = true, cookie = true, ["proxy-authorization"] = true }

-- The next request of a redirect. Another system gets neither secrets nor the client's certificate.
local function follow(call, answer)
  local request, shown = copy(call.request), call.shown
  local url = transfer.resolve(request.url, answer.headers.location)
  if not url then return nil, "the redirect leads to no http or https URL" end
  if request.url:lower():find "^https:" and not url:lower():find "^https:" then return nil, "the redirect leads from https to http" end
  if origin(url) ~= origin(request.url) then
    local function is_private(lower, name) return PRIVATE[lower] or shown[name] ~= request.headers[name] end
    request.headers, shown, request.tls = without(request.headers, is_private), without(shown, is_private), nil
  end
  if answer.status == 303 and request.method ~= "HEAD" or answer.status < 303 and request.method == "POST" then
    local function is_of_body(lower) return lower == "content-type" end
    request.method, request.body = "GET", nil
    request.headers, shown = without(request.headers, is_of_body), without(shown, is_of_body)
  end
  request.url = url
  return { request = request, shown = shown, retries = call.retries, redirects = call.redirects - 1 }
end

local function ask_and_follow(run, call)
  local most = call.redirects
  while true do
    local answer, message, code = ask_again(run, call)
    if not answer then return nil, message, code end
    answer = { status = answer.status, headers = answer.headers or {}, body = answer.body or "" }
    if most == 0 or not REDIRECTS[answer.status] or not answer.headers.location then return answer end
    if call.redirects == 0 then return nil, ("more than %d redirects"):format(most), "redirects" end
    local next_call, reason = follow(call, answer)
    if not next_call then return nil, reason, "redirects" end
    call = next_call
  end
end

local function request(options, level)
  local run = script_run.need "http"
  local call = http_request.read(options, level)
  if run.options.is_rehearsal and not READS[call.request.method] then return nil, "a preview asks with GET alone", "held-back" end
  local answer, message, code = ask_and_follow(run, call)
  if not answer then return nil, message, code end
  return setmetatable(answer, answers)
end

local function with_method(method)
  return function(url, options)
    if options ~= nil and type(options) ~= "table" then error("http: expected a table of options", 2) end
    local all = { url = url, method = method }
    for name, value in next, options or {} do all[name] = value end
    return request(all, 3)
  end
end

return guarded.freeze("http", {
  request = function(options) return request(options, 3) end,
  get = with_method "GET", post = with_method "POST", put = with_method "PUT", patch = with_method "PATCH", delete = with_method "DELETE",
})

-- Endpoints that operate the daemon: audit log, status, metrics, backup, and the description of this API. What only the
-- daemon can do it hands to the engine as functions.

local answers = require "herald.http.answers"
local daemon_answers = require "herald.http.daemon_answers"
local metrics = require "herald.metrics"
local payload = require "herald.payload"
local views = require "herald.http.campaign_view"

local function audit(engine, request)
  local limit, status, wrong = answers.query_integer(request, "limit", 100, 1000)
  if not limit then return status, wrong end
  local before
  if request.query.before then
    before, status, wrong = answers.query_integer(request, "before", nil, math.maxinteger)
    if not before then return status, wrong end
  end
  local rows, message, code = engine.store:audit { campaign = request.query.campaign, limit = limit, before = before }
  if not rows then return answers.failure(message, code) end
  local entries = {}
  for index, row in ipairs(rows) do
    entries[index] = {
      id = row.id, at = answers.time(row.at), by = row.by, action = row.action, campaignId = row.campaign,
      detail = row.detail and payload.raw(row.detail) or nil,
    }
  end
  return 200, { entries = answers.array(entries), next = #rows == limit and rows[#rows].id or nil }
end

local texts, control = daemon_answers.texts, daemon_answers.control

-- By the status that is shown: the clock decides between scheduled, live and completed.
local function count_statuses(engine)
  local records, message, code = engine.store:campaigns {}
  if not records then return nil, message, code end
  local counts = {}
  for _, record in ipairs(records) do
    local shown = views.status(engine, record)
    counts[shown] = (counts[shown] or 0) + 1
  end
  return counts
end

-- The campaigns that are parked; nil when there are none.
local function parked(engine)
  local list = {}
  for index, row in ipairs(engine.parking:list()) do
    list[index] = views.parked(row)
    list[index].campaignId = row.campaign
  end
  return list[1] and answers.array(list)
end

local function show_canary(body)
  local running, last = body.canary, body.lastCanary
  if running then
    body.canary = {
      generation = running.generation, percent = running.percent, by = running.by, endsAt = answers.time(math.tointeger(running.ends_at)),
      triggers = running.triggers, triggersBeside = running.triggers_beside,
    }
  end
  if last then
    body.lastCanary = {
      generation = last.generation, outcome = last.outcome, at = answers.time(math.tointeger(last.at)), by = last.by, reason = last.reason,
    }
  end
end

local function status(engine)
  local stats, message, code = engine.store:stats()
  if not stats then return answers.failure(message, code) end
  local campaigns, failure, failure_code = count_statuses(engine)
  if not campaigns then return answers.failure(failure, failure_code) end
  local body = {
    status = "ok", version = engine.version, generation = engine.generation, now = answers.time(engine.clock:now()),
    outbox = stats, campaigns = campaigns, parked = parked(engine),
  }
  local own = control(engine, "status")
  for name, value in pairs(own and own() or {}) do body[name] = value end
  body.startedAt = answers.time(body.startedAt)
  show_canary(body)
  body.shadow = body.shadow and daemon_answers.shadow(body.shadow)
  local refused = body.lastReloadFailure
  if refused then body.lastReloadFailure = { at = answers.time(refused.at), by = refused.by, errors = texts(refused.errors) } end
  return 200, body
end

local function scrape(engine)
  local own = control(engine, "metrics")
  local families, message, code = metrics.collect {
    store = engine.store, now = engine.clock:now(), parked = engine.parking:list(), version = engine.version, host = own and own() or nil,
    tally = engine.tally,
  }
  if not families then return answers.failure(message, code) end
  return 200, metrics.format(families), { ["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8" }
end

-- Writes a file of the server's machine: only for who could write it there anyway.
local function backup(engine, request)
  if not (request.who and request.who.is_local) then
    return answers.failure("A backup is asked for over the unix socket, whatever the key: run `herald backup FILE` on the server's own machine.",
      "local-only")
  end
  local data, wrong_status, wrong = answers.object(request, { file = "string", overwrite = "boolean" })
  if not data then return wrong_status, wrong end
  if not data.file or data.file:sub(1, 1) ~= "/" then
    return answers.failure("file: expected an absolute path.", "invalid-request")
  end
  local done, message, code = engine.store:backup(data.file, data.overwrite)
  if code == "conflict" then message = message .. ": give the backup another name, or replace it with --force (overwrite in the API)" end
  if not done then return answers.failure(message, code == "invalid" and "invalid-request" or code) end
  return 200, { file = data.file }
end

-- The description of this API, which does not change while the server runs.
local described

local function read_description()
  local here = package.searchpath("herald.http.system", package.path)
  local scripts = here and here:match("^(.*)herald/http/system%.lua$")
  for _, place in ipairs { "../docs/openapi.json", "../openapi.json", "openapi.json" } do
    local file <close> = scripts and io.open(scripts .. place, "r")
    if file then return file:read("a") end
  end
end

local function description()
  described = described or read_description()
  if described then return 200, described, { ["Content-Type"] = "application/json" } end
  return answers.failure("The description of this API was not installed beside the scripts.", "not-found")
end

return {
  { method = "GET", path = "/audit", scope = "read", query = { "campaign", "limit", "before" }, handler = audit },
  { method = "GET", path = "/status", scope = "read", handler = status },
  { method = "GET", path = "/metrics", scope = "read", handler = scrape },
  { method = "POST", path = "/backup", scope = "manage", handler = backup },
  { method = "GET", path = "/openapi.json", scope = nil, handler = description },
}

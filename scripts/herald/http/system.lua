-- Endpoints that operate the daemon: audit log, reload, generations, status, metrics, backup, and the
-- description of this API. What only the daemon can do it hands to the engine as functions.

local answers = require "herald.http.answers"
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

-- Errors of a check as strings: they name the file and the field themselves.
local function texts(errors)
  local list = {}
  for index, entry in ipairs(errors or {}) do list[index] = tostring(entry) end
  return answers.array(list)
end

local NO_DAEMON = "This needs the running daemon: start it with `herald serve`."

-- What only the daemon can do, nil without one.
local function control(engine, name)
  return engine.control and engine.control[name]
end

-- The daemon answers with the generation that is in force now, or says why the old one stays.
local function switch(name)
  return function(engine, request)
    local run = control(engine, name)
    if not run then return answers.failure(NO_DAEMON, "conflict") end
    local result, message, code, errors = run(answers.by(request))
    if result then return 200, type(result) == "table" and result or { generation = math.tointeger(result) or result } end
    local status, body = answers.failure(message, code or "check-failed")
    body.errors = texts(errors)
    return status, body
  end
end

local function generations(engine)
  local list = control(engine, "generations")
  if not list then return answers.failure(NO_DAEMON, "conflict") end
  local found, message, code = list()
  if not found then return answers.failure(message, code) end
  local listed = {}
  for index, entry in ipairs(found) do
    listed[index] = {
      number = entry.number, loadedAt = answers.time(entry.loaded_at), loadedBy = entry.loaded_by,
      current = entry.current or false, campaigns = entry.campaigns,
    }
  end
  return 200, { generations = answers.array(listed) }
end

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
  local refused = body.lastReloadFailure
  if refused then body.lastReloadFailure = { at = answers.time(refused.at), by = refused.by, errors = texts(refused.errors) } end
  return 200, body
end

local function scrape(engine)
  local own = control(engine, "metrics")
  local families, message, code = metrics.collect {
    store = engine.store, now = engine.clock:now(), parked = engine.parking:list(), version = engine.version, host = own and own() or nil,
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
  { method = "POST", path = "/reload", scope = "manage", handler = switch "reload" },
  { method = "GET", path = "/generations", scope = "read", handler = generations },
  { method = "POST", path = "/rollback", scope = "manage", handler = switch "rollback" },
  { method = "GET", path = "/status", scope = "read", handler = status },
  { method = "GET", path = "/metrics", scope = "read", handler = scrape },
  { method = "POST", path = "/backup", scope = "manage", handler = backup },
  { method = "GET", path = "/openapi.json", scope = nil, handler = description },
}

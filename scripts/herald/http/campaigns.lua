-- Endpoints of the campaigns: list, show, write a data-only definition, review, and the lifecycle.

local answers = require "herald.http.answers"
local campaign = require "herald.campaign"
local lifecycle = require "herald.lifecycle"
local reviews = require "herald.review"
local views = require "herald.http.campaign_view"

local function list(engine, request)
  local records, message, code = engine.store:campaigns {}
  if not records then return answers.failure(message, code) end
  local wanted = request.query.status
  local found = {}
  for _, record in ipairs(records) do
    local summary = views.summary(engine, record)
    if not wanted or summary.status == wanted then found[#found + 1] = summary end
  end
  table.sort(found, function(a, b) return a.id < b.id end)
  return 200, { campaigns = answers.array(found) }
end

local function show(engine, request)
  local record, status, failure = views.find(engine, request.params.id)
  if not record then return status, failure end
  local body, message, code = views.full(engine, record)
  if not body then return answers.failure(message, code) end
  return 200, body
end

-- A file's campaign is changed in its file: the next reload would take an API's version back.
local function write_refusal(engine, id)
  local record, message, code = engine.store:campaign(id)
  if not record then
    if code and code ~= "not-found" then return answers.failure(message, code) end
    return nil
  end
  if record.origin == "file" then
    return answers.failure("A file defines this campaign: change the file and reload.", "conflict", { campaignId = id })
  elseif record.status == "stopped" or record.status == "archived" then
    local detail = ("The campaign is %s, which is final: duplicate it to go on."):format(record.status)
    return answers.failure(detail, "conflict", { campaignId = id, status = record.status })
  end
end

local function save(engine, request)
  local id, by = request.params.id, answers.by(request)
  local data, status, failure = answers.object(request)
  if not data then return status, failure end
  status, failure = write_refusal(engine, id)
  if status then return status, failure end
  local built, faults = campaign.from_data(data, engine.project, { id = id })
  if not built then
    local refused, body = answers.failure("Correct what is named under errors.", "definition-invalid", { campaignId = id })
    body.errors = views.checks(faults)
    return refused, body
  end
  local saved, message, code = engine.store:save_version {
    campaign = id, hash = built.hash, definition = built.definition_text, origin = "api", by = by, at = engine.clock:now(),
  }
  if not saved then return answers.failure(message, code) end
  local record, read_message, read_code = engine.store:campaign(id)
  if not record then return answers.failure(read_message, read_code) end
  local body, view_message, view_code = views.full(engine, record)
  if not body then return answers.failure(view_message, view_code) end
  return saved.campaign_created and 201 or 200, body
end

local function remove(engine, request)
  local id = request.params.id
  local record, status, failure = views.find(engine, id)
  if not record then return status, failure end
  local done, message, code = lifecycle.delete(engine, id, answers.by(request))
  if not done then return answers.failure(message, code, { campaignId = id, status = record.status }) end
  return 204
end

-- Checks one version; a definition that cannot be built is an error like the others.
local function check(engine, row)
  local built, faults = campaign.from_version(row, engine.project)
  if built then return reviews.check(built, engine.project) end
  return { errors = type(faults) == "table" and faults or { faults }, warnings = {} }
end

local function review(engine, request)
  local id = request.params.id
  local record, status, failure = views.find(engine, id)
  if not record then return status, failure end
  local hash = request.query.version or record.draft or record.live
  local row, message, code = engine.store:version(id, hash)
  if not row then
    return answers.failure(message or "There is no such version.", code or "not-found", { campaignId = id, version = hash })
  end
  local result = check(engine, row)
  return 200, {
    campaignId = id, version = hash, passes = #result.errors == 0,
    errors = views.checks(result.errors), warnings = views.checks(result.warnings),
  }
end

-- One change of status: the store compares before it sets, so that of two at once one is told no.
local function change(name)
  return function(engine, request)
    local id = request.params.id
    local record, status, failure = views.find(engine, id)
    if not record then return status, failure end
    local changed, message, code, errors = lifecycle[name](engine, id, answers.by(request))
    if not changed then
      local failed, body = answers.failure(message, code, { campaignId = id, status = record.status })
      if errors then body.errors = views.checks(errors) end
      return failed, body
    end
    return 200, views.summary(engine, changed)
  end
end

local function duplicate(engine, request)
  local id = request.params.id
  local record, status, failure = views.find(engine, id)
  if not record then return status, failure end
  local data, wrong_status, wrong = answers.object(request, { id = "string" })
  if not data then return wrong_status, wrong end
  local copy, message, code = lifecycle.duplicate(engine, id, answers.by(request), data.id)
  if not copy then return answers.failure(message, code, { campaignId = id }) end
  return 201, views.summary(engine, copy), { Location = "/campaigns/" .. copy.id }
end

local routes = {
  { method = "GET", path = "/campaigns", scope = "read", handler = list },
  { method = "GET", path = "/campaigns/{id}", scope = "read", handler = show },
  { method = "PUT", path = "/campaigns/{id}", scope = "manage", handler = save },
  { method = "DELETE", path = "/campaigns/{id}", scope = "manage", handler = remove },
  { method = "GET", path = "/campaigns/{id}/review", scope = "read", handler = review },
  { method = "POST", path = "/campaigns/{id}/duplicate", scope = "manage", handler = duplicate },
}
for _, name in ipairs { "activate", "pause", "resume", "stop", "archive" } do
  routes[#routes + 1] = { method = "POST", path = "/campaigns/{id}/" .. name, scope = "manage", handler = change(name) }
end

return routes

-- Endpoints of the campaigns: list, show, write a data-only definition, review, and the lifecycle.

local answers = require "herald.http.answers"
local lifecycle = require "herald.lifecycle"
local views = require "herald.http.campaign_view"

local STATUSES = {}
for _, status in ipairs(lifecycle.STATUSES) do STATUSES[status] = true end

local function list(engine, request)
  local wanted = request.query.status
  if wanted and not STATUSES[wanted] then
    return answers.failure(("status: there is no status %q; there are %s."):format(wanted, table.concat(lifecycle.STATUSES, ", ")), "invalid-request")
  end
  local records, message, code = engine.store:campaigns {}
  if not records then return answers.failure(message, code) end
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

-- A step that was not taken, with every error of its review.
local function refused(id, campaign_status, message, code, errors)
  local status, body, headers = answers.failure(message, code, { campaignId = id, campaignStatus = campaign_status })
  if errors then body.errors = views.checks(errors) end
  return status, body, headers
end

local function save(engine, request)
  local id = request.params.id
  local data, status, failure = answers.object(request)
  if not data then return status, failure end
  if data.id == nil then data.id = id end
  if data.id ~= id then
    local detail = ("The body's id is %q and the path's %q: they must be the same."):format(tostring(data.id), id)
    return answers.failure(detail, "invalid-request", { campaignId = id })
  end
  local record, message, code, errors = lifecycle.save(engine, data, answers.by(request))
  if not record then return refused(id, nil, message, code, errors) end
  local body, view_message, view_code = views.full(engine, record)
  if not body then return answers.failure(view_message, view_code) end
  return record.campaign_created and 201 or 200, body
end

local function remove(engine, request)
  local id = request.params.id
  local record, status, failure = views.find(engine, id)
  if not record then return status, failure end
  local done, message, code = lifecycle.delete(engine, id, answers.by(request))
  if not done then return refused(id, views.status(engine, record), message, code) end
  return 204
end

local function review(engine, request)
  local id = request.params.id
  local record, status, failure = views.find(engine, id)
  if not record then return status, failure end
  local hash = request.query.version or record.draft or record.live
  local result, message, code = lifecycle.review(engine, id, hash)
  if not result then return refused(id, nil, message, code) end
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
    if not changed then return refused(id, views.status(engine, record), message, code, errors) end
    return 200, views.summary(engine, changed)
  end
end

local function unpark(engine, request)
  local id = request.params.id
  local record, status, failure = views.find(engine, id)
  if not record then return status, failure end
  local count, message, code = engine.parking:unpark(id, answers.by(request))
  if not count then return refused(id, views.status(engine, record), message, code) end
  return 200, views.summary(engine, record)
end

local function duplicate(engine, request)
  local id = request.params.id
  local record, status, failure = views.find(engine, id)
  if not record then return status, failure end
  local data, wrong_status, wrong = answers.object(request, { id = "string" })
  if not data then return wrong_status, wrong end
  local copy, message, code, errors = lifecycle.duplicate(engine, id, answers.by(request), data.id)
  if not copy then return refused(id, nil, message, code, errors) end
  return 201, views.summary(engine, copy), { Location = "/campaigns/" .. copy.id }
end

local routes = {
  { method = "GET", path = "/campaigns", scope = "read", query = { "status" }, handler = list },
  { method = "GET", path = "/campaigns/{id}", scope = "read", handler = show },
  { method = "PUT", path = "/campaigns/{id}", scope = "manage", handler = save },
  { method = "DELETE", path = "/campaigns/{id}", scope = "manage", handler = remove },
  { method = "GET", path = "/campaigns/{id}/review", scope = "read", query = { "version" }, handler = review },
  { method = "POST", path = "/campaigns/{id}/duplicate", scope = "manage", handler = duplicate },
  { method = "POST", path = "/campaigns/{id}/unpark", scope = "manage", handler = unpark },
}
for _, name in ipairs { "activate", "pause", "resume", "stop", "archive" } do
  routes[#routes + 1] = { method = "POST", path = "/campaigns/{id}/" .. name, scope = "manage", handler = change(name) }
end

return routes

-- Endpoints of a campaign's reports.

local answers = require "herald.http.answers"
local reports = require "herald.reports"
local views = require "herald.http.campaign_view"

local function view(report)
  for _, step in ipairs(report.series) do step.at = answers.time(step.at) end
  report.from = report.from > 0 and answers.time(report.from) or nil
  report.to = answers.time(report.to)
  report.series = answers.array(report.series)
  return report
end

local function live(engine, request)
  local id = request.params.id
  local record, status, failure = views.find(engine, id)
  if not record then return status, failure end
  local report, message, code = reports.live(engine.store, id, engine.clock:now())
  if not report then return answers.failure(message, code) end
  return 200, view(report)
end

local function period_of(query)
  local period = { by = query.by or "day" }
  if period.by ~= "hour" and period.by ~= "day" then return nil, "by: expected hour or day." end
  for _, name in ipairs { "from", "to" } do
    if query[name] then
      local at, message = answers.parse_time(query[name])
      if not at then return nil, name .. ": " .. message end
      period[name] = at
    end
  end
  if period.from and period.to and period.from >= period.to then return nil, "from must be before to." end
  return period
end

local function global(engine, request)
  local id = request.params.id
  local record, status, failure = views.find(engine, id)
  if not record then return status, failure end
  local period, wrong = period_of(request.query)
  if not period then return answers.failure(wrong, "invalid-request", { campaignId = id }) end
  local report, message, code = reports.global(engine.store, id, period, engine.clock:now())
  if not report then return answers.failure(message, code) end
  return 200, view(report)
end

return {
  { method = "GET", path = "/campaigns/{id}/reports/live", scope = "read", handler = live },
  { method = "GET", path = "/campaigns/{id}/reports/global", scope = "read", query = { "from", "to", "by" }, handler = global },
}

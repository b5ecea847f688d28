-- Shadow runs of a deployment: a generation that is told what the one in force accepted, and says what it would have made of it. It
-- answers nobody, sends nothing, and never comes into force.

local audit = require "herald.audit"
local json = require "herald.json"
local lifecycle = require "herald.lifecycle"
local reports = require "herald.shadow.report"
local window = require "herald.window"

local M = {}

---@class herald.ShadowRequest
---@field for_ms integer

local function running(deployment)
  local report = deployment.shadow
  return report and not report.ended and report or nil
end

---Whether one goes on.
---@param deployment herald.Deployment
---@return boolean
function M.is_running(deployment)
  return running(deployment) ~= nil
end

-- The live campaigns that are others, and their new versions, which are drafts.
local function load_beside(deployment, scripts, by, number)
  local versions, message, code, errors = lifecycle.candidate(deployment:importer(scripts.project), scripts.project, by)
  if not versions then return nil, message, code, errors end
  if not next(versions) then return nil, "there is nothing to compare: no live campaign of the folder differs from what is in force", "conflict" end
  local order = json.encode { shadow = number, versions = versions }
  local ok, failure = deployment:load(scripts, number, order)
  if not ok then return nil, failure, "check-failed", { failure } end
  return versions, order
end

local function keep(deployment, scripts, report, campaigns)
  local kept, message = deployment.generations:save {
    number = report.number, files = scripts.bundle.files, named = scripts.named, by = report.by, action = "shadow", campaigns = campaigns,
    state = "shadow", note = "until " .. window.format(report.ends_at),
  }
  -- A restart does not take the folder for changed: its scripts come in with a reload.
  if kept then kept, message = deployment.generations:note(deployment.number, { folder = scripts.named.hash }) end
  if not kept then deployment.log:error("the shadow generation is not in the store", { generation = report.number, error = message }) end
end

local function count(map)
  local total = 0
  for _ in pairs(map) do total = total + 1 end
  return total
end

---Starts a shadow run.
---@param deployment herald.Deployment
---@param scripts herald.Scripts
---@param by string
---@param request herald.ShadowRequest
---@return table|nil result
---@return string|nil message
---@return string|nil code
---@return string[]|nil errors
function M.start(deployment, scripts, by, request)
  local number, now = deployment.generations:next_number(), deployment.clock:now()
  local versions, order, code, errors = load_beside(deployment, scripts, by, number)
  if not versions then return nil, order, code, errors end
  local tried = {}
  for id in pairs(versions) do tried[#tried + 1] = id end
  table.sort(tried)
  local report = reports.new { number = number, by = by, started_at = now, ends_at = now + request.for_ms, campaigns = tried }
  keep(deployment, scripts, report, count(scripts.project.campaigns))
  deployment.shadow = report
  deployment.daemon:tell(order)
  deployment.daemon:alarm(request.for_ms, json.encode { shadow_ends = number })
  audit.note(deployment, by, "shadow", { generation = number, until_ms = report.ends_at })
  deployment.log:info("a shadow run begins", { generation = number, by = by })
  return { generation = deployment.number, shadow = number, tried = json.array(tried), campaigns = count(scripts.project.campaigns) }
end

---Ends the one that runs; does nothing where none does. What the workers still tell is added.
---@param deployment herald.Deployment
---@param by string
---@param reason string
---@return table|nil result
function M.stop(deployment, by, reason)
  local report = running(deployment)
  if not report then return nil end
  report.ended = { at = deployment.clock:now(), by = by, reason = reason }
  deployment.daemon:tell "{}"
  deployment.daemon:withdraw()
  local kept, message = deployment.generations:note(report.number, { note = ("%s: %s"):format(reason, report:words()) })
  if not kept then deployment.log:error("the end of the shadow run is not in the store", { generation = report.number, error = message }) end
  local totals = report:totals()
  deployment.log:info("the shadow run is over", {
    generation = report.number, by = by, reason = reason, compared = totals.compared, differing = totals.differing,
  })
  audit.note(deployment, by, "shadow-end", {
    generation = report.number, reason = reason, compared = totals.compared, differing = totals.differing,
  })
  return { generation = deployment.number, ended = report.number }
end

---Takes in what a worker or the clock says.
---@param deployment herald.Deployment
---@param told table
function M.hear(deployment, told)
  local report = deployment.shadow
  if not report or math.tointeger(told.shadow or told.shadow_ends) ~= report.number then return end
  if told.shadow_ends then M.stop(deployment, "shadow", "its time is over") else report:add(told) end
end

return M

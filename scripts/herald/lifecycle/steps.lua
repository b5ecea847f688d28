-- The steps of a campaign's life: which is allowed from which status, and the review before it goes live. Every
-- step is one compare-and-set in the store, with its audit row.

local campaign = require "herald.campaign"
local fault = require "herald.fault"
local payload = require "herald.payload"
local review = require "herald.review"
local window = require "herald.window"

local M = {}

-- step -> the statuses that it is allowed from, as shown, and the stored status that it leads to. Scheduled and
-- completed are never stored: the clock makes them of live and paused.
local STEPS = {
  activate = { from = { "draft", "live", "scheduled", "paused", "completed" }, to = "live" },
  pause    = { from = { "live", "scheduled" }, to = "paused" },
  resume   = { from = { "paused" }, to = "live" },
  stop     = { from = { "live", "scheduled", "paused" }, to = "stopped" },
  archive  = { from = { "stopped", "completed" }, to = "archived" },
  delete   = { from = { "draft" } },
}

---Every status that is shown, in the order of a life.
M.STATUSES = { "draft", "scheduled", "live", "paused", "completed", "stopped", "archived" }

M.ADVICE = {
  stopped = "; a stopped campaign is final: duplicate it to go on",
  archived = "; duplicate it to go on",
}

---The statuses that nothing leads out of but the archive.
M.FINAL = { stopped = true, archived = true }

local RUNNING = { live = true, scheduled = true, paused = true }

---Whether a campaign of this shown status takes triggers, will, or could again.
---@return boolean
function M.is_running(status)
  return RUNNING[status] == true
end

---Whether the campaign comes from a file that the project does not have any more.
---@param record table
---@param project herald.Project
---@return boolean
function M.lacks_file(record, project)
  return record.origin == "file" and project.campaigns[record.id] == nil
end

---The table of steps, for documentation and its check.
---@return table<string, { from: string[], to: string|nil }>
function M.steps()
  local copy = {}
  for name, step in pairs(STEPS) do copy[name] = { from = { table.unpack(step.from) }, to = step.to } end
  return copy
end

---The status as it is shown: the clock decides between scheduled, live and completed.
---@param record table
---@param live herald.Campaign|nil the live version
---@param now integer
---@return string
function M.status(record, live, now)
  if not live or record.status ~= "live" and record.status ~= "paused" then return record.status end
  local state = window.state(live.starts_ms, live.ends_ms, now)
  if state == "after" then return "completed" end
  if state == "before" and record.status == "live" then return "scheduled" end
  return record.status
end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

---@return table|nil record
---@return string|nil message
---@return string|nil code
function M.find(engine, id)
  local record, message, code = engine.store:campaign(id)
  if record then return record end
  if code and code ~= "not-found" then return nil, message, code end
  return nil, ("there is no campaign %q"):format(id), "not-found"
end

---@return herald.Version|nil
---@return string|nil message
---@return string|nil code
function M.version(engine, id, hash)
  local row, message, code = engine.store:version(id, hash)
  if not row then return nil, message or ("campaign %s has no version %s"):format(id, tostring(hash)), code or "not-found" end
  return row
end

---Saves what was built as a version: the campaign's draft, unless it is the live one.
---@param origin "file"|"api"
---@return table|nil saved
---@return string|nil message
---@return string|nil code
function M.save_version(engine, built, origin, by)
  return engine.store:save_version {
    campaign = built.id, hash = built.hash, definition = built.definition_text, bundle = built.bundle,
    origin = origin, by = by, at = engine.clock:now(),
  }
end

local function build_row(engine, row)
  local built, failure = campaign.from_version(row, engine.project)
  if not built then return nil, tostring(failure), "definition-invalid", type(failure) == "table" and failure or nil end
  return built
end

local function build(engine, id, hash)
  local row, message, code = M.version(engine, id, hash)
  if not row then return nil, message, code end
  return build_row(engine, row)
end

---The status as it is shown now.
---@return string
function M.shown_status(engine, record)
  local live = record.live and build(engine, record.id, record.live)
  return M.status(record, live, engine.clock:now())
end

-- Checks that a step is allowed; returns the record and its stored status.
local function allowed(engine, name, id)
  local record, message, code = M.find(engine, id)
  if not record then return nil, message, code end
  local status = M.shown_status(engine, record)
  local step = STEPS[name]
  if contains(step.from, status) then return record end
  return nil, ("campaign %s is %s; to %s it, it has to be %s%s"):format(
    id, status, name, table.concat(step.from, " or "), M.ADVICE[status] or ""), "conflict"
end

local function change(engine, record, fields)
  fields.id, fields.from, fields.at = record.id, { record.status }, engine.clock:now()
  return engine.store:change_campaign(fields)
end

---Reviews a version of a campaign.
---@param hash string|nil the draft's, or the live one's, unless told
---@param may_have_ended boolean|nil a past end is a warning, as it is for a version that has been live
---@return { errors: herald.Fault[], warnings: herald.Fault[] }|nil
---@return string|nil message
---@return string|nil code
function M.review(engine, id, hash, may_have_ended)
  if not hash then
    local record, message, code = M.find(engine, id)
    if not record then return nil, message, code end
    hash = record.draft or record.live
  end
  local row, failure, failure_code = M.version(engine, id, hash)
  if not row then return nil, failure, failure_code end
  local built, message, code, faults = build_row(engine, row)
  if built then return review.check(built, engine.project, engine.clock:now(), may_have_ended or row.activated_at ~= nil) end
  if code ~= "definition-invalid" then return nil, message, code end
  return review.invalid(faults or { fault.new { message = message } })
end

---Puts the draft version live when its review finds no error.
---@param record table
---@param status "live"|"paused" what the campaign is afterwards
---@param by string
---@param result { errors: herald.Fault[], warnings: herald.Fault[] } of the draft's review
---@return table|nil record
---@return string|nil message
---@return string|nil code
---@return herald.Fault[]|nil errors
function M.go_live(engine, record, status, by, result)
  if #result.errors > 0 then
    return nil, ("the review of campaign %s found %d to correct: %s"):format(record.id, #result.errors, tostring(result.errors[1])),
      "review-failed", result.errors
  end
  return change(engine, record, {
    status = status, live = record.draft, draft = false, by = by, action = "activate",
    detail = payload.encode { version = record.draft, replaced = record.live, warnings = #result.warnings },
  })
end

---Makes the draft version the live one, when its review finds no error.
---@param engine herald.Engine
---@param id string
---@param by string
---@param may_have_ended boolean|nil a past end does not stop it: the campaign is completed then
---@return table|nil record
---@return string|nil message
---@return string|nil code
---@return herald.Fault[]|nil errors of the review
function M.activate(engine, id, by, may_have_ended)
  local record, message, code = allowed(engine, "activate", id)
  if not record then return nil, message, code end
  if not record.draft then
    return nil, ("campaign %s has no draft version to activate: what is %s is the newest"):format(id, record.status), "conflict"
  end
  local result, failure, failure_code = M.review(engine, id, record.draft, may_have_ended)
  if not result then return nil, failure, failure_code end
  return M.go_live(engine, record, "live", by, result)
end

local function simple_step(name)
  return function(engine, id, by)
    local record, message, code = allowed(engine, name, id)
    if not record then return nil, message, code end
    return change(engine, record, { status = STEPS[name].to, by = by, action = name, detail = payload.encode { from = record.status } })
  end
end

M.pause = simple_step "pause"
M.resume = simple_step "resume"
M.stop = simple_step "stop"
M.archive = simple_step "archive"

---Deletes a campaign that was never live.
---@return boolean|nil
---@return string|nil message
---@return string|nil code
function M.delete(engine, id, by)
  local record, message, code = allowed(engine, "delete", id)
  if not record then return nil, message, code end
  return engine.store:delete_campaign { id = id, by = by, at = engine.clock:now() }
end

return M

-- A campaign's life: which step is allowed from which status, the review before it goes live, and versions
-- coming in from files and from the API. Every step is one compare-and-set in the store, with its audit row.

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

local ADVICE = {
  stopped = "; a stopped campaign is final: duplicate it to go on",
  archived = "; duplicate it to go on",
}

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

local function find(engine, id)
  local record, message, code = engine.store:campaign(id)
  if record then return record end
  if code and code ~= "not-found" then return nil, message, code end
  return nil, ("there is no campaign %q"):format(id), "not-found"
end

local function version_of(engine, id, hash)
  local row, message, code = engine.store:version(id, hash)
  if not row then return nil, message or ("campaign %s has no version %s"):format(id, tostring(hash)), code or "not-found" end
  return row
end

local function build(engine, id, hash)
  local row, message, code = version_of(engine, id, hash)
  if not row then return nil, message, code end
  local built, failure = campaign.from_version(row, engine.project)
  if not built then return nil, tostring(failure), "definition-invalid", type(failure) == "table" and failure or nil end
  return built
end

local function shown_status(engine, record)
  local live = record.live and build(engine, record.id, record.live)
  return M.status(record, live, engine.clock:now())
end

-- Checks that a step is allowed; returns the record and its stored status.
local function allowed(engine, name, id)
  local record, message, code = find(engine, id)
  if not record then return nil, message, code end
  local status = shown_status(engine, record)
  local step = STEPS[name]
  if contains(step.from, status) then return record end
  return nil, ("the campaign is %s; it has to be %s for %s%s"):format(
    status, table.concat(step.from, " or "), name, ADVICE[status] or ""), "conflict"
end

local function change(engine, record, fields)
  fields.id, fields.from, fields.at = record.id, { record.status }, engine.clock:now()
  return engine.store:change_campaign(fields)
end

---Reviews a version of a campaign.
---@return { errors: herald.Fault[], warnings: herald.Fault[] }|nil
---@return string|nil message
---@return string|nil code
function M.review(engine, id, hash)
  if not hash then
    local record, message, code = find(engine, id)
    if not record then return nil, message, code end
    hash = record.draft or record.live
  end
  local built, message, code, faults = build(engine, id, hash)
  if built then return review.check(built, engine.project, engine.clock:now()) end
  if code ~= "definition-invalid" then return nil, message, code end
  return review.invalid(faults or { fault.new { message = message } })
end

local function go_live(engine, record, status, by)
  local result, message, code = M.review(engine, record.id, record.draft)
  if not result then return nil, message, code end
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
---@return table|nil record
---@return string|nil message
---@return string|nil code
---@return herald.Fault[]|nil errors of the review
function M.activate(engine, id, by)
  local record, message, code = allowed(engine, "activate", id)
  if not record then return nil, message, code end
  if not record.draft then
    return nil, ("campaign %s has no draft version to activate: what is %s is the newest"):format(id, record.status), "conflict"
  end
  return go_live(engine, record, "live", by)
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

-- The first of ID-copy, ID-copy-2, … that is free and not too long.
local function copy_id(engine, id)
  for number = 1, 1000 do
    local ending = number == 1 and "-copy" or "-copy-" .. number
    local candidate = id:sub(1, 64 - #ending) .. ending
    if not engine.store:campaign(candidate) then return candidate end
  end
  return nil, "there are too many copies; say the new id", "conflict"
end

local function save(engine, built, origin, by)
  return engine.store:save_version {
    campaign = built.id, hash = built.hash, definition = built.definition_text, bundle = built.bundle,
    origin = origin, by = by, at = engine.clock:now(),
  }
end

---Makes a new draft of a campaign's newest version, from any status.
---@param new_id string|nil ID-copy unless told
---@return table|nil record
---@return string|nil message
---@return string|nil code
function M.duplicate(engine, id, by, new_id)
  local record, message, code = find(engine, id)
  if not record then return nil, message, code end
  if new_id and not campaign.is_id(new_id) then return nil, ("%q cannot be a campaign's id"):format(tostring(new_id)), "invalid-request" end
  if new_id and engine.store:campaign(new_id) then return nil, ("there is a campaign %q already"):format(new_id), "conflict" end
  if not new_id then
    new_id, message, code = copy_id(engine, id)
    if not new_id then return nil, message, code end
  end
  local row, failure, failure_code = version_of(engine, id, record.draft or record.live)
  if not row then return nil, failure, failure_code end
  local copy, faults = campaign.duplicate(row, new_id, engine.project)
  if not copy then return nil, tostring(faults), "definition-invalid", type(faults) == "table" and faults or nil end
  local saved, reason, reason_code = save(engine, copy, record.origin, by)
  if not saved then return nil, reason, reason_code end
  return engine.store:campaign(new_id)
end

local FINAL = { stopped = true, archived = true }

---Takes a data-only definition from the API: a new draft version, beside the live one when there is one.
---@param engine herald.Engine
---@param data table
---@param by string
---@return table|nil record with campaign_created
---@return string|nil message
---@return string|nil code
---@return herald.Fault[]|nil errors
function M.save(engine, data, by)
  local built, faults = campaign.from_data(data, engine.project)
  if not built then return nil, "the definition is not valid: " .. tostring(faults[1]), "definition-invalid", faults end
  local record = engine.store:campaign(built.id)
  if record and FINAL[record.status] then
    return nil, ("the campaign is %s%s"):format(record.status, ADVICE[record.status]), "conflict"
  end
  if record and record.origin == "file" then
    return nil, ("campaign %s is written in a file of the project; change it there, or duplicate it"):format(built.id), "conflict"
  end
  local saved, message, code = save(engine, built, "api", by)
  if not saved then return nil, message, code end
  local result, failure, failure_code = find(engine, built.id)
  if not result then return nil, failure, failure_code end
  result.campaign_created = saved.campaign_created
  return result
end

---@class herald.Imported
---@field created string[] ids that are new
---@field updated string[] ids that got a new draft version
---@field activated string[]
---@field refused table<string, herald.Fault[]> id -> what its review found, where activation is automatic
---@field ignored string[] ids of stopped and archived campaigns whose file is still there

local function import_one(engine, built, by, result)
  local record, message, code = engine.store:campaign(built.id)
  if not record and code and code ~= "not-found" then return nil, message, code end
  if record and record.live == built.hash and not record.draft then return true end
  if record and FINAL[record.status] then
    result.ignored[#result.ignored + 1] = built.id
    return true
  end
  if not record or record.draft ~= built.hash then
    local saved, failure, failure_code = save(engine, built, "file", by)
    if not saved then return nil, failure, failure_code end
    local list = saved.campaign_created and result.created or result.updated
    list[#list + 1] = built.id
    record = engine.store:campaign(built.id)
  end
  if engine.project.settings.activation ~= "automatic" or not record.draft then return true end
  -- A pause is somebody's decision: a changed file does not end it.
  local changed, failure, failure_code, errors = go_live(engine, record, record.status == "paused" and "paused" or "live", by)
  if changed then
    result.activated[#result.activated + 1] = built.id
  elseif errors then
    result.refused[built.id] = errors
  else
    return nil, failure, failure_code
  end
  return true
end

---Brings a loaded project's campaigns into the store: a new content becomes a draft version, and goes live at once
---where activation is automatic and its review passes.
---@param engine herald.Engine
---@param project herald.Project
---@param by string
---@return herald.Imported|nil
---@return string|nil message
---@return string|nil code
function M.import(engine, project, by)
  local result = { created = {}, updated = {}, activated = {}, refused = {}, ignored = {} }
  local ids = {}
  for id in pairs(project.campaigns) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do
    local ok, message, code = import_one(engine, project.campaigns[id], by, result)
    if not ok then return nil, message, code end
  end
  return result
end

return M

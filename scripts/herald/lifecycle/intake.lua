-- How versions come in: from the project's files, from the API, and as copies. Each new content is a draft version
-- beside the live one.

local campaign = require "herald.campaign"
local review = require "herald.review"
local steps = require "herald.lifecycle.steps"

local M = {}

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
  local record, message, code = steps.find(engine, id)
  if not record then return nil, message, code end
  if new_id and not campaign.is_id(new_id) then return nil, ("%q cannot be a campaign's id"):format(tostring(new_id)), "invalid-request" end
  if new_id and engine.store:campaign(new_id) then return nil, ("there is a campaign %q already"):format(new_id), "conflict" end
  if not new_id then
    new_id, message, code = copy_id(engine, id)
    if not new_id then return nil, message, code end
  end
  local row, failure, failure_code = steps.version(engine, id, record.draft or record.live)
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
    return nil, ("the campaign is %s%s"):format(record.status, steps.ADVICE[record.status]), "conflict"
  end
  if record and record.origin == "file" then
    return nil, ("campaign %s is written in a file of the project; change it there, or duplicate it"):format(built.id), "conflict"
  end
  local saved, message, code = save(engine, built, "api", by)
  if not saved then return nil, message, code end
  local result, failure, failure_code = steps.find(engine, built.id)
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

-- Saves what is new; gives the record when there is a draft that could go live.
local function take_in(engine, built, record, by, result)
  if record and FINAL[record.status] then
    result.ignored[#result.ignored + 1] = built.id
    return true
  end
  if record and record.live == built.hash and not record.draft then return true end
  if record and record.draft == built.hash then return true, record end
  local saved, message, code = save(engine, built, "file", by)
  if not saved then return nil, message, code end
  local list = saved.campaign_created and result.created or result.updated
  list[#list + 1] = built.id
  return true, engine.store:campaign(built.id)
end

local function activate(engine, project, built, record, by, result)
  local row, failure, failure_code = steps.version(engine, built.id, record.draft)
  if not row then return nil, failure, failure_code end
  -- A pause is somebody's decision: a changed file does not end it.
  local status = record.status == "paused" and "paused" or "live"
  local found = review.check(built, project, engine.clock:now(), row.activated_at ~= nil)
  local changed, message, code, errors = steps.go_live(engine, record, status, by, found)
  if changed then
    result.activated[#result.activated + 1] = built.id
  elseif errors then
    result.refused[built.id] = errors
  else
    return nil, message, code
  end
  return true
end

local function records_by_id(engine)
  local list, message, code = engine.store:campaigns {}
  if not list then return nil, message, code end
  local records = {}
  for _, record in ipairs(list) do records[record.id] = record end
  return records
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
  local records, message, code = records_by_id(engine)
  if not records then return nil, message, code end
  local ids = {}
  for id in pairs(project.campaigns) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do
    local built = project.campaigns[id]
    local ok, record, failure = take_in(engine, built, records[id], by, result)
    if not ok then return nil, record, failure end
    if record and record.draft and project.settings.activation == "automatic" then
      ok, record, failure = activate(engine, project, built, record, by, result)
      if not ok then return nil, record, failure end
    end
  end
  return result
end

return M

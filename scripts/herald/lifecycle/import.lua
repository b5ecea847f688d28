-- How a project's files come in: a new content becomes a draft version beside the live one. It goes live at once where
-- activation is automatic, or where a rollback brings back what has been live before.

local payload = require "herald.payload"
local review = require "herald.review"
local steps = require "herald.lifecycle.steps"

local M = {}

---@class herald.Imported
---@field created string[] ids that are new
---@field updated string[] ids that got a new draft version
---@field activated string[]
---@field drafts string[] ids whose draft waits for its activation
---@field refused table<string, herald.Fault[]> id -> what its review found, where it was to go live
---@field ignored string[] ids of stopped and archived campaigns whose file is still there
---@field gone string[] ids of campaigns that run although their file is gone

---One import under way.
---@class herald.Import
---@field engine herald.Engine
---@field project herald.Project
---@field by string
---@field is_rollback boolean
---@field versions table<string, string>|nil campaign -> the version that goes live whatever `activation` says
---@field result herald.Imported

-- Saves what is new; gives the record when there is a draft that could go live.
local function take_in(import, built, record)
  local result = import.result
  if record and steps.FINAL[record.status] then
    result.ignored[#result.ignored + 1] = built.id
    return true
  end
  if record and record.live == built.hash and not record.draft then return true end
  if record and record.draft == built.hash then return true, record end
  local saved, message, code = steps.save_version(import.engine, built, "file", import.by)
  if not saved then return nil, message, code end
  local list = saved.campaign_created and result.created or result.updated
  list[#list + 1] = built.id
  return true, import.engine.store:campaign(built.id)
end

local function activate(import, built, record, was_live)
  local engine, result = import.engine, import.result
  -- A pause is somebody's decision: a changed file does not end it.
  local status = record.status == "paused" and "paused" or "live"
  local found = review.check(built, import.project, engine.clock:now(), was_live)
  local changed, message, code, errors = steps.go_live(engine, record, status, import.by, found)
  if changed then
    result.activated[#result.activated + 1] = built.id
  elseif errors then
    result.refused[built.id] = errors
    result.drafts[#result.drafts + 1] = built.id
  else
    return nil, message, code
  end
  return true
end

local function settle_draft(import, built, record)
  local row, message, code = steps.version(import.engine, built.id, record.draft)
  if not row then return nil, message, code end
  local was_live = row.activated_at ~= nil
  local is_wanted = import.versions ~= nil and import.versions[built.id] == record.draft
  if import.project.settings.activation == "automatic" or is_wanted or import.is_rollback and was_live then
    return activate(import, built, record, was_live)
  end
  import.result.drafts[#import.result.drafts + 1] = built.id
  return true
end

local function take_all(import, records)
  local campaigns, ids = import.project.campaigns, {}
  for id in pairs(campaigns) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do
    local ok, record, failure = take_in(import, campaigns[id], records[id])
    if not ok then return nil, record, failure end
    if record and record.draft then
      ok, record, failure = settle_draft(import, campaigns[id], record)
      if not ok then return nil, record, failure end
    end
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

local function list_gone(import, records)
  local gone = import.result.gone
  for id, record in pairs(records) do
    if steps.lacks_file(record, import.project) and steps.is_running(steps.shown_status(import.engine, record)) then gone[#gone + 1] = id end
  end
  table.sort(gone)
end

---Brings a loaded project's campaigns into the store.
---@param engine herald.Engine
---@param project herald.Project
---@param by string
---@param options { is_rollback: boolean|nil, versions: table<string, string>|nil }|nil
---@return herald.Imported|nil
---@return string|nil message
---@return string|nil code
function M.run(engine, project, by, options)
  local import = {
    engine = engine, project = project, by = by, is_rollback = options ~= nil and options.is_rollback == true, versions = options and options.versions,
    result = { created = {}, updated = {}, activated = {}, drafts = {}, refused = {}, ignored = {}, gone = {} },
  }
  local records, message, code = records_by_id(engine)
  if not records then return nil, message, code end
  local done, failure, failure_code = take_all(import, records)
  if not done then return nil, failure, failure_code end
  list_gone(import, records)
  return import.result
end

local function some(ids)
  return #ids > 0 and payload.array(ids) or nil
end

---What an import changed, as the API says it: lists of ids, each only when there are any.
---@param imported herald.Imported
---@return { activated: string[]|nil, drafts: string[]|nil, fileGone: string[]|nil }
function M.changes(imported)
  return { activated = some(imported.activated), drafts = some(imported.drafts), fileGone = some(imported.gone) }
end

return M

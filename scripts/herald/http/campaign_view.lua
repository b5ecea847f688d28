-- How a campaign is shown: its record of the store, its status by the clock, and its versions.

local answers = require "herald.http.answers"
local lifecycle = require "herald.lifecycle"
local nearest = require "herald.nearest"
local payload = require "herald.payload"

local M = {}

-- The name that was probably meant, or the end of the sentence.
local function hint(engine, id)
  local known = {}
  for _, record in ipairs(engine.store:campaigns {} or {}) do known[record.id] = true end
  local found = nearest.hint(id, known)
  return found ~= "" and found or "."
end

---@return table|nil record
---@return integer|nil status
---@return table|nil body of the problem
function M.find(engine, id)
  local record, message, code = engine.store:campaign(id)
  if record then return record end
  if code and code ~= "not-found" then return nil, answers.failure(message, code) end
  return nil, answers.failure(("There is no campaign %q%s"):format(id, hint(engine, id)), "not-found", { campaignId = id })
end

local function definition_of(engine, record)
  local hash = record.live or record.draft
  local row = hash and engine.store:version(record.id, hash)
  if not row or not row.definition then return {}, nil end
  local doc = payload.parse(row.definition)
  return doc and doc:value(1) or {}, row
end

-- The window decides between scheduled, live and completed; a version that cannot be built leaves the record's own status.
---@return string
function M.status(engine, record)
  if not record.live then return record.status end
  local campaign = engine.registry:version(record.id, record.live)
  if not campaign then return record.status end
  return lifecycle.status(record, campaign, engine.clock:now())
end

-- Only of the version that is live: another one is triggered by nobody.
local function parked(engine, record)
  local row = record.live and engine.parking:find(record.id, record.live)
  return row and M.parked(row)
end

---@param row herald.Parked
---@return table
function M.parked(row)
  return { since = answers.time(row.since), ["until"] = answers.time(row["until"]), reason = row.reason, version = row.version }
end

local function text(value)
  return type(value) == "string" and value or nil
end

---@return table
function M.summary(engine, record)
  local definition, status = definition_of(engine, record), M.status(engine, record)
  return {
    id = record.id, title = text(definition.title), description = text(definition.description), category = text(definition.category),
    channel = text(definition.channel), surface = text(definition.surface), namespace = text(definition.namespace),
    starts = text(definition.starts), ends = text(definition.ends), status = status,
    fileGone = lifecycle.is_running(status) and lifecycle.lacks_file(record, engine.project) or nil,
    live = record.live, draft = record.draft, origin = record.origin, parked = parked(engine, record),
    createdAt = answers.time(record.created_at), createdBy = record.created_by,
    modifiedAt = answers.time(record.modified_at), modifiedBy = record.modified_by,
  }
end

---The summary with the definition and every version, the newest first.
---@return table|nil
---@return string|nil message
---@return string|nil code
function M.full(engine, record)
  local rows, message, code = engine.store:versions(record.id)
  if not rows then return nil, message, code end
  local body = M.summary(engine, record)
  local _, row = definition_of(engine, record)
  if row then body.definition = payload.raw(row.definition) end
  local versions = {}
  for index, version in ipairs(rows) do
    versions[index] = {
      hash = version.hash, number = version.number, createdAt = answers.time(version.created_at), createdBy = version.created_by,
      activatedAt = answers.time(version.activated_at), isLive = version.hash == record.live, isDraft = version.hash == record.draft,
    }
  end
  table.sort(versions, function(a, b) return a.number > b.number end)
  body.versions = answers.array(versions)
  return body
end

---Checks of a review as {path, message, file, line, column}.
---@param list table[]
function M.checks(list)
  local shown = {}
  for index, check in ipairs(list) do
    shown[index] = type(check) == "table"
      and { check = check.code, path = check.path, message = check.message, file = check.file, line = check.line, column = check.column }
      or { message = tostring(check) }
  end
  return answers.array(shown)
end

return M

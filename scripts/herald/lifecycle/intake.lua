-- How versions come in from the API and as copies. Each new content is a draft version beside the live one.

local audit = require "herald.audit"
local campaign = require "herald.campaign"
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

---Makes a new draft of a campaign's newest version, from any status. The copy is the API's: no file defines it.
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
  local saved, reason, reason_code = steps.save_version(engine, copy, "api", by)
  if not saved then return nil, reason, reason_code end
  audit.note(engine, by, "duplicate", { source = id, version = row.hash }, new_id)
  return engine.store:campaign(new_id)
end

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
  if record and steps.FINAL[record.status] then
    return nil, ("the campaign is %s%s"):format(record.status, steps.ADVICE[record.status]), "conflict"
  end
  if engine.project.campaigns[built.id] then
    return nil, ("campaign %s is written in a file of the project; change it there, or duplicate it"):format(built.id), "conflict"
  end
  if record and record.origin == "file" then
    return nil, ("campaign %s comes from a file that is gone; put the file back, or duplicate the campaign"):format(built.id), "conflict"
  end
  local saved, message, code = steps.save_version(engine, built, "api", by)
  if not saved then return nil, message, code end
  local result, failure, failure_code = steps.find(engine, built.id)
  if not result then return nil, failure, failure_code end
  result.campaign_created = saved.campaign_created
  return result
end

return M

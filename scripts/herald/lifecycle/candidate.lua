-- How a project's files come in beside those in force: each new content becomes a draft version, and what would replace a live
-- one is reviewed as it would be before its activation.

local review = require "herald.review"
local steps = require "herald.lifecycle.steps"

local M = {}

-- Whether a campaign takes triggers, so that another version of it can be tried.
local function is_tried(record)
  return record.live ~= nil and not steps.FINAL[record.status] and record.status ~= "archived"
end

local function add_errors(list, found)
  for _, failure in ipairs(found) do list[#list + 1] = tostring(failure) end
end

---Saves the versions of a project that is tried.
---@param engine herald.Engine
---@param project herald.Project
---@param by string
---@return table<string, string>|nil versions campaign -> version, of the live campaigns that are others
---@return string|nil message
---@return string|nil code
---@return string[]|nil errors of the reviews
function M.run(engine, project, by)
  local records, message, code = engine.store:campaigns {}
  if not records then return nil, message, code end
  local versions, errors = {}, {}
  for _, record in ipairs(records) do
    local built = project.campaigns[record.id]
    if built and is_tried(record) and built.hash ~= record.live then
      versions[record.id] = built.hash
      add_errors(errors, review.check(built, project, engine.clock:now(), true).errors)
    end
  end
  if #errors > 0 then return nil, "the review of what is new found errors; nothing is tried", "check-failed", errors end
  for id in pairs(versions) do
    local saved, failure, failure_code = steps.save_version(engine, project.campaigns[id], "file", by)
    if not saved then return nil, failure, failure_code end
  end
  return versions
end

return M

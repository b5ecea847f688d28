-- Canaries of a deployment: a generation that takes a share of the triggers beside the one in force, until it is promoted or
-- withdrawn, by hand, by the clock or by its own failures.

local audit = require "herald.audit"
local canary = require "herald.canary"
local crypto = require "herald.crypto"
local json = require "herald.json"
local lifecycle = require "herald.lifecycle"
local window = require "herald.window"

local M = {}

-- A canary whose daemon ended is over: nobody watched it meanwhile.
---@param kept herald.Generations
function M.tidy(kept)
  for _, row in ipairs(kept.rows) do
    if row.state == "canary" then kept:note(row.number, { state = "withdrawn", note = "the daemon ended before the canary did" }) end
  end
end

---@param deployment herald.Deployment
---@return string|nil message
function M.conflict(deployment)
  local running = deployment.canary
  return running and ("generation %d is tried as a canary: `herald promote` puts it in force, `herald rollback` withdraws it"):format(running.number)
end

---What is asked for.
---@class herald.CanaryRequest
---@field percent number
---@field for_ms integer

-- Loads the scripts beside those in force; their campaigns' new versions are drafts.
local function load_beside(deployment, scripts, by, number)
  local versions, message, code, errors = lifecycle.candidate(deployment:importer(scripts.project), scripts.project, by)
  if not versions then return nil, message, code, errors end
  local ok, failure = deployment:load(scripts, number, json.encode { number = number, versions = versions })
  if not ok then return nil, failure, "check-failed", { failure } end
  return versions
end

local function keep(deployment, scripts, running, campaigns)
  local kept, message = deployment.generations:save {
    number = running.number, files = scripts.bundle.files, named = scripts.named, by = running.options.by, action = "canary",
    campaigns = campaigns, state = "canary", note = ("%g %% until %s"):format(running.options.percent, window.format(running.options.ends_at)),
  }
  if kept then kept, message = deployment.generations:note(deployment.number, { folder = scripts.named.hash }) end
  if not kept then deployment.log:error("the canary is not in the store", { generation = running.number, error = message }) end
end

---Starts a canary.
---@param deployment herald.Deployment
---@param scripts herald.Scripts
---@param by string
---@param request herald.CanaryRequest
---@return table|nil result
---@return string|nil message
---@return string|nil code
---@return string[]|nil errors
function M.start(deployment, scripts, by, request)
  local current = deployment.generations:current()
  if current and current.hash == scripts.named.hash then
    return nil, "there is nothing to try: the folder's files are those in force", "conflict"
  end
  local number, now = deployment.generations:next_number(), deployment.clock:now()
  local versions, message, code, errors = load_beside(deployment, scripts, by, number)
  if not versions then return nil, message, code, errors end
  local running = canary.new {
    number = number, percent = request.percent, ends_at = now + request.for_ms, by = by, settings = scripts.project.settings.canary,
  }
  running.scripts, running.versions = scripts, versions
  local campaigns, tried = 0, {}
  for _ in pairs(scripts.project.campaigns) do campaigns = campaigns + 1 end
  for id in pairs(versions) do tried[#tried + 1] = id end
  table.sort(tried)
  keep(deployment, scripts, running, campaigns)
  deployment.canary = running
  deployment.daemon:tell(json.encode {
    number = number, share = math.floor(request.percent * 100 + 0.5), salt = crypto.hex(crypto.random(8)), versions = versions,
  })
  deployment.daemon:alarm(request.for_ms, json.encode { canary_ends = number })
  audit.note(deployment, by, "canary", { generation = number, percent = request.percent, until_ms = now + request.for_ms })
  deployment.log:info("a canary is tried", { generation = number, percent = request.percent, by = by })
  return { generation = deployment.number, canary = number, tried = #tried > 0 and json.array(tried) or nil, campaigns = campaigns }
end

local function over(deployment, state, note)
  deployment.canary = nil
  local number = deployment.last_canary.generation
  local kept, message = deployment.generations:note(number, { state = state, note = note })
  if not kept then deployment.log:error("the end of the canary is not in the store", { generation = number, error = message }) end
end

---Ends a canary: nothing goes to it any more, and what it accepted finishes under its versions.
---@param deployment herald.Deployment
---@param by string
---@param reason string
---@return table result
function M.withdraw(deployment, by, reason)
  local running = deployment.canary
  deployment.last_canary = { generation = running.number, outcome = "withdrawn", at = deployment.clock:now(), by = by, reason = reason }
  deployment.daemon:tell "{}"
  deployment.daemon:withdraw()
  over(deployment, "withdrawn", reason)
  deployment.withdrawn = deployment.withdrawn + 1
  deployment.log:warn("the canary is withdrawn", { generation = running.number, by = by, reason = reason })
  audit.note(deployment, by, "withdraw", { generation = running.number, reason = reason })
  return { generation = deployment.number, withdrawn = running.number }
end

---Puts a canary in force: its versions go live.
---@param deployment herald.Deployment
---@param by string
---@return table|nil result
---@return string|nil message
---@return string|nil code
---@return string[]|nil errors
function M.promote(deployment, by)
  local running = deployment.canary
  if not running then return nil, "there is no canary to promote", "conflict" end
  local imported, message, code = lifecycle.import(deployment:importer(running.scripts.project), running.scripts.project, by,
    { versions = running.versions })
  if not imported then return nil, message, code end
  deployment.last_canary = { generation = running.number, outcome = "promoted", at = deployment.clock:now(), by = by }
  deployment.daemon:promote()
  over(deployment, "loaded", ("tried with %g %% of the recipients, promoted by %s"):format(running.options.percent, by))
  deployment.generations:note(running.number, { folder = running.scripts.named.hash })
  deployment.generations:know(running.scripts.named)
  deployment.number, deployment.scripts = running.number, running.scripts
  deployment.log:info("the canary is in force", { generation = running.number, by = by })
  local result = lifecycle.changes(imported)
  result.generation = running.number
  audit.note(deployment, by, "promote", { generation = running.number, activated = result.activated })
  return result
end

---Takes in what a worker or the clock says.
---@param deployment herald.Deployment
---@param told table
function M.hear(deployment, told)
  local running = deployment.canary
  if not running or math.tointeger(told.canary or told.canary_ends) ~= running.number then return end
  if told.canary_ends then
    local promoted, message = M.promote(deployment, "canary")
    if not promoted then M.withdraw(deployment, "canary", "it could not be promoted: " .. tostring(message)) end
    return
  end
  local reason = running:add(told)
  if reason then M.withdraw(deployment, "canary", reason) end
end

return M

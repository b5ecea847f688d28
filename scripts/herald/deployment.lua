-- Which scripts are in force, in the main thread: reads and checks them, imports their campaigns, has every worker load them,
-- and keeps each generation in the store, so that a restart and a rollback need no folder.

local audit = require "herald.audit"
local build_cache = require "herald.build_cache"
local canaries = require "herald.deployment_canary"
local clocks = require "herald.clock"
local generations = require "herald.generations"
local lifecycle = require "herald.lifecycle"
local parcel = require "herald.parcel"
local product = require "herald.product"
local project = require "herald.project"
local shadows = require "herald.deployment_shadow"

local M = {}
local Deployment = {}
Deployment.__index = Deployment

---What the main thread has at hand.
---@class herald.DeploymentParts
---@field dir string the project's folder
---@field share string
---@field data string
---@field store herald.Store
---@field clock herald.Clock
---@field log herald.Log
---@field generations herald.Generations

---A set of scripts that passed its check.
---@class herald.Scripts
---@field bundle { dir: string, files: table<string, string> }
---@field project herald.Project
---@field named herald.NamedFiles

---@param parts herald.DeploymentParts
---@return herald.Deployment
function M.new(parts)
  canaries.tidy(parts.generations)
  local current = parts.generations:current()
  return setmetatable({
    dir = parts.dir, share = parts.share, data = parts.data, store = parts.store, clock = parts.clock, log = parts.log,
    generations = parts.generations, number = current and current.number or 0, failures = 0, withdrawn = 0,
    cache = build_cache.new(), modules = product.pack(),
  }, Deployment)
end

local function texts(errors)
  local list = {}
  for index, failure in ipairs(errors) do list[index] = tostring(failure) end
  return list
end

---Checks a set of files.
---@param bundle { dir: string, files: table<string, string> }
---@param share string
---@param cache herald.BuildCache|nil
---@return herald.Scripts|nil
---@return string[]|nil errors
function M.check(bundle, share, cache)
  local loaded, errors = project.load(bundle, { share = share, cache = cache })
  if not loaded then return nil, texts(errors) end
  return { bundle = bundle, project = loaded, named = generations.name(bundle.files) }
end

---Reads the folder and checks it, so that nothing unsound gets further.
---@param dir string
---@param share string
---@param cache herald.BuildCache|nil
---@return herald.Scripts|nil
---@return string[]|nil errors
function M.read(dir, share, cache)
  local bundle, message = project.read(dir)
  if not bundle then return nil, { message } end
  return M.check(bundle, share, cache)
end

---What lifecycle needs of an engine, with the main thread's own session of the store.
---@param loaded herald.Project
---@return table
function Deployment:importer(loaded)
  return { store = self.store, clock = self.clock, log = self.log, project = loaded, settings = loaded.settings }
end

---Notes that a change did not get in; what is in force stays so.
function Deployment:refuse(by, errors)
  self.last_failure = { at = self.clock:now(), by = by, errors = errors }
  self.failures = self.failures + 1
  for _, line in ipairs(errors) do self.log:error("reload refused: " .. line, { by = by }) end
  return nil, "the scripts did not pass the check; the generation before stays", "check-failed", errors
end

-- A campaign that was to go live and did not says why; one that runs without its file is named.
local function report_import(self, imported)
  for id, errors in pairs(imported.refused) do
    for _, failure in ipairs(errors) do self.log:warn("not activated: " .. tostring(failure), { campaign = id }) end
  end
  for _, id in ipairs(imported.gone) do self.log:warn("file gone: the campaign goes on as it is until it is stopped", { campaign = id }) end
end

local function count(map)
  local total = 0
  for _ in pairs(map) do total = total + 1 end
  return total
end

-- Keeps what was loaded. A generation that the store does not take is in force all the same, until the next start.
local function keep(self, scripts, how, number, campaigns)
  local kept, message = self.generations:save {
    number = number, files = scripts.bundle.files, named = scripts.named, folder = how.folder or scripts.named.hash, by = how.by,
    action = how.action, campaigns = campaigns, state = "loaded", note = how.note,
  }
  if not kept then self.log:error("the generation is not in the store; a restart loads the one before", { generation = number, error = message }) end
end

-- What a worker needs: it builds a campaign from its version in the store, so that it is told the ids alone.
local function for_workers(scripts)
  local ids = {}
  for id in pairs(scripts.project.campaigns) do ids[#ids + 1] = id end
  return parcel.pack { dir = scripts.bundle.dir, files = scripts.bundle.files, campaigns = ids }
end

---Has every worker load the scripts, in force or beside those in force.
---@param scripts herald.Scripts
---@param number integer
---@param beside string|nil what a candidate is told
---@return true|nil ok
---@return string|nil message
function Deployment:load(scripts, number, beside)
  return self.daemon:load {
    bundle = for_workers(scripts), modules = self.modules, generation = number, data = self.data, beside = beside,
  }
end

---How a set of scripts comes into force.
---@class herald.Use
---@field by string
---@field action "start"|"reload"|"rollback"
---@field started integer monotonic ms
---@field is_known boolean|nil the generation in force, started again: no new one
---@field folder string|nil the hash of what the folder holds, where the scripts are others
---@field note string|nil

---Makes the scripts the current generation.
---@param scripts herald.Scripts
---@param how herald.Use
---@return table|nil result
---@return string|nil message
---@return string|nil code
---@return string[]|nil errors
function Deployment:use(scripts, how)
  local loaded = scripts.project
  local imported, message = lifecycle.import(self:importer(loaded), loaded, how.by, { is_rollback = how.action == "rollback" })
  if not imported then return self:refuse(how.by, { tostring(message) }) end
  report_import(self, imported)
  local number = how.is_known and self.number or self.generations:next_number()
  local ok, failure = self:load(scripts, number)
  if not ok then return self:refuse(how.by, { failure }) end
  self.number, self.last_failure, self.scripts = number, nil, scripts
  local campaigns = count(loaded.campaigns)
  if how.is_known then self.generations:know(scripts.named) else keep(self, scripts, how, number, campaigns) end
  local took = clocks.monotonic() - how.started
  self.log:info("loaded", { generation = number, campaigns = campaigns, by = how.by, how = how.action, ms = took })
  local result = lifecycle.changes(imported)
  result.generation, result.campaigns, result.ms = number, campaigns, took
  return result
end

-- Uses the scripts, and notes who wanted that.
local function switch(self, scripts, how, detail)
  local result, message, code, errors = self:use(scripts, how)
  if not result then return nil, message, code, errors end
  detail.generation, detail.activated = result.generation, result.activated
  audit.note(self, how.by, how.action, detail)
  return result
end

---Loads the folder anew into every worker, and the certificate; or changes nothing. As a canary or a shadow the folder's
---scripts come beside those in force. A shadow run that goes on ends.
---@param by string
---@param canary herald.CanaryRequest|nil
---@param shadow herald.ShadowRequest|nil
---@return table|nil result
---@return string|nil message
---@return string|nil code
---@return string[]|nil errors
function Deployment:reload(by, canary, shadow)
  local started = clocks.monotonic()
  local busy = canaries.conflict(self)
  if busy then
    self.log:warn("not reloaded: " .. busy, { by = by })
    return nil, busy, "conflict"
  end
  local scripts, errors = M.read(self.dir, self.share, self.cache)
  if not scripts then return self:refuse(by, errors) end
  shadows.stop(self, by, "ended by another reload")
  if canary then return canaries.start(self, scripts, by, canary) end
  if shadow then return shadows.start(self, scripts, by, shadow) end
  local ok, failure = self.daemon:reload_certificate()
  if not ok then return self:refuse(by, { failure }) end
  return switch(self, scripts, { by = by, action = "reload", started = started }, {})
end

-- The folder's content by name, so that a restart knows whether somebody changed it since.
local function folder_now(self)
  local bundle = project.read(self.dir)
  return bundle and generations.name(bundle.files).hash
end

---Puts the canary in force before its time.
---@param by string
function Deployment:promote(by)
  return canaries.promote(self, by)
end

---Takes in what a worker or the clock says.
---@param told table
function Deployment:hear(told)
  canaries.hear(self, told)
  shadows.hear(self, told)
end

---Withdraws the canary or ends the shadow run, where there is one and no number is given. Else goes back to an earlier generation, as the store has it;
---versions of its campaigns that have been live are so again.
---@param by string
---@param wanted integer|nil its number; the newest one with other files than now unless told
---@return table|nil result
---@return string|nil message
---@return string|nil code
---@return string[]|nil errors
function Deployment:rollback(by, wanted)
  local started = clocks.monotonic()
  if self.canary and not wanted then return canaries.withdraw(self, by, "withdrawn by " .. by) end
  if not wanted and shadows.is_running(self) then return shadows.stop(self, by, "ended by " .. by) end
  local busy = canaries.conflict(self)
  if busy then return nil, busy, "conflict" end
  local target, message, code = self.generations:target(wanted)
  if not target then return nil, message, code end
  local bundle, failure, failure_code = self.generations:bundle(target.number, self.dir)
  if not bundle then return nil, failure, failure_code end
  local scripts, errors = M.check(bundle, self.share, self.cache)
  if not scripts then return self:refuse(by, errors) end
  shadows.stop(self, by, "ended by a rollback")
  local result, refusal, refusal_code, refused = switch(self, scripts, {
    by = by, action = "rollback", started = started, folder = folder_now(self) or self.generations:current().folder,
    note = ("to generation %d"):format(target.number),
  }, { to = target.number })
  if result then result.to = target.number end
  return result, refusal, refusal_code, refused
end

function Deployment:status()
  return {
    generation = self.number, lastReloadFailure = self.last_failure, canary = self.canary and self.canary:view(), lastCanary = self.last_canary,
    shadow = self.shadow and self.shadow:summary(),
  }
end

---What the last shadow run found since the daemon started.
---@return table|nil report
---@return string|nil message
---@return string|nil code
function Deployment:shadow_report()
  if self.shadow then return self.shadow:view() end
  return nil, "no shadow run since the daemon started; `herald reload --shadow` begins one", "not-found"
end

function Deployment:metrics()
  return {
    generation = self.number, reload_failures = self.failures, lua_states = self.daemon:states(),
    canary_generation = self.canary and self.canary.number or 0, canaries_withdrawn = self.withdrawn,
  }
end

return M

-- Campaigns that keep exceeding their budget rest for a time: their triggers are refused, and on_event does not run. Then
-- one trigger at a time is let through, until one keeps the budget. The store knows of it, so that all workers do, and
-- a restart changes nothing.

local payload = require "herald.payload"
local window = require "herald.window"

local M = {}
local Parking = {}
Parking.__index = Parking

-- What a trial may take beside its script's waits and CPU time: the store's answers, say.
local TRIAL_SPARE_MS = 5000

---@class herald.Parked
---@field campaign string
---@field version string
---@field since integer
---@field until integer
---@field trial_until integer|nil another trigger is on trial as long
---@field reason string the last error

---@param engine herald.Engine
---@return herald.Parking
function M.new(engine)
  return setmetatable({ engine = engine, rows = {}, by_version = {}, revision = nil }, Parking)
end

local function key(campaign, version)
  return campaign .. "@" .. version
end

-- Reads the store when something changed in it. What cannot be read is as it was.
local function refresh(self)
  local revision = self.engine.store:revision()
  if not revision or revision == self.revision then return end
  local rows = self.engine.store:parkings()
  if not rows then return end
  self.rows, self.by_version, self.revision = rows, {}, revision
  for _, row in ipairs(rows) do self.by_version[key(row.campaign, row.version)] = row end
end

---@param campaign string
---@param version string
---@return herald.Parked|nil
function Parking:find(campaign, version)
  refresh(self)
  return self.by_version[key(campaign, version)]
end

---Every version that is parked or waits for a trial.
---@return herald.Parked[]
function Parking:list()
  refresh(self)
  return self.rows
end

-- From when on another trigger may be tried.
local function free_at(row)
  return math.max(row["until"], row.trial_until or 0)
end

---Asks whether a trigger may run: always when its campaign is not parked, and else as a trial.
---@param campaign herald.Campaign
---@return boolean may_run
---@return herald.Parked|nil parked set where it is a trial, or may not run
function Parking:admit(campaign)
  local row = self:find(campaign.definition.id, campaign.version)
  if not row then return true end
  local now, limits = self.engine.clock:now(), campaign.limits
  if now < free_at(row) then return false, row end
  local is_granted = self.engine.store:try_parked {
    campaign = row.campaign, version = row.version, now = now,
    trial_until = now + limits.wait_ms + limits.bounds.cpu_ms + TRIAL_SPARE_MS,
  }
  return is_granted == true, row
end

---The trial went well: the campaign is as any other.
---@param row herald.Parked
function Parking:pass(row)
  local detail = payload.encode { version = row.version, reason = "a trigger kept the budget" }
  local count, failure = self.engine.store:unpark { campaign = row.campaign, by = "herald", at = self.engine.clock:now(), detail = detail }
  if not count then return self.engine.log:warn("a campaign stays parked", { campaign = row.campaign, error = failure }) end
  self.engine.log:info("a campaign is no longer parked", { campaign = row.campaign, version = row.version })
end

local function count(self, campaign, metric)
  self.engine.store:count { campaign = campaign, metric = metric, at = self.engine.clock:now() }
end

---Notes that a campaign's on_trigger exceeded its budget.
---@param campaign herald.Campaign
---@param bound string which limit
---@param message string the error
---@param trial herald.Parked|nil where this was one
function Parking:note(campaign, bound, message, trial)
  local engine, rules = self.engine, self.engine.settings.parking
  local id, now = campaign.definition.id, engine.clock:now()
  count(self, id, "exceeded:" .. bound)
  if rules.after == 0 then return end
  local is_parked, failure = engine.store:note_excess {
    campaign = id, version = campaign.version, at = now, reason = message, after = rules.after, within_ms = rules.within_ms,
    time_ms = rules.time_ms, detail = payload.encode { version = campaign.version, reason = message, time = rules.time },
  }
  if is_parked == nil then return engine.log:warn("an exceeded budget is not counted", { campaign = id, error = failure }) end
  if not is_parked then return end
  if not trial then count(self, id, "parked") end
  engine.notices:warn(trial and "a campaign exceeded its budget on trial and stays parked" or "a campaign is parked: it keeps exceeding its budget", id, {
    campaign = id, version = campaign.version, reason = message, ["until"] = window.format(now + rules.time_ms),
  })
end

---Why a trigger is refused, and for how long.
---@param row herald.Parked
---@return string detail
---@return integer seconds
function Parking:refusal(row)
  local now, at = self.engine.clock:now(), free_at(row)
  local detail = "the campaign keeps exceeding its budget and is parked; the last time: %s; one trigger is tried again at %s; "
    .. "correct the script, or herald unpark %s"
  return detail:format(row.reason, window.format(math.max(at, now)), row.campaign), math.max(1, math.ceil((at - now) / 1000))
end

---Makes a campaign start anew.
---@param id string
---@param by string
---@return integer|nil count of its versions that were parked
---@return string|nil message
---@return string|nil code
function Parking:unpark(id, by)
  local found, message, code = self.engine.store:unpark { campaign = id, by = by, at = self.engine.clock:now() }
  if not found then return nil, message, code end
  if found == 0 then return nil, ("campaign %s is not parked"):format(id), "conflict" end
  return found
end

return M

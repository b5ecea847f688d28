-- A shadow run as the main thread knows it: what the workers counted, added up, and how long it goes on.

local tallies = require "herald.shadow.tally"

local M = {}
local Report = {}
Report.__index = Report

local TOTALS = { "compared", "dropped", "differing", "errors", "not_comparable" }

---@class herald.ShadowReport
---@field number integer the generation that runs beside the one in force
---@field by string
---@field started_at integer
---@field ends_at integer when it ends by itself
---@field ended herald.ShadowEnd|nil

---@class herald.ShadowEnd
---@field at integer
---@field by string
---@field reason string

---@param options { number: integer, by: string, started_at: integer, ends_at: integer, campaigns: string[] } campaigns: those that are others
---@return herald.ShadowReport
function M.new(options)
  local report = setmetatable({
    number = options.number, by = options.by, started_at = options.started_at, ends_at = options.ends_at, tallies = {},
  }, Report)
  for _, id in ipairs(options.campaigns) do report.tallies[id] = tallies.new() end
  return report
end

---Adds what a worker told.
---@param told { campaigns: table<string, herald.ShadowTally> }
function Report:add(told)
  for id, more in pairs(told.campaigns) do
    self.tallies[id] = self.tallies[id] or tallies.new()
    tallies.add(self.tallies[id], more)
  end
end

---The numbers of all campaigns.
---@return { compared: integer, dropped: integer, differing: integer, errors: integer, not_comparable: integer }
function Report:totals()
  local totals = {}
  for _, name in ipairs(TOTALS) do
    totals[name] = 0
    for _, tally in pairs(self.tallies) do totals[name] = totals[name] + tally[name] end
  end
  return totals
end

---How it stands, in a sentence.
---@return string
function Report:words()
  local totals = self:totals()
  return ("%d compared, %d differing"):format(totals.compared, totals.differing)
end

---Without the campaigns, as the status shows it; times are milliseconds since 1970.
---@return table
function Report:summary()
  local view = self:totals()
  view.generation, view.by, view.started_at, view.ends_at, view.ended = self.number, self.by, self.started_at, self.ends_at, self.ended
  return view
end

---@return table
function Report:view()
  local view = self:summary()
  view.campaigns = self.tallies
  return view
end

return M

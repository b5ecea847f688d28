-- A canary in the main thread: sums up what the workers tell of the old and the new generation, and judges whether the new one is
-- worse by more than the margins, for each campaign by itself.

local watch = require "herald.canary_watch"

local M = {}
local Canary = {}
Canary.__index = Canary

-- Below so many answers on either side their times say nothing.
local LEAST_TIMES = 100

local KINDS = {
  { name = "script_errors", of = "calls", words = "script errors" },
  { name = "rejections", of = "calls", words = "refused triggers" },
  { name = "render_errors", of = "messages", words = "render errors" },
}

---@class herald.CanaryOptions
---@field number integer
---@field percent number
---@field ends_at integer
---@field by string
---@field settings { least: integer, margin: table } as in herald.lua

---@param options herald.CanaryOptions
---@return herald.Canary
function M.new(options)
  return setmetatable({ options = options, number = options.number, sums = { old = {}, new = {} }, total = { old = 0, new = 0 } }, Canary)
end

local function sum_of(self, side, campaign)
  local sum = self.sums[side][campaign]
  if not sum then
    sum = { calls = 0, messages = 0, script_errors = 0, rejections = 0, render_errors = 0, times = {}, timed = 0 }
    self.sums[side][campaign] = sum
  end
  return sum
end

local function add(self, counts)
  local sum = sum_of(self, counts.side, counts.campaign)
  for _, name in ipairs { "calls", "messages", "script_errors", "rejections", "render_errors" } do
    sum[name] = sum[name] + math.tointeger(counts[name])
  end
  self.total[counts.side] = self.total[counts.side] + math.tointeger(counts.calls)
  for _, range in ipairs(counts.times) do
    range = math.tointeger(range)
    sum.times[range] = (sum.times[range] or 0) + 1
    sum.timed = sum.timed + 1
  end
end

local function percent(part, whole)
  return whole > 0 and 100 * part / whole or 0
end

local function judge_kind(self, campaign, kind)
  local new, old = sum_of(self, "new", campaign), sum_of(self, "old", campaign)
  local settings, count = self.options.settings, new[kind.name]
  if count < settings.least then return nil end
  local now, before = percent(count, new[kind.of]), percent(old[kind.name], old[kind.of])
  if now <= before + settings.margin[kind.name] then return nil end
  return ("%s of campaign %s: %d of %d (%.1f %%), before %d of %d (%.1f %%); the margin is %d %%"):format(
    kind.words, campaign, count, new[kind.of], now, old[kind.name], old[kind.of], before, settings.margin[kind.name])
end

-- The time within which 95 of 100 are answered.
local function time_95(sum)
  local left = math.ceil(sum.timed * 0.95)
  for range, bound in ipairs(watch.BOUNDS) do
    left = left - (sum.times[range] or 0)
    if left <= 0 then return bound end
  end
  return watch.BOUNDS[#watch.BOUNDS]
end

local function judge_time(self, campaign)
  local new, old = sum_of(self, "new", campaign), sum_of(self, "old", campaign)
  if new.timed < LEAST_TIMES or old.timed < LEAST_TIMES then return nil end
  local now, before, margin = time_95(new), time_95(old), self.options.settings.margin.latency_ms
  if now <= before + margin then return nil end
  return ("latency of campaign %s: 95 %% of the triggers answered within %d ms, before within %d ms; the margin is %d ms"):format(
    campaign, now, before, margin)
end

---Adds what a worker counted.
---@param report { canary: integer, counts: table[] }
---@return string|nil reason why the canary has failed
function Canary:add(report)
  for _, counts in ipairs(report.counts) do add(self, counts) end
  for _, counts in ipairs(report.counts) do
    for _, kind in ipairs(KINDS) do
      local reason = judge_kind(self, counts.campaign, kind)
      if reason then return reason end
    end
    local slow = judge_time(self, counts.campaign)
    if slow then return slow end
  end
end

---How it stands, as the status shows it; times are milliseconds since 1970.
---@return table
function Canary:view()
  local options = self.options
  return {
    generation = self.number, percent = options.percent, ends_at = options.ends_at, by = options.by,
    triggers = self.total.new, triggers_beside = self.total.old,
  }
end

return M

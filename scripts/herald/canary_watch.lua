-- A worker's part in a canary: which triggers the candidate takes, and what becomes of triggers and messages under the old and the
-- new generation. Counts are told to the main thread in bundles, the candidate's failures at once.

local crypto = require "herald.crypto"
local json = require "herald.json"
local loop = require "herald.loop"

local M = {}
local Watch = {}
Watch.__index = Watch

local BUNDLE_MS = 200
local SHARES = 10000 -- a share is told in hundredths of a per cent

-- The upper ends in ms of the ranges in which answers are counted.
M.BOUNDS = { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 60000 }

local REFUSALS = { ["script-error"] = "script_errors", ["rejected-by-campaign"] = "rejections" }

---What the main thread says of a canary.
---@class herald.CanaryOrder
---@field number integer the candidate's generation
---@field share integer of 10000 recipients
---@field salt string another one for each canary
---@field versions table<string, string> campaign -> the version that the candidate runs

---@param order herald.CanaryOrder
---@param side "old"|"new" which generation this state runs
---@param tell fun(text: string)
---@return herald.CanaryWatch
function M.new(order, side, tell)
  return setmetatable({ order = order, side = side, tell = tell, counts = {}, is_waiting = false }, Watch)
end

---Whether the candidate takes a trigger: always the same for one recipient of one canary.
---@param recipient { namespace: string, user_id: string } the call's first
---@return boolean
function Watch:is_chosen(recipient)
  if self.side ~= "old" then return false end
  local hash = crypto.sha256(("%s\n%s\n%s"):format(self.order.salt, recipient.namespace, recipient.user_id))
  return (">I4"):unpack(hash) % SHARES < self.order.share
end

-- The counts of one campaign under one generation since the last bundle.
local function counts_of(self, side, campaign)
  local key = side .. ":" .. campaign
  local found = self.counts[key]
  if not found then
    found = { side = side, campaign = campaign, calls = 0, messages = 0, script_errors = 0, rejections = 0, render_errors = 0, times = {} }
    self.counts[key] = found
  end
  return found
end

---Tells the main thread what was counted.
function Watch:flush()
  local list = {}
  for _, counts in pairs(self.counts) do
    counts.times = json.array(counts.times)
    list[#list + 1] = counts
  end
  self.counts = {}
  if #list > 0 then self.tell(json.encode { canary = self.order.number, counts = json.array(list) }) end
end

local function later(self)
  if self.is_waiting then return end
  self.is_waiting = true
  loop.spawn(function()
    loop.sleep(BUNDLE_MS)
    self.is_waiting = false
    self:flush()
  end)
end

local function noted(self, side, is_failure)
  if side == "new" and is_failure then self:flush() else later(self) end
end

local function range_of(ms)
  for index, bound in ipairs(M.BOUNDS) do
    if ms <= bound then return index end
  end
  return #M.BOUNDS
end

---Counts an answered call of a campaign that there is.
---@param campaign string
---@param status integer
---@param code string|nil of the refusal
---@param ms integer how long it took
function Watch:note_call(campaign, status, code, ms)
  local counts = counts_of(self, self.side, campaign)
  counts.calls = counts.calls + 1
  local kind = status ~= 202 and (REFUSALS[code] or status == 400 and "rejections") or nil
  if kind then counts[kind] = counts[kind] + 1 end
  counts.times[#counts.times + 1] = range_of(ms)
  noted(self, self.side, kind)
end

---Counts a rendered message for the generation whose version it is.
---@param message { campaign: string, version: string }
---@param has_failed boolean
function Watch:note_rendering(message, has_failed)
  local candidate = self.order.versions[message.campaign]
  local side = (candidate == nil and self.side or candidate == message.version and "new") or "old"
  local counts = counts_of(self, side, message.campaign)
  counts.messages = counts.messages + 1
  if has_failed then counts.render_errors = counts.render_errors + 1 end
  noted(self, side, has_failed)
end

return M

-- The current state's part in a shadow run: passes what it accepted or refused on to the candidate of its worker, always after the
-- answer. What cannot be passed on in time is dropped and counted, so that no trigger ever waits for the comparison.

local ids = require "herald.ids"
local json = require "herald.json"
local loop = require "herald.loop"
local recipients = require "herald.recipient"

local M = {}
local Feed = {}
Feed.__index = Feed

-- As much as a candidate compares: what is beyond costs no more than its count.
local MOST_WAITING = 64
local PAUSE_MS = 250 -- the answers are out then

---What the main thread says of a shadow run.
---@class herald.ShadowOrder
---@field shadow integer the candidate's generation
---@field versions table<string, string> campaign -> the version that the candidate runs

---@class herald.ShadowFeed
---@field tell_candidate fun(text: string): boolean

---@param order herald.ShadowOrder
---@param tell_candidate fun(text: string): boolean
---@return herald.ShadowFeed
function M.new(order, tell_candidate)
  return setmetatable({ order = order, tell_candidate = tell_candidate, waiting = {}, dropped = {}, is_due = false }, Feed)
end

local function drop(self, campaign)
  self.dropped[campaign] = (self.dropped[campaign] or 0) + 1
end

local function flush(self)
  local rows, dropped = self.waiting, self.dropped
  self.waiting, self.dropped = {}, {}
  self.tell_candidate(json.encode { dropped = dropped, rows = json.array(rows) })
end

local function later(self)
  if self.is_due then return end
  self.is_due = true
  loop.spawn(function()
    loop.sleep(PAUSE_MS)
    self.is_due = false
    flush(self)
  end)
end

local function note(self, live, at, message, more)
  local campaign = live.definition.id
  if #self.waiting >= MOST_WAITING then return drop(self, campaign) end
  local row = {
    campaign = campaign, version = live.version, at = at, type = message.type, user_id = message.user_id, namespace = message.namespace,
    channel = message.channel, surface = message.surface, payload = message.payload,
  }
  for name, value in pairs(more) do row[name] = value end
  self.waiting[#self.waiting + 1] = row
end

local function is_compared(self, live)
  return self.order.versions[live.definition.id] ~= nil
end

---Notes the messages of an accepted call, for a little later.
---@param live herald.Campaign
---@param at integer when it was accepted
---@param first integer the id of its first message
---@param messages table[] as store:accept takes them
---@param outcomes table[] of on_trigger; record: what its journal has, whether that is kept or not
function Feed:note(live, at, first, messages, outcomes)
  if not is_compared(self, live) then return end
  for index, message in ipairs(messages) do
    note(self, live, at, message, {
      id = ids.format(first + index - 1), state = message.state, reason = message.reason, record = outcomes[index].record,
    })
  end
  later(self)
end

local VERDICTS = { ["rejected-by-campaign"] = "rejected", ["script-error"] = "script error" }

---A recipient that on_trigger rejected, or failed on: no message came of it.
---@class herald.ShadowRefused
---@field live herald.Campaign
---@field recipient table
---@field code string
---@field reason string|nil
---@field record string what its journal would have

---Notes one of those, for a little later.
---@param failed herald.ShadowRefused
---@param at integer
function Feed:note_refused(failed, at)
  local verdict = VERDICTS[failed.code]
  if not verdict or not is_compared(self, failed.live) then return end
  note(self, failed.live, at, recipients.message(failed.live, failed.recipient, {}, at), {
    verdict = verdict, reason = failed.reason, record = failed.record,
  })
  later(self)
end

return M

-- The current state's part in a shadow run: passes what it accepted on to the candidate of its worker, always after the answer. What
-- cannot be passed on in time is dropped and counted, so that no trigger ever waits for the comparison.

local ids = require "herald.ids"
local json = require "herald.json"
local loop = require "herald.loop"

local M = {}
local Feed = {}
Feed.__index = Feed

local MOST_WAITING = 256
local PAUSE_MS = 1 -- the next turn of the loop: the answer is on its way then

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

-- Bytes that are no text cannot be told.
local function encoded(self, row)
  local ok, text = pcall(json.encode, row)
  if ok and utf8.len(text) then return text end
  drop(self, row.campaign)
end

local function flush(self)
  local rows, waiting = {}, self.waiting
  self.waiting = {}
  for _, row in ipairs(waiting) do rows[#rows + 1] = encoded(self, row) end
  local dropped = self.dropped
  self.dropped = {}
  self.tell_candidate(('{"dropped":%s,"rows":[%s]}'):format(json.encode(dropped), table.concat(rows, ",")))
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

---Notes the messages of an accepted call, for a little later.
---@param live herald.Campaign
---@param at integer when it was accepted
---@param first integer the id of its first message
---@param messages table[] as store:accept takes them
---@param outcomes table[] of on_trigger; record: what its journal has, whether that is kept or not
function Feed:note(live, at, first, messages, outcomes)
  local campaign = live.definition.id
  if not self.order.versions[campaign] then return end
  for index, message in ipairs(messages) do
    if #self.waiting >= MOST_WAITING then
      drop(self, campaign)
    else
      self.waiting[#self.waiting + 1] = {
        id = ids.format(first + index - 1), campaign = campaign, version = live.version, at = at, type = message.type,
        user_id = message.user_id, namespace = message.namespace, channel = message.channel, surface = message.surface,
        state = message.state, reason = message.reason, payload = message.payload, record = outcomes[index].record,
      }
    end
  end
  later(self)
end

return M

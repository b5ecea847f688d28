-- The candidate's part in a shadow run: takes what the current state accepted, runs it again under both versions as a replay does, and
-- tells the main thread how many differ and in what. It is one coroutine that rests longer than it works, with a bounded
-- queue; a campaign whose new code takes too long is left alone.

local clocks = require "herald.clock"
local ids = require "herald.ids"
local json = require "herald.json"
local loop = require "herald.loop"
local payload = require "herald.payload"
local replay = require "herald.replay"
local tallies = require "herald.shadow.tally"

local M = {}
local Runner = {}
Runner.__index = Runner

local MOST_QUEUED = 256
local BUNDLE_MS = 200
local REST = 4            -- times what the comparison took
local SHORTEST_REST_MS = 4
local LONGEST_REST_MS = 2000
local SLOW_MS = 1000      -- nothing that renders in time takes that long
local STRIKES = 3

---@param engine herald.Engine the candidate's
---@param order herald.ShadowOrder
---@param tell fun(text: string) to the main thread
---@return herald.ShadowRunner
function M.new(engine, order, tell)
  return setmetatable({
    engine = engine, order = order, tell = tell, queue = {}, first = 1, last = 0, tallies = {}, strikes = {}, is_running = false, is_retired = false,
  }, Runner)
end

local function tally_of(self, campaign)
  self.tallies[campaign] = self.tallies[campaign] or tallies.new()
  return self.tallies[campaign]
end

local function drop(self, campaign, count)
  local tally = tally_of(self, campaign)
  tally.dropped = tally.dropped + count
end

---Tells the main thread what was counted since the last time.
function Runner:flush()
  if not next(self.tallies) then return end
  self.tell(json.encode { shadow = self.order.shadow, campaigns = self.tallies })
  self.tallies = {}
end

local function later(self)
  if self.is_telling then return end
  self.is_telling = true
  loop.spawn(function()
    loop.sleep(BUNDLE_MS)
    self.is_telling = false
    self:flush()
  end)
end

-- A campaign that exceeds its budget, or takes very long, is tried a few times.
local function strike(self, campaign)
  self.strikes[campaign] = (self.strikes[campaign] or 0) + 1
  if self.strikes[campaign] == STRIKES then tally_of(self, campaign).is_left = true end
end

local function is_left(self, campaign)
  return (self.strikes[campaign] or 0) >= STRIKES
end

-- Counts a difference; whether it is a failure of the new code.
local function note_difference(tally, difference)
  local field, new = difference.field, difference.new
  tallies.count(tally.fields, field)
  if field == "question" then
    tallies.count(tally.asks, new:match "^asks something new: (%S+)" or "?")
  elseif field == "decision" and new:find "^script error" then
    tallies.count(tally.places, new:match "^script error: ([^%s:]+:%d+):" or "?")
    return true
  end
  return field == "message.error" and new ~= nil
end

local function note(tally, row, list, reason)
  tally.compared = tally.compared + 1
  if not list then
    tally.not_comparable = tally.not_comparable + 1
    return tallies.count(tally.reasons, reason)
  end
  if #list == 0 then return end
  tally.differing = tally.differing + 1
  if row.id and #tally.examples < tallies.MOST_EXAMPLES then tally.examples[#tally.examples + 1] = row.id end
  local has_failed = false
  for _, difference in ipairs(list) do has_failed = note_difference(tally, difference) or has_failed end
  if has_failed then tally.errors = tally.errors + 1 end
end

local function find(self)
  return function(id)
    local entry, message = self.engine.registry:get(id)
    if entry and entry.live then return entry.live end
    return nil, entry and tostring(entry.failure) or message or "it is gone"
  end
end

local function compare(self, row)
  local report = { masked = 0, exceeded = 0 }
  local given = setmetatable({ id = row.id and ids.parse(row.id) }, { __index = row })
  local list, reason = replay.differences(self.engine, given, { find = find(self) }, report)
  note(tally_of(self, row.campaign), row, list, reason)
  return report.exceeded > 0
end

-- One comparison, whatever comes of it, and how long it took.
local function try(self, row)
  local started = clocks.monotonic()
  local ok, result = xpcall(compare, debug.traceback, self, row)
  if not ok then
    self.engine.log:error("a comparison of the shadow run failed inside", { message = row.id, error = tostring(result) })
    drop(self, row.campaign, 1)
  end
  local took = clocks.monotonic() - started
  if not ok or result or took >= SLOW_MS then strike(self, row.campaign) end
  return took
end

local function rest(self, ms)
  if self.is_retired then return end
  self.nap = loop.parking()
  self.nap:wait(math.max(SHORTEST_REST_MS, math.min(ms, LONGEST_REST_MS)))
end

local function work(self)
  while self.queue[self.first] and not self.is_retired do
    local row = self.queue[self.first]
    self.queue[self.first], self.first = nil, self.first + 1
    if is_left(self, row.campaign) then
      drop(self, row.campaign, 1)
    else
      rest(self, REST * try(self, row))
    end
    later(self)
  end
  self.is_running = false
end

local function enqueue(self, row)
  local count = self.last - self.first + 1
  if self.is_retired or is_left(self, row.campaign) or count >= MOST_QUEUED then return drop(self, row.campaign, 1) end
  self.last = self.last + 1
  self.queue[self.last] = row
end

---Takes what the current state passed on.
---@param text string JSON
function Runner:take(text)
  local batch = payload.parse(text):value(1)
  for campaign, count in pairs(batch.dropped) do drop(self, campaign, count) end
  for _, row in ipairs(batch.rows) do enqueue(self, row) end
  later(self)
  if self.is_running then return end
  self.is_running = true
  loop.spawn(work, self)
end

---Compares nothing more, and tells what is not told yet.
function Runner:retire()
  self.is_retired = true
  for index = self.first, self.last do drop(self, self.queue[index].campaign, 1) end
  self.queue, self.first, self.last = {}, 1, 0
  if self.nap then self.nap:wake() end
  self:flush()
end

return M

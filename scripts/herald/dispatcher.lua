-- Decides which messages this Lua state holds in memory and delivers: what was just accepted goes on
-- without being read back while there is room; the rest waits in the outbox and is claimed when due.

local delivery = require "herald.delivery"
local ids = require "herald.ids"
local loop = require "herald.loop"

local M = {}
local Dispatcher = {}
Dispatcher.__index = Dispatcher

local ROOM = 4096           -- messages held in memory by one state
local CLAIM_MOST = 256
local LONGEST_NAP_MS = 1000 -- another worker's accept or an operator's retry can bring work at any time

---@param engine herald.Engine
---@param options { room: integer|nil }|nil
---@return herald.Dispatcher
function M.new(engine, options)
  return setmetatable({
    engine = engine,
    room = options and options.room or ROOM,
    queues = {},
    is_started = false,
    is_retired = false,
  }, Dispatcher)
end

---Takes one place in memory; false when there is none, or when nothing is delivered from here.
---@return boolean
function Dispatcher:reserve()
  if not self.is_started or self.is_retired or self.room <= 0 then return false end
  self.room = self.room - 1
  return true
end

---Gives back the places of messages that were not accepted after all.
function Dispatcher:release(messages)
  for _, message in ipairs(messages) do
    if message.state == "held" then self.room = self.room + 1 end
  end
end

local function queue_of(self, name)
  local queue = self.queues[name]
  if not queue then
    local surface = self.engine.project.surfaces[name]
    local workers = self.engine.workers -- each has its share of what the surface may
    queue = {
      first = 1, last = 0, running = 0, most = math.ceil((surface and surface.connections or 10) / workers),
      gap_ms = surface and surface.rate_per_second and 1000 * workers / surface.rate_per_second or 0, next_at = 0,
    }
    self.queues[name] = queue
  end
  return queue
end

-- Waits for the surface's turn when it has a rate.
local function pace(self, queue)
  if queue.gap_ms == 0 then return end
  local now = self.engine.clock:now()
  local at = math.max(now, queue.next_at)
  queue.next_at = at + queue.gap_ms
  if at > now then loop.sleep(math.ceil(at - now)) end
end

local function work(self, queue)
  while queue.first <= queue.last do
    local message = queue[queue.first]
    queue[queue.first] = nil
    queue.first = queue.first + 1
    pace(self, queue)
    local ok, failure = xpcall(delivery.deliver, debug.traceback, self.engine, message)
    if not ok then
      self.engine.log:error("a delivery ended without an outcome; the message is claimed again after a restart",
        { message = ids.format(message.id), error = tostring(failure) })
    end
    self.room = self.room + 1
    if self.nap then self.nap:wake() end
  end
  queue.running = queue.running - 1
end

---Delivers a held message as soon as its surface has a free connection.
---@param message table
function Dispatcher:enqueue(message)
  local queue = queue_of(self, message.surface or "")
  queue.last = queue.last + 1
  queue[queue.last] = message
  if queue.running < queue.most then
    queue.running = queue.running + 1
    loop.spawn(work, self, queue)
  end
end

---Takes over the messages of an execution that was accepted just now.
function Dispatcher:take(campaign, execution, messages, now, sandbox)
  for index, message in ipairs(messages) do
    if message.state == "held" then
      message.id = execution + index - 1
      message.execution, message.campaign, message.version = execution, campaign.definition.id, campaign.version
      message.created_at, message.attempts, message.sandbox = now, 0, sandbox
      self:enqueue(message)
    end
  end
end

local function nap_ms(self, now)
  local due = self.engine.store:next_due()
  if not due then return LONGEST_NAP_MS end
  return math.max(1, math.min(due - now, LONGEST_NAP_MS))
end

local function nap(self, ms)
  self.nap = loop.parking()
  local parking = self.nap
  loop.spawn(function()
    loop.sleep(ms)
    parking:wake()
  end)
  parking:wait()
  if self.nap == parking then self.nap = nil end
end

-- Claims what is due and returns how many messages it took.
local function claim(self, now)
  local due = self.engine.store:next_due()
  if not due or due > now or self.room <= 0 then return 0 end
  local messages, failure = self.engine.store:claim { now = now, limit = math.min(self.room, CLAIM_MOST) }
  if not messages then
    self.engine.log:warn("the outbox cannot be read", { error = failure })
    return 0
  end
  self.room = self.room - #messages
  for _, message in ipairs(messages) do self:enqueue(message) end
  return #messages
end

---Keeps claiming due messages until it is retired.
function Dispatcher:start()
  self.is_started = true
  loop.spawn(function()
    while not self.is_retired do
      local now = self.engine.clock:now()
      if claim(self, now) == 0 then nap(self, nap_ms(self, now)) end
    end
  end)
end

---Claims nothing more; what is held is still delivered.
function Dispatcher:retire()
  self.is_retired = true
  if self.nap then self.nap:wake() end
end

---Delivers everything that is due now, one after the other, in the order of its time. For tests and the command line.
---@return integer delivered
function Dispatcher:deliver_due()
  local count = 0
  repeat
    local messages = assert(self.engine.store:claim { now = self.engine.clock:now(), limit = CLAIM_MOST })
    for _, message in ipairs(messages) do delivery.deliver(self.engine, message) end
    count = count + #messages
    local due = self.engine.store:next_due()
  until #messages == 0 or not due or due > self.engine.clock:now()
  return count
end

return M

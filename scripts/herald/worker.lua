-- What a worker's Lua state runs: builds the project from the bundle it is given, and from it the engine
-- and the HTTP application. One state serves one generation of scripts.

local app = require "herald.app"
local canary_watch = require "herald.canary_watch"
local engine = require "herald.engine"
local json = require "herald.json"
local maintenance = require "herald.maintenance"
local parcel = require "herald.parcel"
local project = require "herald.project"
local shadow_feed = require "herald.shadow.feed"
local shadow_runner = require "herald.shadow.runner"
local transfer = require "herald.transfer"

local M = {}

-- To one host. The surfaces' own bounds are lower; this one is for the requests that scripts make.
local MOST_CONNECTIONS = 1000

---@class herald.WorkerContext
---@field store herald.Store
---@field clock herald.Clock
---@field log herald.Log
---@field tally herald.Tally
---@field bundle string the project's files, as herald.parcel packs them
---@field data string
---@field share string
---@field generation integer
---@field workers integer
---@field index integer counted from zero
---@field version string
---@field ask fun(question: string): string asks the main thread; waits
---@field tell fun(text: string) tells it something
---@field hand_over fun(request: table): boolean gives a request to the candidate of this worker
---@field tell_candidate fun(text: string): boolean
---@field beside string|nil what a candidate is told: its number and versions as JSON

-- Questions that the main thread answers, as { result } or { message, code, errors }.
local function asker(context, name)
  return function(by, arguments)
    local answer = json.decode(context.ask(json.encode { ask = name, by = by, arguments = arguments }))
    if answer.result ~= nil then return answer.result end
    return nil, answer.message, answer.code, answer.errors
  end
end

local function control(context)
  local names = {}
  for _, name in ipairs { "reload", "promote", "rollback", "status", "shadow", "metrics" } do names[name] = asker(context, name) end
  return names
end

-- A candidate runs versions that are not live, for some recipients or as a shadow, and tells how that goes.
local function try_beside(built, order, context)
  built.registry:overlay_with(order.versions)
  if order.shadow then
    built.shadow_runner = shadow_runner.new(built, order, context.tell)
  else
    built.canary = canary_watch.new(order, "new", context.tell)
  end
end

-- What the main thread says: a canary or a shadow run begins, or is over. A shadow hears what the current state accepted.
local function hear(built, context, text)
  if built.shadow_runner then return built.shadow_runner:take(text) end
  local order = json.decode(text)
  built.canary = order.number and canary_watch.new(order, "old", context.tell) or nil
  built.shadow = order.shadow and shadow_feed.new(order, context.tell_candidate) or nil
end

-- A shadow does nothing but compare: whatever asks another system beside its tape gets no way out.
local SHADOW_OUTSIDE = { http = function() return nil, "a shadow run asks nobody", "unreachable" end, sleep = function() end }

local function handler(application)
  return function(request)
    local status, body, headers = application:handle(request)
    if not status then return end
    local is_sent, failure = pcall(request.respond, request, status, body, headers)
    if not is_sent then request:respond(application:failure(request, failure)) end
  end
end

local function start(built, upkeep)
  built.dispatcher:start()
  built.registry:warm()
  if upkeep then upkeep:start() end
end

-- What the worker calls.
local function module(built, application, upkeep, context)
  return {
    body_limits = application:body_limits(), handle = handler(application),
    tell = function(text) hear(built, context, text) end,
    start = function()
      if not context.beside then return start(built, upkeep) end
      if not built.shadow_runner then built.dispatcher:start_holding() end
      built.registry:warm()
    end,
    promote = function()
      built.canary, built.hand_over = nil, context.hand_over
      built.registry:overlay_with(nil)
      start(built, upkeep)
    end,
    retire = function()
      if built.canary then built.canary:flush() end
      if built.shadow_runner then built.shadow_runner:retire() end
      built.dispatcher:retire()
      built.registry:retire()
      if upkeep then upkeep:retire() end
    end,
  }
end

---Loads the bundle; the listener then calls handle for each request.
---@param context herald.WorkerContext
---@return { body_limits: table[], handle: function, tell: function, start: function, promote: function, retire: function }|nil
---@return string|nil message
function M.load(context)
  local loaded, errors = project.load(parcel.unpack(context.bundle), { share = context.share })
  if not loaded then
    local lines = {}
    for index, failure in ipairs(errors) do lines[index] = tostring(failure) end
    return nil, table.concat(lines, "\n")
  end
  local order = context.beside and json.decode(context.beside)
  local built = engine.new {
    store = context.store, clock = context.clock, log = context.log, tally = context.tally,
    transfer = transfer.new { connections = MOST_CONNECTIONS }, project = loaded,
    data = context.data, workers = context.workers, generation = context.generation,
    control = control(context), version = context.version, hand_over = not context.beside and context.hand_over or nil,
    outside = order and order.shadow and SHADOW_OUTSIDE or nil,
  }
  local refreshed, message = built.registry:refresh()
  if not refreshed then return nil, message end
  local application = app.new(built)
  local upkeep = context.index == 0 and maintenance.new(built) or nil
  if order then try_beside(built, order, context) end
  return module(built, application, upkeep, context)
end

return M

-- What a worker's Lua state runs: builds the project from the bundle it is given, and from it the engine
-- and the HTTP application. One state serves one generation of scripts.

local app = require "herald.app"
local engine = require "herald.engine"
local json = require "herald.json"
local maintenance = require "herald.maintenance"
local parcel = require "herald.parcel"
local project = require "herald.project"
local transfer = require "herald.transfer"

local M = {}

-- To one host. The surfaces' own bounds are lower; this one is for the requests that scripts make.
local MOST_CONNECTIONS = 1000

---@class herald.WorkerContext
---@field store herald.Store
---@field clock herald.Clock
---@field log herald.Log
---@field bundle string the project's files, as herald.parcel packs them
---@field data string
---@field share string
---@field generation integer
---@field workers integer
---@field index integer counted from zero
---@field version string
---@field ask fun(question: string): string asks the main thread; waits

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
  for _, name in ipairs { "reload", "rollback", "status", "metrics" } do names[name] = asker(context, name) end
  return names
end

---Loads the bundle; the listener then calls handle for each request.
---@param context herald.WorkerContext
---@return { handle: function, start: function, retire: function }|nil
---@return string|nil message
function M.load(context)
  local loaded, errors = project.load(parcel.unpack(context.bundle), { share = context.share })
  if not loaded then
    local lines = {}
    for index, failure in ipairs(errors) do lines[index] = tostring(failure) end
    return nil, table.concat(lines, "\n")
  end
  local built = engine.new {
    store = context.store, clock = context.clock, log = context.log, transfer = transfer.new { connections = MOST_CONNECTIONS }, project = loaded,
    data = context.data, workers = context.workers, generation = context.generation,
    control = control(context), version = context.version,
  }
  local refreshed, message = built.registry:refresh()
  if not refreshed then return nil, message end
  local application = app.new(built)
  local upkeep = context.index == 0 and maintenance.new(built) or nil
  return {
    handle = function(request)
      local status, body, headers = application:handle(request)
      local is_sent, failure = pcall(request.respond, request, status, body, headers)
      if not is_sent then request:respond(application:failure(request, failure)) end
    end,
    start = function()
      built.dispatcher:start()
      built.registry:warm()
      if upkeep then upkeep:start() end
    end,
    retire = function()
      built.dispatcher:retire()
      built.registry:retire()
      if upkeep then upkeep:retire() end
    end,
  }
end

return M

-- The main thread's part of the daemon: starts the workers with the scripts that are in force, and then answers signals and
-- the workers' questions one after the other.

local clocks = require "herald.clock"
local daemons = require "herald.daemon"
local deployment = require "herald.deployment"
local generations = require "herald.generations"
local json = require "herald.json"
local logs = require "herald.log"
local opening = require "herald.opening"
local project_settings = require "herald.settings"

local M = {}
local Server = {}
Server.__index = Server

local DRAIN_MS = 10000

---@class herald.ServeOptions
---@field project string the project's folder
---@field listen string|nil instead of the setting
---@field data string|nil
---@field workers integer|nil
---@field share string
---@field version string

function Server:status()
  local status = self.deployment:status()
  status.workers, status.listen, status.tls, status.startedAt = self.workers, self.address, self.is_tls, self.started_at
  return status
end

function Server:metrics()
  local metrics = self.deployment:metrics()
  metrics.workers, metrics.started_at = self.workers, self.started_at
  return metrics
end

local ASKS = {
  reload = function(server, by, arguments) return server.deployment:reload(by, arguments.canary, arguments.shadow) end,
  promote = function(server, by) return server.deployment:promote(by) end,
  rollback = function(server, by, arguments) return server.deployment:rollback(by, math.tointeger(arguments.generation)) end,
  status = function(server) return server:status() end,
  shadow = function(server) return server.deployment:shadow_report() end,
  metrics = function(server) return server:metrics() end,
}

local function answer(server, text)
  local question = json.decode(text)
  local result, message, code, errors = ASKS[question.ask](server, question.by or "local", question.arguments or {})
  return json.encode { result = result, message = message, code = code, errors = errors and json.array(errors) or nil }
end

-- The project's folders, so that editing a file is enough; new folders are seen at the next change.
function Server:watch()
  local folders, seen = { self.options.project }, {}
  for path in pairs(self.deployment.scripts.bundle.files) do
    local folder = path:match("^(.*)/[^/]*$")
    if folder and not seen[folder] then
      seen[folder] = true
      folders[#folders + 1] = self.options.project .. "/" .. folder
    end
  end
  local ok, message = self.daemon:watch(folders)
  if not ok then self.log:warn("not watching for changes", { error = message }) end
end

---Answers events until the daemon is told to end.
function Server:run()
  while true do
    local event, question = self.daemon:next()
    if question then
      self.daemon:answer(question, answer(self, event))
    elseif event:sub(1, 1) == "{" then
      self.deployment:hear(json.decode(event))
    elseif event == "reload" then
      self.deployment:reload("signal")
    elseif event == "changed" then
      self.deployment:reload("watch")
      self:watch()
    else
      self.log:info("ending", { reason = event })
      self.daemon:stop(self.drain_ms)
      return
    end
  end
end

-- 0: one for each core.
local function worker_count(wanted)
  return wanted > 0 and wanted or daemons.cores()
end

local function open_deployment(server, state)
  local kept, message = generations.open { store = server.store, clock = server.clock, keep = state.settings.generations }
  if not kept then return nil, { message } end
  local opened, errors = opening.choose(state, kept, server.options.share)
  if not opened then return nil, errors end
  server.deployment = deployment.new {
    dir = server.options.project, share = server.options.share, data = server.data, store = server.store, clock = server.clock,
    log = server.log, generations = kept,
  }
  return opened
end

local function serve(server, state)
  local opened, errors = open_deployment(server, state)
  if not opened then return 1, errors end
  local exit, failures = server:open(opened)
  if exit == 0 then server:run() end
  if server.daemon then server.daemon:close() end
  return exit, failures
end

---Starts the daemon and serves until a signal ends it.
---@param options herald.ServeOptions
---@return integer exit
---@return string[]|nil errors
function M.run(options)
  local state, errors = opening.read(options.project, options.share)
  if not state then return 1, errors end
  local settings = state.settings
  local clock = clocks.system()
  local log = assert(logs.open { format = settings.log.format, level = settings.log.level, clock = clock })
  local data = options.data or (options.project .. "/" .. settings.data)
  local store, refused = opening.open_store(state, data, clock)
  if not store then return 1, refused end
  local exit, failures = serve(setmetatable({
    options = options, store = store, clock = clock, log = log, data = data,
    workers = worker_count(options.workers or settings.workers), started_at = clock:now(), drain_ms = DRAIN_MS,
  }, Server), state)
  store:close()
  return exit, failures
end

local function tls_files(dir, tls)
  if not tls then return nil end
  local files = {}
  for _, name in ipairs { "certificate", "key", "client_ca" } do
    files[name] = project_settings.tls_path(dir, tls[name])
  end
  return files
end

local function listener_limits(limits)
  return {
    header_size = limits.header, body_size = limits.body, header_time_ms = limits.header_time_ms,
    body_time_ms = limits.body_time_ms, idle_time_ms = limits.idle_time_ms, connections = limits.connections,
  }
end

-- Brings the scripts into force that the daemon starts with, and says where they are not the folder's.
local function use_first(server, opened)
  local running = server.deployment
  local used, _, _, errors = running:use(opened.scripts, {
    by = "start", action = "start", started = clocks.monotonic(), is_known = opened.is_known, folder = opened.folder,
  })
  if not used then return nil, errors end
  if opened.errors then
    running:refuse("start", opened.errors)
  elseif opened.is_known then
    running.generations:note(running.number, { folder = opened.folder })
  end
  if opened.folder ~= opened.scripts.named.hash then
    server.log:warn("the scripts in force are those of the store, not the folder's; `herald reload` loads the folder",
      { generation = running.number })
  end
  return true
end

---Starts workers and listeners with the first generation.
---@param opened herald.Opening
function Server:open(opened)
  local settings = opened.scripts.project.settings
  local daemon, failure = daemons.start {
    store = self.store, clock = self.clock, log = self.log, share = self.options.share, workers = self.workers,
    limits = listener_limits(settings.limits), tls = tls_files(self.options.project, settings.tls),
  }
  if not daemon then return 1, { failure } end
  self.daemon, self.deployment.daemon = daemon, daemon
  local used, errors = use_first(self, opened)
  if not used then return 1, errors end
  local address = self.options.listen or settings.listen
  local port, listen_failure = daemon:listen { address = address, tls = settings.tls ~= nil }
  if not port then return 1, { listen_failure } end
  local socket, socket_failure = daemon:listen { address = "unix:" .. self.data .. "/herald.sock" }
  if not socket then return 1, { socket_failure } end
  self.address, self.is_tls = address:gsub(":%d+$", ":" .. port), settings.tls ~= nil
  if settings.watch then self:watch() end
  self.log:info("ready", { listen = self.address, workers = self.workers, data = self.data })
  return 0
end

return M

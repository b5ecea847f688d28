-- The main thread's part of the daemon: reads and checks the project, imports its campaigns, starts the
-- workers, and then answers signals and the workers' questions one after the other.

local audit = require "herald.audit"
local clocks = require "herald.clock"
local daemons = require "herald.daemon"
local place = require "herald.cli.place"
local json = require "herald.json"
local lifecycle = require "herald.lifecycle"
local logs = require "herald.log"
local project = require "herald.project"
local stores = require "herald.store"

local M = {}
local Server = {}
Server.__index = Server

local KEPT_GENERATIONS = 10
local DRAIN_MS = 10000

---@class herald.ServeOptions
---@field project string the project's folder
---@field listen string|nil instead of the setting
---@field data string|nil
---@field workers integer|nil
---@field share string
---@field version string

local function texts(errors)
  local list = {}
  for index, failure in ipairs(errors) do list[index] = tostring(failure) end
  return list
end

-- Reads the folder and loads it, so that nothing unsound gets further.
local function read_project(options)
  local bundle, message = project.read(options.project)
  if not bundle then return nil, { message } end
  local loaded, errors = project.load(bundle, { share = options.share })
  if not loaded then return nil, texts(errors) end
  return bundle, loaded
end

-- What lifecycle needs of an engine, with the main thread's own session of the store.
local function importer(server, loaded)
  return { store = server.store, clock = server.clock, log = server.log, project = loaded, settings = loaded.settings }
end

---Loads the folder anew into every worker, and the certificate; or changes nothing.
---@param by string
---@return table|nil result
---@return string|nil message
---@return string|nil code
---@return string[]|nil errors
function Server:reload(by)
  local started = clocks.monotonic()
  local bundle, loaded = read_project(self.options)
  if not bundle then return self:refuse(by, loaded) end
  local ok, failure = self.daemon:reload_certificate()
  if not ok then return self:refuse(by, { failure }) end
  return self:switch(bundle, loaded, by, started, "reload")
end

-- Uses the bundle, and notes who wanted that.
function Server:switch(bundle, loaded, by, started, action)
  local result, message, code, errors = self:use(bundle, loaded, by, started, { is_rollback = action == "rollback" })
  if result then audit.note(self, by, action, { generation = result.generation, activated = result.activated }) end
  return result, message, code, errors
end

function Server:refuse(by, errors)
  self.last_failure = { at = self.clock:now(), by = by, errors = errors }
  self.failures = self.failures + 1
  for _, line in ipairs(errors) do self.log:error("reload refused: " .. line, { by = by }) end
  return nil, "the scripts did not pass the check; the generation before stays", "check-failed", errors
end

-- A campaign that was to go live and did not says why; one that runs without its file is named.
function Server:report_import(imported)
  for id, errors in pairs(imported.refused) do
    for _, failure in ipairs(errors) do self.log:warn("not activated: " .. tostring(failure), { campaign = id }) end
  end
  for _, id in ipairs(imported.gone) do self.log:warn("file gone: the campaign goes on as it is until it is stopped", { campaign = id }) end
end

---Makes the bundle the current generation.
---@param options { is_rollback: boolean|nil }|nil
function Server:use(bundle, loaded, by, started, options)
  local imported, message = lifecycle.import(importer(self, loaded), loaded, by, options)
  if not imported then return self:refuse(by, { tostring(message) }) end
  self:report_import(imported)
  local number = self.number + 1
  local ok, failure = self.daemon:load { bundle = json.encode(bundle), generation = number, data = self.data }
  if not ok then return self:refuse(by, { failure }) end
  self.number, self.last_failure = number, nil
  local count = 0
  for _ in pairs(loaded.campaigns) do count = count + 1 end
  local entry = { number = number, loaded_at = self.clock:now(), loaded_by = by, campaigns = count, bundle = bundle }
  self.generations[#self.generations + 1] = entry
  if #self.generations > KEPT_GENERATIONS then table.remove(self.generations, 1) end
  local took = clocks.monotonic() - started
  self.log:info("loaded", { generation = number, campaigns = count, by = by, ms = took })
  local result = lifecycle.changes(imported)
  result.generation, result.campaigns, result.ms = number, count, took
  return result
end

---Goes back to the scripts of the generation before; versions of theirs that have been live are so again.
function Server:rollback(by)
  local started = clocks.monotonic()
  local earlier = self.generations[#self.generations - 1]
  if not earlier then return nil, "there is no generation to go back to", "conflict" end
  local loaded, errors = project.load(earlier.bundle, { share = self.options.share })
  if not loaded then return self:refuse(by, texts(errors)) end
  return self:switch(earlier.bundle, loaded, by, started, "rollback")
end

function Server:list_generations()
  local list = {}
  for index, entry in ipairs(self.generations) do
    list[index] = {
      number = entry.number, loaded_at = entry.loaded_at, loaded_by = entry.loaded_by, campaigns = entry.campaigns,
      current = entry.number == self.number,
    }
  end
  return json.array(list)
end

function Server:status()
  return {
    generation = self.number, workers = self.workers, listen = self.address, tls = self.is_tls, startedAt = self.started_at,
    lastReloadFailure = self.last_failure,
  }
end

function Server:metrics()
  return { generation = self.number, reload_failures = self.failures, workers = self.workers, started_at = self.started_at }
end

local ASKS = {
  reload = function(server, by) return server:reload(by) end,
  rollback = function(server, by) return server:rollback(by) end,
  generations = function(server) return server:list_generations() end,
  status = function(server) return server:status() end,
  metrics = function(server) return server:metrics() end,
}

local function answer(server, text)
  local question = json.decode(text)
  local result, message, code, errors = ASKS[question.ask](server, question.by or "local")
  return json.encode { result = result, message = message, code = code, errors = errors and json.array(errors) or nil }
end

-- The project's folders, so that editing a file is enough; new folders are seen at the next change.
function Server:watch()
  local folders, seen = { self.options.project }, {}
  for path in pairs(self.generations[#self.generations].bundle.files) do
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
    elseif event == "reload" then
      self:reload("signal")
    elseif event == "changed" then
      self:reload("watch")
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

---Starts the daemon and serves until a signal ends it.
---@param options herald.ServeOptions
---@return integer exit
---@return string[]|nil errors
function M.run(options)
  local bundle, loaded = read_project(options)
  if not bundle then return 1, loaded end
  local settings = loaded.settings
  local clock = clocks.system()
  local log = assert(logs.open { format = settings.log.format, level = settings.log.level, clock = clock })
  local data = options.data or (options.project .. "/" .. settings.data)
  if not place.make_dir(data) then return 1, { ("the data folder %s cannot be made"):format(data) } end
  local store, message = stores.open { path = data .. "/" .. settings.store.file, clock = clock }
  if not store then return 1, { message } end
  local server = setmetatable({
    options = options, store = store, clock = clock, log = log, data = data, generations = {}, number = 0, failures = 0,
    workers = worker_count(options.workers or settings.workers), started_at = clock:now(), drain_ms = DRAIN_MS,
  }, Server)
  local exit, errors = server:open(bundle, loaded)
  if exit == 0 then server:run() end
  if server.daemon then server.daemon:close() end
  store:close()
  return exit, errors
end

-- Relative paths are the project's.
local function tls_files(dir, tls)
  if not tls then return nil end
  local files = {}
  for _, name in ipairs { "certificate", "key", "client_ca" } do
    local path = tls[name]
    files[name] = path and (path:sub(1, 1) == "/" and path or dir .. "/" .. path)
  end
  return files
end

local function listener_limits(limits)
  return {
    header_size = limits.header, body_size = limits.body, header_time_ms = limits.header_time_ms,
    body_time_ms = limits.body_time_ms, idle_time_ms = limits.idle_time_ms, connections = limits.connections,
  }
end

---Starts workers and listeners with the first generation.
function Server:open(bundle, loaded)
  local settings = loaded.settings
  local daemon, failure = daemons.start {
    store = self.store, clock = self.clock, log = self.log, share = self.options.share, workers = self.workers,
    limits = listener_limits(settings.limits), tls = tls_files(self.options.project, settings.tls),
  }
  if not daemon then return 1, { failure } end
  self.daemon = daemon
  local used, _, _, errors = self:use(bundle, loaded, "start", clocks.monotonic())
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

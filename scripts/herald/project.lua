-- A project folder: read once into plain data, then loaded into what the engine works with. Every error of
-- every file is collected; nothing of a project with errors is used.

local campaign = require "herald.campaign"
local channels = require "herald.channels"
local endpoint = require "herald.endpoint"
local fault = require "herald.fault"
local folder = require "herald.folder"
local listing = require "herald.files"
local nearest = require "herald.nearest"
local primitives = require "herald.primitives"
local secret = require "herald.secret"
local settings = require "herald.settings"
local surface = require "herald.surface"

local M = {}

---@class herald.Project
---@field dir string|nil
---@field files table<string, string> path -> text
---@field settings herald.Settings
---@field channels table<string, herald.Channel>
---@field surfaces table<string, herald.Surface>
---@field campaigns table<string, herald.Campaign|true> true: not evaluated
---@field endpoints herald.Endpoint[]
---@field secrets fun(name: string): string|nil
---@field words table<string, any>
---@field errors herald.Fault[]
---@field warnings herald.Fault[]

-- Only a folder that says so is a project: a stray file of Lua does not make one.
local function check_folder(dir)
  local entries, message, code = listing.list(dir)
  if not entries then return nil, code == "not-found" and folder.missing(dir) or message, code end
  for _, entry in ipairs(entries) do
    if entry.name == "herald.lua" or entry.name == "campaigns" and entry.kind == "folder" then return true end
  end
  return nil, ("%s is no project folder: it has neither herald.lua nor campaigns/"):format(dir), "not-found"
end

---Reads a project folder: its Lua files and templates, not its secrets and data.
---@param dir string
---@return { dir: string, files: table<string, string> }|nil
---@return string|nil message
---@return string|nil code
function M.read(dir)
  local is_project, reason, reason_code = check_folder(dir)
  if not is_project then return nil, reason, reason_code end
  local files, message, code = folder.read(dir)
  if not files then return nil, message, code end
  return { dir = dir, files = files }
end

local function add_all(project, faults)
  for _, found in ipairs(faults or {}) do project.errors[#project.errors + 1] = found end
end

local function add(project, fields)
  project.errors[#project.errors + 1] = fault.new(fields)
end

-- The Lua files of a folder, in order; folders inside it hold what these require.
local function files_in(files, name)
  local paths = {}
  for path in pairs(files) do
    if path:find("^" .. name .. "/[^/]+%.lua$") then paths[#paths + 1] = path end
  end
  table.sort(paths)
  return paths
end

-- The files may be on the server's machine alone, so that their absence here is no error.
local function check_tls(project)
  local tls = project.dir and project.settings and project.settings.tls
  for _, name in ipairs(tls and { "certificate", "key", "client_ca" } or {}) do
    local path = type(tls[name]) == "string" and settings.tls_path(project.dir, tls[name])
    local file = path and io.open(path, "r")
    if file then file:close() end
    if path and not file then
      local message = ("there is no file %s on this machine that can be read; herald serve needs it"):format(path)
      project.warnings[#project.warnings + 1] = fault.new { file = "herald.lua", path = "tls." .. name, message = message }
    end
  end
end

local function load_surfaces(project)
  for _, path in ipairs(files_in(project.files, "surfaces")) do
    local built, faults = surface.from_file(path, project.files, project)
    add_all(project, faults)
    local other = built and project.surfaces[built.name]
    if other then
      add(project, { file = path, path = "name", message = ("%q is the name of the surface in %s, too"):format(built.name, other.file) })
    elseif built then
      project.surfaces[built.name] = built
    end
  end
end

local function check_failover(project)
  for _, built in pairs(project.surfaces) do
    for index, name in ipairs(built.failover or {}) do
      local other, message = project.surfaces[name], nil
      if not other then
        message = ("there is no surface %q%s"):format(name, nearest.hint(name, project.surfaces))
      elseif other.channel ~= built.channel then
        message = ("the surface %q is for the channel %q, not %q"):format(name, other.channel, built.channel)
      elseif other == built then
        message = "a surface cannot stand in for itself"
      end
      if message then add(project, { file = built.file, path = ("failover[%d]"):format(index), message = message }) end
    end
  end
end

local function load_endpoints(project)
  local shapes = {}
  for _, path in ipairs(files_in(project.files, "endpoints")) do
    local built, faults = endpoint.from_file(path, project.files, project)
    add_all(project, faults)
    local shape = built and endpoint.shape(built)
    if built and shapes[shape] then
      add(project, { file = path, path = "path", message = ("%s %s is in %s, too"):format(built.method, built.path, shapes[shape]) })
    elseif built then
      shapes[shape] = path
      project.endpoints[#project.endpoints + 1] = built
    end
  end
end

---Whether a campaign's surface is there and is for its channel.
---@param project herald.Project
---@param definition table
---@return string|nil message
function M.surface_problem(project, definition)
  local found = project.surfaces[definition.surface]
  if not found then return ("there is no surface %q%s"):format(definition.surface, nearest.hint(definition.surface, project.surfaces)) end
  if found.channel ~= definition.channel then
    return ("the surface %q is for the channel %q, not %q"):format(definition.surface, found.channel, definition.channel)
  end
end

local function load_campaigns(project, cache)
  local from_file = cache and cache:builder(project) or campaign.from_file
  for _, path in ipairs(files_in(project.files, "campaigns")) do
    local built, faults = from_file(path, project.files, project)
    add_all(project, faults)
    local other = built and project.campaigns[built.id]
    local problem = built and M.surface_problem(project, built.definition)
    if other then
      add(project, { file = path, path = "id", message = ("%q is the id of the campaign in %s, too"):format(built.id, other.file) })
    elseif built then
      project.campaigns[built.id] = built
    end
    -- A surface whose own file is wrong has been reported there.
    if problem and not project.has_broken_surface then add(project, { file = path, path = "surface", message = problem }) end
  end
end

local function by_place(a, b)
  if (a.file or "") ~= (b.file or "") then return (a.file or "") < (b.file or "") end
  if (a.line or 0) ~= (b.line or 0) then return (a.line or 0) < (b.line or 0) end
  return (a.path or "") < (b.path or "")
end

local function words_of(more)
  local all = primitives.words()
  for name, value in pairs(more or {}) do all[name] = value end
  return all
end

---The settings alone, of a folder whose other files may be wrong.
---@param bundle { dir: string|nil, files: table<string, string> }
---@return herald.Settings|nil
---@return herald.Fault[]|nil errors
function M.settings(bundle)
  return settings.from_file(bundle.files, {
    dir = bundle.dir, files = bundle.files, words = {}, compiled = {}, secrets = secret.source(bundle.dir or "."),
  })
end

---@class herald.LoadOptions
---@field secrets (fun(name: string): string|nil)|nil instead of the environment and secrets/
---@field share string|nil folder that has channels/ in it
---@field words table<string, any>|nil more globals for the project's scripts
---@field cache herald.BuildCache|nil of campaigns that were built before

---Loads what was read. Nothing outside the bundle and the share folder is touched but secrets. A bundle that names its campaigns
---was checked before: they are not evaluated, but built from their versions when they are needed.
---@param bundle { dir: string|nil, files: table<string, string>, campaigns: string[]|nil }
---@param options herald.LoadOptions|nil
---@return herald.Project|nil
---@return herald.Fault[]|nil errors
function M.load(bundle, options)
  options = options or {}
  local project = {
    dir = bundle.dir, files = bundle.files, words = words_of(options.words), compiled = {},
    secrets = options.secrets or secret.source(bundle.dir or "."),
    channels = {}, surfaces = {}, campaigns = {}, endpoints = {}, errors = {}, warnings = {},
  }
  local faults
  project.settings, faults = settings.from_file(bundle.files, project)
  add_all(project, faults)
  check_tls(project)
  add_all(project, channels.load(project, options.share))
  local before = #project.errors
  load_surfaces(project)
  project.has_broken_surface = #project.errors > before
  check_failover(project)
  load_endpoints(project)
  if bundle.campaigns then
    for _, id in ipairs(bundle.campaigns) do project.campaigns[id] = true end
  else
    load_campaigns(project, options.cache)
  end
  if #project.errors == 0 then return project end
  table.sort(project.errors, by_place)
  return nil, fault.list(project.errors)
end

return M

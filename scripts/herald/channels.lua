-- Loads the channels: those that come with Herald (trusted, they stand on the bindings) and the project's own
-- (in the sandbox, with the modules that only compute, and within limits whenever they run).

local bounded = require "herald.bounded"
local channel = require "herald.channel"
local fault = require "herald.fault"
local folder = require "herald.folder"
local guarded = require "herald.guarded"
local places = require "herald.places"
local sandbox = require "herald.sandbox"
local script_limits = require "herald.script_limits"
local words = require "herald.words"

local M = {}

-- What the project's own channels may require beside their own files.
local COMPUTING = { "herald.crypto", "herald.mime", "herald.payload", "herald.window" }

---The folder that holds channels/: beside the scripts.
---@return string|nil
function M.share()
  local path = package.searchpath("herald.channels", package.path)
  local scripts = path and path:match "^(.*)/herald/channels%.lua$"
  return scripts and (scripts == "scripts" and "." or scripts:match "^(.*)/[^/]+$") or nil
end

-- Built-in files: Lua's own globals, and a require that knows the words and the channels' files.
local function trusted_box(files, more)
  local modules, environment = {}, nil
  local function run(path)
    local chunk = assert(load(files[path], "@" .. path, "t", environment))
    return chunk(path)
  end
  local function require_file(name)
    if more[name] then return more[name] end
    local path = name:gsub("%.", "/") .. ".lua"
    if not files[path] then return require(name) end
    modules[path] = modules[path] or run(path)
    return modules[path]
  end
  environment = setmetatable({ require = require_file }, { __index = function(_, name) return more[name] or _G[name] end })
  return { run = function(_, path)
    local ok, value = pcall(run, path)
    if ok then return value end
    return nil, fault.from_lua(tostring(value), path)
  end }
end

local function own_box(project, more)
  local all = { }
  for name, value in pairs(project.words) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  for _, name in ipairs(COMPUTING) do
    local found, module = pcall(require, name)
    if found then all[name] = guarded.freeze(name, module) end
  end
  return sandbox.new { files = project.files, words = all, compiled = project.compiled }
end

local function convert(faults, path)
  local list = {}
  for _, found in ipairs(faults) do list[#list + 1] = fault.new { file = path, path = found.path, message = found.message } end
  return list
end

local function append(list, more)
  for _, item in ipairs(more) do list[#list + 1] = item end
end

-- limits: nil for what comes with Herald.
local function add_provider(owner, fields, path, limits)
  local faults = channel.add_provider(owner, fields, path)
  if #faults == 0 and limits then bounded.provider(owner.providers[rawget(fields, "name")], limits, path) end
  return faults
end

local function add_channel(known, fields, path, limits)
  local built, faults = channel.build(fields)
  if not built then return convert(faults, path) end
  if known[built.name] then
    return { fault.new { file = path, path = "name", message = ("there is a channel %q already, in %s"):format(built.name, known[built.name].file) } }
  end
  built.file = path
  if limits then bounded.channel(built, limits) end
  known[built.name] = built
  local list = {}
  for _, marker in ipairs(rawget(fields, "providers") or {}) do
    local kind, provider_fields = words.given(marker)
    if kind == "provider" then
      append(list, add_provider(built, provider_fields, path, limits))
    else
      list[#list + 1] = fault.new { file = path, path = "providers", message = "expected a list of provider { … }" }
    end
  end
  return list
end

-- channels/NAME.lua and channels/NAME/init.lua are channels; other files in channels/NAME/ are its providers.
local function sort_paths(files)
  local first, second = {}, {}
  for path in pairs(files) do
    if path:find "^channels/[^/]+%.lua$" or path:find "^channels/[^/]+/init%.lua$" then
      first[#first + 1] = path
    elseif path:find "^channels/[^/]+/[^/]+%.lua$" then
      second[#second + 1] = path
    end
  end
  table.sort(first)
  table.sort(second)
  return first, second
end

local function load_provider(known, box, path, limits)
  local owner = known[path:match "^channels/([^/]+)/"]
  if not owner then return {} end
  local value, failure = box:run(path)
  if failure then return { failure } end
  local kind, fields = words.given(value)
  -- A file that returns something else is one that providers require.
  return kind == "provider" and add_provider(owner, fields, path, limits) or {}
end

local function load_all(known, files, box, limits)
  local channel_paths, provider_paths = sort_paths(files)
  local faults = {}
  for _, path in ipairs(channel_paths) do
    local value, failure = box:run(path)
    local kind, fields = words.given(value)
    if failure then
      faults[#faults + 1] = failure
    elseif kind ~= "channel" then
      faults[#faults + 1] = fault.new { file = path, message = "the file has to return channel { … }" }
    else
      append(faults, add_channel(known, fields, path, limits))
    end
  end
  for _, path in ipairs(provider_paths) do append(faults, load_provider(known, box, path, limits)) end
  return faults
end

local function builtin_files(share)
  local found = share and folder.read(share .. "/channels") or {}
  local files = {}
  for path, text in pairs(found) do files["channels/" .. path] = text end
  return files
end

-- What on_trigger may use, too.
local function limits_of(project)
  return script_limits.resolve(project.settings and project.settings.limits or script_limits.defaults())
end

---Fills project.channels.
---@param project herald.Project
---@param share string|nil
---@return herald.Fault[]
function M.load(project, share)
  local more = { channel = words.definer "channel", provider = words.definer "provider" }
  local files = builtin_files(share or M.share())
  local faults = load_all(project.channels, files, trusted_box(files, more))
  local own = load_all(project.channels, project.files, own_box(project, more), limits_of(project))
  places.fill(own, project.files, "channel")
  append(faults, own)
  return faults
end

return M

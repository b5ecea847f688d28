-- What a starting daemon runs: the folder's scripts, or those that the store has in force. Whoever starts it at night gets what
-- ran before: a rollback lasts until the folder is changed or reloaded, and a folder that does not pass its check does not keep
-- the daemon from starting.

local deployment = require "herald.deployment"
local generations = require "herald.generations"
local place = require "herald.cli.place"
local project = require "herald.project"
local stores = require "herald.store"

local M = {}

---@class herald.Opening
---@field scripts herald.Scripts
---@field is_known boolean they are the generation that was in force
---@field folder string the hash of what the folder holds
---@field errors string[]|nil why the folder's own are not taken

---The folder as it is, checked or not.
---@class herald.FolderState
---@field bundle { dir: string, files: table<string, string> }
---@field scripts herald.Scripts|nil
---@field errors string[]|nil
---@field settings herald.Settings

---Reads the folder. Without settings there is nothing to start with.
---@param dir string
---@param share string
---@return herald.FolderState|nil
---@return string[]|nil errors
function M.read(dir, share)
  local bundle, message = project.read(dir)
  if not bundle then return nil, { message } end
  local scripts, errors = deployment.check(bundle, share)
  local settings = scripts and scripts.project.settings or project.settings(bundle)
  if not settings then return nil, errors end
  return { bundle = bundle, scripts = scripts, errors = errors, settings = settings }
end

---Opens the store; a folder with errors makes none.
---@param state herald.FolderState
---@param data string
---@param clock herald.Clock
---@return herald.Store|nil
---@return string[]|nil errors
function M.open_store(state, data, clock)
  local path = data .. "/" .. state.settings.store.file
  if not state.scripts and not place.exists(path) then return nil, state.errors end
  if not place.make_dir(data) then return nil, { ("the data folder %s cannot be made"):format(data) } end
  local store, message = stores.open { path = path, clock = clock }
  if not store then return nil, { message } end
  return store
end

-- The generation in force, from the store.
local function stored(kept, current, state, share)
  local bundle, message = kept:bundle(current.number, state.bundle.dir)
  if not bundle then return nil, { message } end
  return deployment.check(bundle, share)
end

---Decides what to run.
---@param state herald.FolderState
---@param kept herald.Generations
---@param share string
---@return herald.Opening|nil
---@return string[]|nil errors
function M.choose(state, kept, share)
  local current = kept:current()
  local folder = state.scripts and state.scripts.named.hash or generations.name(state.bundle.files).hash
  if state.scripts and not (current and current.folder == folder and current.hash ~= folder) then
    return { scripts = state.scripts, is_known = current ~= nil and current.hash == folder, folder = folder }
  end
  if not current then return nil, state.errors end
  local scripts, errors = stored(kept, current, state, share)
  if scripts then return { scripts = scripts, is_known = true, folder = folder, errors = state.errors } end
  table.insert(errors, 1, ("generation %d is in force, and does not pass the check any more: put the folder's scripts right"):format(
    current.number))
  return nil, state.errors or errors
end

return M

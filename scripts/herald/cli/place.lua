-- Where a command works: the project's folder and its data folder, and small acts on files.

local project = require "herald.project"
local settings = require "herald.settings"

local M = {}

---@return boolean
function M.exists(path)
  local file = io.open(path, "r")
  if file then file:close() end
  return file ~= nil
end

---@return string|nil text
---@return string|nil message
function M.read(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text, failure = file:read("a")
  file:close()
  if not text then return nil, path .. ": " .. failure end
  return text
end

local function quote(path)
  return "'" .. path:gsub("'", "'\\''") .. "'"
end

---@return boolean
function M.make_dir(path)
  return os.execute("mkdir -p -- " .. quote(path)) == true
end

---Writes a new file and the folders above it.
---@return boolean|nil
---@return string|nil message also when the file is there already
function M.write_new(path, text)
  if M.exists(path) then return nil, path .. " is there already; nothing was changed" end
  local folder = path:match("^(.*)/[^/]*$")
  if folder and not M.make_dir(folder) then return nil, "the folder " .. folder .. " cannot be made" end
  local file, message = io.open(path, "wb")
  if not file then return nil, message end
  local ok, failure = file:write(text)
  local closed, close_failure = file:close()
  if not ok or not closed then return nil, ("%s: %s"):format(path, failure or close_failure) end
  return true
end

---Reads and checks the project; once for each command.
---@param app herald.App
---@return table|nil project
---@return string|nil message
---@return table|nil errors
function M.load(app)
  if app.project then return app.project end
  local bundle, message = project.read(app.project_dir)
  if not bundle then
    return nil, message .. "\nMake a project with: herald init DIR"
  end
  local loaded, errors = project.load(bundle, { share = app.host.share })
  if not loaded then
    return nil, "the project does not pass its check:\n" .. tostring(errors), errors
  end
  app.project = loaded
  return loaded
end

-- What herald.lua says, or the defaults: a project with errors elsewhere still has a daemon to be reached.
local function settings_of(app)
  local bundle, message = project.read(app.project_dir)
  if not bundle then return nil, message end
  return project.settings(bundle) or settings.defaults()
end

---The data folder: as --data says, else as herald.lua does.
---@param app herald.App
---@return string|nil
---@return string|nil message
function M.data_dir(app)
  if app.data_dir then return app.data_dir end
  local found, message = settings_of(app)
  if not found then return nil, ("%s\nMake a project with: herald init DIR"):format(message) end
  if found.data:sub(1, 1) == "/" then return found.data end
  return app.project_dir .. "/" .. found.data
end

return M

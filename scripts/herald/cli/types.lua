-- herald types: writes anew what editors and luacheck need to know of a project.

local editor_files = require "herald.cli.editor_files"
local place = require "herald.cli.place"

local function write(path, text)
  local folder = path:match "^(.*)/[^/]*$"
  if not place.make_dir(folder) then return nil, "the folder " .. folder .. " cannot be made" end
  local file, message = io.open(path, "wb")
  if not file then return nil, message end
  local ok, failure = file:write(text)
  local closed, close_failure = file:close()
  if ok and closed then return true end
  return nil, ("%s: %s"):format(path, failure or close_failure)
end

local function run(app)
  if not place.exists(app.project_dir .. "/herald.lua") then
    return app:fail(("%s is no project folder: it has no herald.lua. Make one with: herald init DIR"):format(app.project_dir))
  end
  local list, message = editor_files.all()
  if not list then return app:fail(message) end
  for _, file in ipairs(list) do
    local path = app.project_dir .. "/" .. file.path
    local ok, failure = write(path, file.text)
    if not ok then return app:fail(failure) end
    app:print("wrote " .. path)
  end
  return 0
end

return {
  { name = "types", summary = "Write what editors and luacheck need to know of a project.", run = run },
}

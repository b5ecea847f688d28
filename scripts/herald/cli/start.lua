-- Commands that write a working start: init, new campaign, new surface.

local files = require "herald.cli.start_files"
local place = require "herald.cli.place"

local function write_all(app, folder, list)
  for _, file in ipairs(list) do
    if place.exists(folder .. "/" .. file.path) then
      return app:fail(folder .. "/" .. file.path .. " is there already; nothing was changed")
    end
  end
  for _, file in ipairs(list) do
    local ok, message = place.write_new(folder .. "/" .. file.path, file.text)
    if not ok then return app:fail(message) end
    app:print("wrote " .. folder .. "/" .. file.path)
  end
  return 0
end

-- The golden file of a new campaign's spec; what keeps it from being made is said, and the files stay.
local function write_golden(app, folder, id, channel)
  local golden = require "herald.cli.start_golden" -- brings the whole engine, which other commands do without
  local path, message = golden.write(folder, id, files.recipient(channel))
  if path then return app:print("wrote " .. path) end
  app:complain(("the golden message of %s cannot be written yet: %s\nonce that is right: herald test --project %s --update"):format(
    id, message, folder))
end

local function init(app, args)
  local code = write_all(app, args.dir, files.project())
  if code == 0 then write_golden(app, args.dir, "welcome", "email") end
  if code == 0 then app:print(("next: herald test --project %s, then herald serve --project %s"):format(args.dir, args.dir)) end
  return code
end

local function is_project(app)
  if place.exists(app.project_dir .. "/herald.lua") then return true end
  app:complain(("%s is no project folder: it has no herald.lua. Make one with: herald init DIR"):format(app.project_dir))
  return false
end

local function campaign(app, args)
  if #args.id > 64 or not args.id:match("^%w[%w._-]*$") then
    app:complain(("%q cannot be a campaign's id: use up to 64 letters, digits, dots, dashes and underscores"):format(args.id))
    return 2
  end
  if not is_project(app) then return 1 end
  local surface = args.surface or files.DEFAULT_SURFACES[args.channel]
  local list = files.campaign(args.id, args.channel, surface)
  if not place.exists(("%s/surfaces/%s.lua"):format(app.project_dir, surface)) then
    for _, file in ipairs(files.surface(surface, args.channel)) do list[#list + 1] = file end
  end
  local code = write_all(app, app.project_dir, list)
  if code == 0 then write_golden(app, app.project_dir, args.id, args.channel) end
  if code == 0 then app:print(("next: herald test --project %s"):format(app.project_dir)) end
  return code
end

local function surface(app, args)
  if not args.name:match("^%w[%w._-]*$") then
    app:complain(("%q cannot be a surface's name: use letters, digits, dots, dashes and underscores"):format(args.name))
    return 2
  end
  if not is_project(app) then return 1 end
  return write_all(app, app.project_dir, files.surface(args.name, args.channel))
end

local function channel_option(command)
  command:option("--channel", "The channel.", "email"):choices { "email", "sms", "push", "webhook" }
end

return {
  { name = "init", summary = "Write a new project with two campaigns and their specs.", anywhere = true, run = init,
    configure = function(command) command:argument("dir", "The folder.") end },
  { name = "new", summary = "Write the start of a campaign or surface.", commands = {
    { name = "campaign", summary = "Write a campaign, its template, its spec and its golden message.", run = campaign,
      configure = function(command)
        command:argument("id", "The campaign's id.")
        channel_option(command)
        command:option("--surface", "The surface; one is written when it is missing."):argname "NAME"
      end },
    { name = "surface", summary = "Write a surface that captures into files.", run = surface,
      configure = function(command)
        command:argument("name", "The surface's name.")
        channel_option(command)
      end },
  } },
}

-- herald test: the project's specs with busted, in this process, so that they find the test kit and the
-- bindings of the very daemon that will run the campaigns.

local place = require "herald.cli.place"

local ENDED = {}

-- busted ends the process by itself; here it only ends the run.
local function run_busted(runner, arguments)
  local exit, given = os.exit, rawget(_G, "arg")
  local code = 0
  rawset(_G, "arg", arguments)
  os.exit = function(value) -- luacheck: ignore 122
    code = (value == true or value == nil) and 0 or value == false and 1 or value
    error(ENDED, 0)
  end
  local ok, message = pcall(runner, { standalone = false })
  os.exit = exit -- luacheck: ignore 122
  rawset(_G, "arg", given)
  if not ok and message ~= ENDED then error(message, 0) end
  return code == 0 and 0 or 1
end

local function run(app, args)
  if not place.exists(app.project_dir .. "/herald.lua") then
    return app:fail(("%s is no project folder: it has no herald.lua. Make one with: herald init DIR"):format(app.project_dir))
  end
  local found, runner = pcall(require, "busted.runner")
  if not found then return app:fail("busted is not installed: apt-get install lua-busted") end
  local arguments = { [0] = "herald test", "-C", app.project_dir, "--output=plainTerminal" }
  table.move(args.busted, 1, #args.busted, #arguments + 1, arguments)
  table.move(args.rest, 1, #args.rest, #arguments + 1, arguments)
  return run_busted(runner, arguments)
end

return {
  { name = "test", summary = "Run the project's specs with the test kit.", run = run,
    configure = function(command)
      command:argument("busted", "Files or folders of specs (spec unless told); options of busted follow behind --."):args "*"
    end },
}

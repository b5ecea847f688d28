-- One spec file in this process, with busted: what `herald test` starts for each file. Its results go into a report.

local coverage = require "herald.testing.coverage"
local payload = require "herald.payload"

local M = {}

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
  return code
end

local function append(path, line)
  local file = assert(io.open(path, "ab"))
  file:write(payload.encode(line), "\n")
  file:close()
end

---@class herald.testing.ChildOptions
---@field project string
---@field report string path of the file that the results are appended to
---@field with_coverage boolean
---@field arguments string[] for busted

---Runs busted once.
---@param options herald.testing.ChildOptions
---@return integer exit
function M.run(options)
  local traced = options.with_coverage and coverage.start(options.project)
  local arguments = { [0] = "herald test", "-C", options.project, "--output=herald.testing.run.handler", "-Xoutput", options.report }
  table.move(options.arguments, 1, #options.arguments, #arguments + 1, arguments)
  local code = run_busted(require "busted.runner", arguments)
  if traced then append(options.report, { event = "coverage", files = coverage.stop(traced) }) end
  append(options.report, { event = "end", code = code })
  return code == 0 and 0 or 1
end

return M

-- herald test: the project's specs with busted and the test kit, each file in a process of its own, on all cores. The processes
-- run this very program, so that specs find the bindings of the daemon that will run the campaigns.

local child = require "herald.testing.run.child"
local clock = require "herald.clock"
local coverage = require "herald.testing.coverage"
local golden = require "herald.testing.golden"
local parallel = require "herald.testing.run.parallel"
local place = require "herald.cli.place"
local results = require "herald.testing.run.results"
local spec_files = require "herald.testing.run.spec_files"
local window = require "herald.window"

local REPORTERS = {
  plain = require "herald.testing.run.plain", tap = require "herald.testing.run.tap", junit = require "herald.testing.run.junit",
}

local function is_project(app)
  if place.exists(app.project_dir .. "/herald.lua") then return true end
  app:fail(("%s is no project folder: it has no herald.lua. Make one with: herald init DIR"):format(app.project_dir))
  return false
end

-- What starts the process of one file.
local function command_of(app, args)
  local program = app.host.program
  return function(file, report)
    local command = { program, "test", "--project", app.project_dir, "--report", report }
    if args.coverage then command[#command + 1] = "--coverage" end
    table.move({ "--", file }, 1, 2, #command + 1, command)
    if args.filter then command[#command + 1] = "--filter=" .. args.filter end
    return table.move(args.rest, 1, #args.rest, #command + 1, command)
  end
end

-- Writes to standard output, and the report to the file that was named.
local function open_reporters(app, args)
  local list = {}
  if not args.output_file then return { REPORTERS[args.output].new(app.out) } end
  local file, message = io.open(args.output_file, "wb")
  if not file then return nil, message end
  list[1] = REPORTERS.plain.new(app.out)
  list[2] = REPORTERS[args.output].new(function(text) file:write(text) end)
  list.file = file
  return list
end

local function golden_counts(all)
  local used, written = {}, {}
  for _, result in ipairs(all) do
    for path, what in pairs(result.goldens) do
      used[path] = true
      if what == "written" then written[#written + 1] = path end
    end
  end
  table.sort(written)
  return used, written
end

-- Where only some specs ran, a golden file that none of them used may be another's.
local function tell_goldens(app, args, all)
  local used, written = golden_counts(all)
  if #written > 0 then app:complain("wrote " .. table.concat(written, ", ")) end
  if #args.specs > 0 or args.filter or #args.rest > 0 then return end
  for _, path in ipairs(spec_files.under(app.project_dir, "spec/golden", ".txt")) do
    if not used[path] then app:complain(path .. " is used by no spec; delete it, or the case that used it is gone by mistake") end
  end
end

local function tell_coverage(app, args, all)
  if not args.coverage then return true end
  local seen = {}
  for _, result in ipairs(all) do seen[#seen + 1] = result.ran end
  local rows, percent = coverage.sum(app.project_dir, seen)
  local shown = {}
  for index, row in ipairs(rows) do
    local share = row.total > 0 and 100 * row.covered // row.total or 100
    shown[index] = { row.path, ("%d/%d"):format(row.covered, row.total), ("%d %%"):format(share), row.never_ran ~= "" and row.never_ran or "-" }
  end
  local write = app.out
  if args.output ~= "plain" and not args.output_file then app.out = app.err end
  app:table({ "FILE", "LINES", "COVERED", "NEVER RAN" }, shown)
  app:print(("%.1f %% of the lines ran"):format(percent))
  app.out = write
  if percent >= (args.coverage_least or 0) then return true end
  app:complain(("the specs cover %.1f %% of the lines, and have to cover %g %%"):format(percent, args.coverage_least))
  return false
end

-- 0 where every case passed, and there was one.
local function verdict(app, all)
  local counts = results.count(all)
  if counts.total == 0 then return app:fail "no case was run: no spec has one that fits" end
  return counts.failure + counts.error == 0 and 0 or 1
end

local function run_all(app, args, files, limit_ms)
  local reporters, message = open_reporters(app, args)
  if not reporters then return app:fail(message) end
  local jobs = args.jobs or parallel.cores()
  local before = clock.monotonic()
  local all = parallel.run({
    files = files, jobs = jobs, limit = args.time_limit, limit_ms = limit_ms, command = command_of(app, args),
    environment = { [golden.UPDATE] = args.update and "update" or "compare", HERALD_SHARE = app.host.share },
  }, function(result)
    for _, reporter in ipairs(reporters) do reporter:tell(result) end
  end)
  local run = { seconds = (clock.monotonic() - before) / 1000, jobs = math.min(jobs, #files) }
  for _, reporter in ipairs(reporters) do reporter:finish(all, run) end
  if reporters.file then reporters.file:close() end
  tell_goldens(app, args, all)
  local is_covered = tell_coverage(app, args, all)
  local code = verdict(app, all)
  return is_covered and code or 1
end

local function run(app, args)
  if not is_project(app) then return 1 end
  if not package.searchpath("busted.runner", package.path) then return app:fail "busted is not installed: apt-get install lua-busted" end
  if args.report then
    return child.run { project = app.project_dir, report = args.report, with_coverage = args.coverage, arguments = args.rest }
  end
  local limit_ms, wrong = window.duration(args.time_limit)
  if not limit_ms then return app:misused("--time-limit: " .. wrong) end
  local files, message = spec_files.find(app.project_dir, args.specs)
  if not files then return app:fail(message) end
  args.coverage = args.coverage or args.coverage_least ~= nil
  return run_all(app, args, files, limit_ms)
end

local function whole_number(text)
  local number = math.tointeger(tonumber(text))
  if number and number >= 1 then return number end
  return nil, ("%q is not a number from 1"):format(text)
end

local function share(text)
  local number = tonumber(text)
  if number and number >= 0 and number <= 100 then return number end
  return nil, ("%q is not a number from 0 to 100"):format(text)
end

local function configure(command)
  command:argument("specs", "Files or folders of specs (spec unless told); options of busted follow behind --."):args "*"
  command:option("--jobs -j", "Spec files that run at once (as many as there are cores)."):argname("N"):convert(whole_number)
  command:option("--filter", "Only cases whose name matches this Lua pattern."):argname "PATTERN"
  command:option("-o --output", "plain, tap or junit.", "plain"):choices { "plain", "tap", "junit" }
  command:option("--output-file", "Where tap or junit goes; standard output is plain then."):argname "FILE"
  command:option("--time-limit", "How long one spec file may take.", "5 minutes"):argname "DURATION"
  command:flag("--update", "Write the golden files anew.")
  command:flag("--coverage", "Show which lines of the project's scripts ran.")
  command:option("--coverage-least", "Fail where less of the lines ran, in per cent."):argname("N"):convert(share)
  command:option("--report"):hidden(true)
end

return { { name = "test", summary = "Run the project's specs with the test kit.", run = run, configure = configure } }

-- herald check: loads and validates everything, reads the code, and touches nothing. For the CI of campaign teams.

local checks = require "herald.check"
local clock = require "herald.clock"
local fault = require "herald.fault"
local payload = require "herald.payload"
local place = require "herald.cli.place"
local project = require "herald.project"
local review = require "herald.review"

local function count(map)
  local total = 0
  for _ in pairs(map or {}) do total = total + 1 end
  return total
end

local function finding(found, level)
  if not fault.is(found) then return { code = "definition", level = level, file = "", message = tostring(found) } end
  local message = found.path and found.path ~= "" and found.path .. ": " .. found.message or found.message
  return { code = found.code or "definition", level = level, file = found.file or "", line = found.line, column = found.column, message = message }
end

local function add_all(list, faults, level)
  for _, found in ipairs(faults or {}) do list[#list + 1] = finding(found, level) end
end

-- The review of every campaign. A campaign that is over stays in its folder: nothing goes live here, so that its end is no
-- error.
local function review_all(loaded)
  local now, list = clock.system():now(), {}
  add_all(list, loaded.warnings, "warning")
  for _, campaign in pairs(loaded.campaigns) do
    local result = review.check(campaign, loaded, now, true)
    add_all(list, result.errors, "error")
    add_all(list, result.warnings, "warning")
  end
  return list
end

local function sentence(found)
  local where = found.file
  if found.line then where = ("%s:%d"):format(where, found.line) end
  if found.column then where = ("%s:%d"):format(where, found.column) end
  local advice = found.advice and "; " .. found.advice or ""
  return ("%s%s%s"):format(where == "" and "" or where .. ": ", found.message, advice)
end

local function lines(findings, level)
  local list = {}
  for _, found in ipairs(findings) do
    if found.level == level then list[#list + 1] = sentence(found) end
  end
  return payload.array(list)
end

local function print_all(app, result, failing)
  for _, level in ipairs { "error", "warning" } do
    for _, found in ipairs(result.findings) do
      if found.level == level then app:print(("%-7s  %s [%s]"):format(level, sentence(found), found.code)) end
    end
  end
  if result.notice then app:print("note     " .. result.notice) end
  app:print(failing == 0
    and ("%d campaigns, %d surfaces, %d endpoints: everything holds"):format(result.campaigns, result.surfaces, result.endpoints)
    or ("%d to correct"):format(failing))
end

local function report(app, args, result)
  result.errors, result.warnings = lines(result.findings, "error"), lines(result.findings, "warning")
  local failing = #result.errors + (args.strict and #result.warnings or 0)
  payload.array(result.findings)
  if app.json then app:print_json(result) else print_all(app, result, failing) end
  return failing == 0 and 0 or 1
end

local function run(app, args)
  local bundle, message = project.read(app.project_dir)
  if not bundle then return app:fail(message .. "\nMake a project with: herald init DIR") end
  local loaded, _, errors = place.load(app)
  local found = {}
  if loaded then
    found = review_all(loaded)
  else
    add_all(found, type(errors) == "table" and not fault.is(errors) and errors or { errors }, "error")
  end
  local findings, notice = checks.run(bundle, { project = loaded, review = found })
  return report(app, args, {
    findings = findings, notice = notice, campaigns = count(loaded and loaded.campaigns), surfaces = count(loaded and loaded.surfaces),
    endpoints = count(loaded and loaded.endpoints),
  })
end

return {
  { name = "check", summary = "Load and validate everything, read the code, touch nothing.", data = true, run = run,
    configure = function(command) command:flag("--strict", "Fail on warnings, too.") end },
}

-- herald check: loads and validates everything and touches nothing. For the CI of campaign teams.

local clock = require "herald.clock"
local payload = require "herald.payload"
local place = require "herald.cli.place"
local review = require "herald.review"

local function sorted_ids(campaigns)
  local ids = {}
  for id in pairs(campaigns) do ids[#ids + 1] = id end
  table.sort(ids)
  return ids
end

local function count(map)
  local total = 0
  for _ in pairs(map or {}) do total = total + 1 end
  return total
end

-- The review of every campaign; its findings name the file, the line and the field. A campaign that is over stays in its
-- folder: nothing goes live here, so that its end is no error.
local function review_all(project)
  local now = clock.system():now()
  local errors, warnings = {}, {}
  for _, id in ipairs(sorted_ids(project.campaigns)) do
    local result = review.check(project.campaigns[id], project, now, true)
    for _, entry in ipairs(result.errors) do errors[#errors + 1] = tostring(entry) end
    for _, entry in ipairs(result.warnings) do warnings[#warnings + 1] = tostring(entry) end
  end
  return errors, warnings
end

local function texts(entries)
  local list = {}
  for index, entry in ipairs(entries or {}) do list[index] = tostring(entry) end
  return list
end

local function report(app, result)
  if app.json then
    payload.array(result.errors)
    payload.array(result.warnings)
    app:print_json(result)
  else
    for _, line in ipairs(result.errors) do app:print("error    " .. line) end
    for _, line in ipairs(result.warnings) do app:print("warning  " .. line) end
    app:print(#result.errors == 0
      and ("%d campaigns, %d surfaces, %d endpoints: everything holds"):format(result.campaigns, result.surfaces, result.endpoints)
      or ("%d to correct"):format(#result.errors))
  end
  return #result.errors == 0 and 0 or 1
end

local function run(app)
  local project, message, errors = place.load(app)
  if not project then
    if not errors then return app:fail(message) end
    return report(app, { errors = texts(type(errors) == "table" and errors or { errors }), warnings = {} })
  end
  local found, warnings = review_all(project)
  for _, entry in ipairs(texts(project.warnings)) do table.insert(warnings, 1, entry) end
  return report(app, {
    errors = found, warnings = warnings, campaigns = count(project.campaigns), surfaces = count(project.surfaces),
    endpoints = count(project.endpoints),
  })
end

return {
  { name = "check", summary = "Load and validate everything, touch nothing.", data = true, run = run },
}

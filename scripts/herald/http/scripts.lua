-- Endpoints about the scripts: reload, canaries, shadow runs, generations, rollback.

local answers = require "herald.http.answers"
local daemon_answers = require "herald.http.daemon_answers"
local generations = require "herald.generations"
local window = require "herald.window"

local MOST_BESIDE_MS = 7 * 24 * 3600 * 1000

-- A field that there is not, of a canary or a shadow run as it is asked for.
local function unknown(where, given, known)
  for name in pairs(given) do
    if not known[name] then return ("%s: there is no field %q"):format(where, tostring(name)) end
  end
end

-- How long scripts run beside those in force.
local function read_time(where, given)
  local for_ms, message = window.duration(given["for"] == nil and "10 minutes" or given["for"])
  if not for_ms then return nil, where .. ".for: " .. message end
  if for_ms < 1000 or for_ms > MOST_BESIDE_MS then return nil, where .. ".for: expected from 1 second to 7 days" end
  return for_ms
end

-- What share of the recipients a canary gets, and for how long.
local function read_canary(given)
  local wrong = unknown("canary", given, { percent = true, ["for"] = true })
  if wrong then return nil, wrong end
  local percent = given.percent
  if type(percent) ~= "number" or percent < 0.01 or percent > 50 then return nil, "canary.percent: expected a number from 0.01 to 50" end
  local for_ms, message = read_time("canary", given)
  if not for_ms then return nil, message end
  return { percent = percent, for_ms = for_ms }
end

local function read_shadow(given)
  local wrong = unknown("shadow", given, { ["for"] = true })
  if wrong then return nil, wrong end
  local for_ms, message = read_time("shadow", given)
  return for_ms and { for_ms = for_ms }, message
end

local BESIDE = { canary = read_canary, shadow = read_shadow }

local function reload(engine, request)
  local data, wrong_status, wrong = answers.object(request, { canary = "table", shadow = "table" })
  if not data then return wrong_status, wrong end
  if data.canary and data.shadow then return answers.failure("canary, shadow: expected one of the two.", "invalid-request") end
  local arguments = {}
  for name, read in pairs(BESIDE) do
    if data[name] then
      local message
      arguments[name], message = read(data[name])
      if not arguments[name] then return answers.failure(message, "invalid-request") end
      if not daemon_answers.control(engine, "promote") then return daemon_answers.no_daemon() end
    end
  end
  return daemon_answers.ask(engine, request, "reload", arguments)
end

local function promote(engine, request)
  return daemon_answers.ask(engine, request, "promote")
end

local function rollback(engine, request)
  local data, wrong_status, wrong = answers.object(request, { generation = "number" })
  if not data then return wrong_status, wrong end
  local number = data.generation and math.tointeger(data.generation)
  if data.generation and not (number and number > 0) then
    return answers.failure("generation: expected the number of a generation; `herald generations` lists them.", "invalid-request")
  end
  return daemon_answers.ask(engine, request, "rollback", { generation = number })
end

local SHOWN = { canary = "canary", withdrawn = "withdrawn", shadow = "shadow" }

local function view(row, current)
  local is_current = row.number == current.number
  return {
    number = row.number, hash = row.hash, loadedAt = answers.time(row.at), loadedBy = row.by, action = row.action,
    campaigns = row.campaigns, current = is_current, state = SHOWN[row.state] or is_current and "current" or "past", note = row.note,
  }
end

-- They are in the store, so that they are known without a daemon, too.
local function list(engine)
  local rows, message, code = engine.store:generations()
  if not rows then return answers.failure(message, code) end
  local current = generations.current(rows) or {}
  local listed = {}
  for index, row in ipairs(rows) do listed[index] = view(row, current) end
  return 200, { generations = answers.array(listed) }
end

local function campaign_view(id, tally)
  return {
    campaignId = id, compared = tally.compared, dropped = tally.dropped, differing = tally.differing, errors = tally.errors,
    notComparable = tally.not_comparable, fields = tally.fields, asks = tally.asks, places = tally.places, reasons = tally.reasons,
    examples = answers.array(tally.examples), left = tally.is_left or false,
  }
end

local function show_shadow(engine)
  local ask = daemon_answers.control(engine, "shadow")
  if not ask then return daemon_answers.no_daemon() end
  local report, message, code = ask()
  if not report then return answers.failure(message, code) end
  local body, campaigns = daemon_answers.shadow(report), {}
  for id, tally in pairs(report.campaigns) do campaigns[#campaigns + 1] = campaign_view(id, tally) end
  table.sort(campaigns, function(a, b) return a.campaignId < b.campaignId end)
  body.campaigns = answers.array(campaigns)
  return 200, body
end

return {
  { method = "POST", path = "/reload", scope = "manage", handler = reload },
  { method = "POST", path = "/promote", scope = "manage", handler = promote },
  { method = "GET", path = "/generations", scope = "read", handler = list },
  { method = "GET", path = "/shadow", scope = "read", handler = show_shadow },
  { method = "POST", path = "/rollback", scope = "manage", handler = rollback },
}

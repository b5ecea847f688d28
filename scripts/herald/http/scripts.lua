-- Endpoints about the scripts: reload, canaries, generations, rollback.

local answers = require "herald.http.answers"
local daemon_answers = require "herald.http.daemon_answers"
local generations = require "herald.generations"
local window = require "herald.window"

local MOST_CANARY_MS = 7 * 24 * 3600 * 1000

-- A canary as it is asked for: what share, and for how long.
local function read_canary(given)
  for name in pairs(given) do
    if name ~= "percent" and name ~= "for" then return nil, ("canary: there is no field %q"):format(tostring(name)) end
  end
  local percent = given.percent
  if type(percent) ~= "number" or percent < 0.01 or percent > 50 then return nil, "canary.percent: expected a number from 0.01 to 50" end
  local for_ms, message = window.duration(given["for"] == nil and "10 minutes" or given["for"])
  if not for_ms then return nil, "canary.for: " .. message end
  if for_ms < 1000 or for_ms > MOST_CANARY_MS then return nil, "canary.for: expected from 1 second to 7 days" end
  return { percent = percent, for_ms = for_ms }
end

local function reload(engine, request)
  local data, wrong_status, wrong = answers.object(request, { canary = "table" })
  if not data then return wrong_status, wrong end
  local canary, message
  if data.canary then
    canary, message = read_canary(data.canary)
    if not canary then return answers.failure(message, "invalid-request") end
    if not daemon_answers.control(engine, "promote") then return daemon_answers.no_daemon() end
  end
  return daemon_answers.ask(engine, request, "reload", { canary = canary })
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

local SHOWN = { canary = "canary", withdrawn = "withdrawn" }

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

return {
  { method = "POST", path = "/reload", scope = "manage", handler = reload },
  { method = "POST", path = "/promote", scope = "manage", handler = promote },
  { method = "GET", path = "/generations", scope = "read", handler = list },
  { method = "POST", path = "/rollback", scope = "manage", handler = rollback },
}

-- Endpoints about the scripts: reload, generations, rollback.

local answers = require "herald.http.answers"
local daemon_answers = require "herald.http.daemon_answers"
local generations = require "herald.generations"

local function reload(engine, request)
  return daemon_answers.ask(engine, request, "reload")
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
  { method = "GET", path = "/generations", scope = "read", handler = list },
  { method = "POST", path = "/rollback", scope = "manage", handler = rollback },
}

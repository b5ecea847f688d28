-- What the endpoints share that ask the daemon's main thread: whether there is one, and its answers as the API gives them.

local answers = require "herald.http.answers"

local M = {}

local NO_DAEMON = "This needs the running daemon: start it with `herald serve`."

---Errors of a check as strings: they name the file and the field themselves.
---@param errors any[]|nil
---@return string[]
function M.texts(errors)
  local list = {}
  for index, entry in ipairs(errors or {}) do list[index] = tostring(entry) end
  return answers.array(list)
end

---What only the daemon can do; nil without one.
---@param engine herald.Engine
---@param name string
---@return (fun(by: string|nil, arguments: table|nil): any, string|nil, string|nil, string[]|nil)|nil
function M.control(engine, name)
  return engine.control and engine.control[name]
end

---@return integer status
---@return table body
function M.no_daemon()
  return answers.failure(NO_DAEMON, "conflict")
end

---A shadow run as the API shows it, without its campaigns.
---@param run table as herald.shadow.report gives its summary
---@return table
function M.shadow(run)
  local ended = run.ended
  return {
    state = ended and "ended" or "running", generation = run.generation, by = run.by, startedAt = answers.time(math.tointeger(run.started_at)),
    endsAt = answers.time(math.tointeger(ended and ended.at or run.ends_at)), endedBy = ended and ended.by, reason = ended and ended.reason,
    compared = run.compared, dropped = run.dropped, differing = run.differing, errors = run.errors, notComparable = run.not_comparable,
  }
end

---Asks the daemon to change what is in force: it answers with the generation, or says why the old one stays.
---@param engine herald.Engine
---@param request herald.Request
---@param name string
---@param arguments table|nil
---@return integer status
---@return table body
function M.ask(engine, request, name, arguments)
  local run = M.control(engine, name)
  if not run then return M.no_daemon() end
  local result, message, code, errors = run(answers.by(request), arguments)
  if result then return 200, type(result) == "table" and result or { generation = math.tointeger(result) or result } end
  local status, body = answers.failure(message, code or "check-failed")
  body.errors = M.texts(errors)
  return status, body
end

return M

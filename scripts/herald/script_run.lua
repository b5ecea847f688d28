-- Runs a function of the project (on_trigger, on_event, an endpoint's handle) within its bounds: instructions, CPU
-- time and memory by herald.budget, and here how long it may wait in all, and what it may set off.

local budget = require "herald.budget"
local loop = require "herald.loop"
local script_limits = require "herald.script_limits"
local shortened = require "herald.shortened"

local M = {}

local MOST_MESSAGE = 1000 -- bytes of what a script raised
-- Of one run, where time and instructions say too little: each costs the worker or the store more than the script.
local MOST_BRANCHES, MOST_STORED = 1000, 1000

-- coroutine -> the run in it; a run inside of another one has that as `outer`
local runs = setmetatable({}, { __mode = "k" })

---What is particular about one run.
---@class herald.RunOptions
---@field campaign string|nil whose function it is
---@field sandbox string|nil whose keys it reads and writes; "prod" unless told
---@field limits herald.ScriptLimits|nil those of every script unless told
---@field endpoint string|nil the path of the endpoint
---@field request string|nil the id of the request that it belongs to
---@field hidden string[]|nil what no log shows
---@field is_rehearsal boolean|nil nothing may come of it: it can ask other systems, and tell them nothing
---@field once (fun(key: string, ms: integer): boolean|nil, string|nil, string|nil)|nil takes a key that goes with what the run belongs to
---@field tape herald.Tape|nil hears every answer from outside, or gives those of an earlier run

---@class herald.Tape
---@field ask fun(self: herald.Tape, kind: string, question: any, f: (fun(): any), branch: string|nil): any answers as f does. Within
---one branch of `parallel` the questions come in a fixed order, between branches in any: branch names it, such as "a" or "a/2"
---@field tell (fun(self: herald.Tape, kind: string, what: any, f: fun(), branch: string|nil))|nil in place of what f does

---@class herald.ScriptRun
---@field engine herald.Engine
---@field options herald.RunOptions
---@field limits herald.ScriptLimits
---@field waits_by herald.ScriptLimits its own, or those of a run around it that has less time left
---@field left_ms integer what it may still wait
---@field left { requests: integer, messages: integer, branches: integer, stored: integer }
---@field exceeded { bound: string|nil, message: string }|nil which of the bounds of this file was passed; no bound: not its own
---@field outage { message: string, code: string }|nil the last one of the store that the script was told of
---@field outer herald.ScriptRun|nil
---@field branch string|nil which branch of `parallel` it is
---@field trunk herald.ScriptRun|nil the run that it branches off
---@field seed integer|nil of what it draws
---@field streams table<string, herald.RandomStream>|nil

---What belongs to a recipient, so that no log shows it.
---@param user_id string|nil
---@param channel_data table|nil as in the API
---@return string[]
function M.hidden(user_id, channel_data)
  local found = { user_id }
  local data = type(channel_data) == "table" and channel_data or {}
  local push = type(data.pushInfo) == "table" and data.pushInfo or {}
  for _, value in pairs { data.emailAddress or false, data.mobilePhoneNumber or false, push.token or false } do
    if type(value) == "string" and value ~= "" then found[#found + 1] = value end
  end
  return found
end

local function finish(coroutine_of_run, run, ok, ...)
  runs[coroutine_of_run] = run.outer
  if run.exceeded then return false, run.exceeded.message, "budget-exceeded", run.exceeded.bound end
  if ok then return true, ... end
  local message, code, bound = ...
  local outage = run.outage
  if outage and tostring(message):find(outage.message, 1, true) then return false, outage.message, outage.code end
  message = script_limits.explain(run.limits, message, bound)
  return false, type(message) == "string" and shortened(message, MOST_MESSAGE) or message, code, bound
end

---Runs f(...) within its limits. f may wait.
---@param engine herald.Engine
---@param options herald.RunOptions
---@param f function
---@return boolean ok
---@return any ... its results; or what it raised and a code: "script-error", "budget-exceeded" and the bound's name, or that of M.is_outage
function M.call(engine, options, f, ...)
  local here = coroutine.running()
  local outer = runs[here]
  local limits = options.limits or engine.limits.script
  local has_less = outer and outer.left_ms < limits.wait_ms
  local run = {
    engine = engine, options = options, limits = limits, outer = outer,
    waits_by = has_less and outer.waits_by or limits, left_ms = has_less and outer.left_ms or limits.wait_ms,
    left = { requests = limits.requests, messages = limits.messages, branches = MOST_BRANCHES, stored = MOST_STORED },
  }
  runs[here] = run
  return finish(here, run, budget.run(limits.bounds, f, ...))
end

-- Ends the run, whatever the script catches.
local function stop(run, bound, limits)
  local message = script_limits.exceeded(limits, bound, budget.place())
  run.exceeded = run.exceeded or { bound = limits == run.limits and bound or nil, message = message }
  budget.stop()
  error(message, 0)
end

---The run that the calling script belongs to; nil while files are loaded and templates rendered.
---@return herald.ScriptRun|nil
function M.current()
  return runs[(coroutine.running())]
end

---The same for a word that has no meaning without one.
---@param word string
---@return herald.ScriptRun
function M.need(word)
  return M.current() or error(word .. ": only while on_trigger, on_event or an endpoint's handle runs", 3)
end

---Asks the world outside. Every answer that can differ from one run to the next comes through here.
---@param run herald.ScriptRun
---@param kind string the word's name
---@param question any plain data
---@param f fun(): any
---@return any ... what f gives, plain data
function M.ask(run, kind, question, f)
  local tape = run.options.tape
  if tape then return tape:ask(kind, question, f, run.branch) end
  return f()
end

---Does what has an effect and no answer, such as a line of the log. A tape that only replays keeps it from happening.
---@param run herald.ScriptRun
---@param kind string the word's name
---@param what any plain data
---@param f fun()
function M.tell(run, kind, what, f)
  local tape = run.options.tape
  if tape and tape.tell then return tape:tell(kind, what, f, run.branch) end
  f()
end

-- What a branch runs: its part of the run, whose waits are its own.
local function branch_of(run, name, branches, f)
  local path = run.branch and run.branch .. "/" .. name or name
  return function()
    local branch = setmetatable({ branch = path, trunk = run, outer = false, left_ms = run.left_ms, exceeded = false }, { __index = run })
    runs[(coroutine.running())], branches[#branches + 1] = branch, branch
    return f()
  end
end

-- What the branches come to: the longest wait of one, and what one of them exceeded.
local function take_in(run, branches)
  local spent = 0
  for _, branch in ipairs(branches) do
    spent = math.max(spent, run.left_ms - branch.left_ms)
    run.exceeded = run.exceeded or branch.exceeded or nil
  end
  M.spend(run, spent)
end

-- Ends a run that goes beyond a bound that has no setting.
local function stop_at(run, message)
  run.exceeded = run.exceeded or { message = (budget.place() or "?") .. ": " .. message }
  budget.stop()
  error(run.exceeded.message, 0)
end

---Counts a question to the store. Ends a run that asks without end.
---@param run herald.ScriptRun
function M.take_stored(run)
  run.left.stored = run.left.stored - 1
  if run.left.stored < 0 then stop_at(run, ("the script asked the store more than %d times"):format(MOST_STORED)) end
end

---Runs functions at once, as parts of the run: its bounds are theirs together, but for the time that they wait, of which the
---longest counts. The first error cancels the others.
---@param run herald.ScriptRun
---@param names string[] of the branches
---@param functions function[]
---@return boolean ok
---@return any results as herald.loop's join gives them, or what was raised
function M.join(run, names, functions)
  run.left.branches = run.left.branches - #functions
  if run.left.branches < 0 then stop_at(run, ("the script ran more than %d branches of parallel"):format(MOST_BRANCHES)) end
  local bodies, branches = {}, {}
  for index, f in ipairs(functions) do bodies[index] = branch_of(run, names[index], branches, f) end
  local ok, results = loop.join(bodies)
  take_in(run, branches)
  return ok, results
end

---Runs a part of the engine that must not be left half done. Where the run's branch is cancelled meanwhile, it goes on to
---its end.
---@param run herald.ScriptRun
---@param f function
---@return any ... what f gives
function M.whole(run, f, ...)
  if not run.branch then return f(...) end
  local arguments, results, parking = table.pack(...), nil, loop.parking()
  loop.spawn(function()
    local here = coroutine.running()
    runs[here] = run
    results = table.pack(pcall(f, table.unpack(arguments, 1, arguments.n)))
    runs[here] = nil
    parking:wake()
  end)
  parking:wait()
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

---Notes a wait, for the runs around this one too. Ends the run when there is no time left.
---@param run herald.ScriptRun
---@param ms integer
function M.spend(run, ms)
  local each = run
  while each do
    each.left_ms = each.left_ms - ms
    each = each.outer
  end
  if run.left_ms <= 0 then stop(run, "time", run.waits_by) end
end

---Counts what a run sets off. Ends it when that is more than its limit.
---@param run herald.ScriptRun
---@param bound "requests"|"messages"
---@param count integer
function M.take(run, bound, count)
  run.left[bound] = run.left[bound] - count
  if run.left[bound] < 0 then stop(run, bound, run.limits) end
end

local OUTAGES = { ["storage-unavailable"] = true, overloaded = true }

---Whether a run failed because the store did not take what it wrote, and for no reason of its own.
---@param code any
---@return boolean
function M.is_outage(code)
  return OUTAGES[code] == true
end

---Raises that the store took or gave nothing. The script can catch it; where it does not, the run has failed with its code.
---@param run herald.ScriptRun
---@param message string
---@param code string|nil the store's
---@param level integer as error takes it
function M.raise_outage(run, message, code, level)
  run.outage = { message = message, code = OUTAGES[code] and code or "storage-unavailable" }
  error(message, level + 1)
end

---The error with a place in front: the function's own where the error has none, as after `return trigger:via(…)`.
---@param failure any
---@param f function
---@return string
function M.located(failure, f)
  local text = tostring(failure)
  if M.place(text) then return text end
  local info = debug.getinfo(f, "S")
  return ("%s:%d: %s"):format(info.source:match "^@?(.*)$", info.linedefined, text)
end

---Where a script raised an error. The rest of the text may hold values of the payload, so that no log has it.
---@param failure any
---@return string|nil such as campaigns/welcome.lua:12
function M.place(failure)
  return type(failure) == "string" and failure:match "^([^%s:]+:%d+):" or nil
end

return M

-- Runs a function of the project (on_trigger, on_event, an endpoint's handle) within its bounds: instructions, CPU
-- time and memory by herald.budget, and here how long it may wait in all, and what it may set off.

local budget = require "herald.budget"
local script_limits = require "herald.script_limits"

local M = {}

-- coroutine -> the run in it; a run inside of another one has that as `outer`
local runs = setmetatable({}, { __mode = "k" })

---What is particular about one run.
---@class herald.RunOptions
---@field campaign string|nil whose function it is
---@field sandbox string|nil whose keys it reads and writes; "prod" unless told
---@field limits herald.ScriptLimits|nil those of every script unless told
---@field is_rehearsal boolean|nil nothing may come of it: it can ask other systems, and tell them nothing
---@field once (fun(key: string, ms: integer): boolean|nil, string|nil, string|nil)|nil takes a key that goes with what the run belongs to
---@field tape herald.Tape|nil hears every answer from outside, or gives those of an earlier run

---@class herald.Tape
---@field ask fun(self: herald.Tape, kind: string, question: any, f: fun(): any): any answers as f does

---@class herald.ScriptRun
---@field engine herald.Engine
---@field options herald.RunOptions
---@field limits herald.ScriptLimits
---@field waits_by herald.ScriptLimits its own, or those of a run around it that has less time left
---@field left_ms integer what it may still wait
---@field left { requests: integer, messages: integer }
---@field exceeded { bound: string|nil, message: string }|nil which of the bounds of this file was passed; no bound: not its own
---@field outage { message: string, code: string }|nil the last one of the store that the script was told of
---@field outer herald.ScriptRun|nil

local function finish(coroutine_of_run, run, ok, ...)
  runs[coroutine_of_run] = run.outer
  if run.exceeded then return false, run.exceeded.message, "budget-exceeded", run.exceeded.bound end
  if ok then return true, ... end
  local message, code, bound = ...
  local outage = run.outage
  if outage and tostring(message):find(outage.message, 1, true) then return false, outage.message, outage.code end
  return false, script_limits.explain(run.limits, message, bound), code, bound
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
    left = { requests = limits.requests, messages = limits.messages },
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
  if tape then return tape:ask(kind, question, f) end
  return f()
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

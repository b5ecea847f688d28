-- Runs a function of the project (on_trigger, on_event, an endpoint's handle) within its bounds.

local budget = require "herald.budget"

local M = {}

---Runs f(...) within limits.on_trigger.
---@param engine herald.Engine
---@param f function
---@return boolean ok
---@return any ... its results, or what it raised
function M.call(engine, f, ...)
  return budget.run(engine.limits.on_trigger, f, ...)
end

---Where a script raised an error. The rest of the text may hold values of the payload, so that no log has it.
---@param failure any
---@return string|nil such as campaigns/welcome.lua:12
function M.place(failure)
  return type(failure) == "string" and failure:match "^([^%s:]+:%d+):" or nil
end

return M

---@meta herald.budget

local budget = {}

---Runs f(...) within bounds that it cannot escape; f may wait.
---@param bounds {instructions?: integer, cpu_ms?: integer, memory?: integer} memory in bytes; what is left out is unbounded
---@param f function
---@return boolean ok, any ... # results, or the error and "script-error" or "budget-exceeded"
function budget.run(bounds, f, ...) end

return budget

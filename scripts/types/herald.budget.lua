---@meta herald.budget

local budget = {}

---Runs f(...) within bounds that it cannot escape; f may wait.
---@param bounds {instructions?: integer, cpu_ms?: integer, memory?: integer, wall_ms?: integer} memory in bytes; wall_ms counts its waits too, and is looked at when one ends; what is left out is unbounded
---@param f function
---@return boolean ok, any ... # results, or the error and "script-error", or the error, "budget-exceeded" and which bound: "instructions", "cpu", "memory", "wall", "stopped"
function budget.run(bounds, f, ...) end

---Runs f(...) as the engine's own, inside of a run: its budget neither counts nor ends it.
---@param f function
---@return any ...
function budget.outside(f, ...) end

---Ends the run that calls it, whatever the script catches. Does nothing outside of one.
function budget.stop() end

---Where the project's script is that runs now, such as "campaigns/x.lua:14".
---@return string? place
function budget.place() end

---As Lua's own; inside of a budget it raises when 100 are nested.
---@param f function
---@return boolean ok, any ... # results, or the error
function budget.pcall(f, ...) end

---Counts the lines that run inside of a budget, for coverage, where the table has a number for them; nil ends it.
---@param lines table<string, table<integer, integer>>|nil file -> line -> how often it ran
function budget.trace(lines) end

return budget

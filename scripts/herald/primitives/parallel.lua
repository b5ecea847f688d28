-- `parallel { a = function() … end, b = function() … end }`: runs functions at once and gives what each returned. Together
-- they have the bounds of the script that calls it; the first that raises cancels the others.

local script_run = require "herald.script_run"

local MOST = 32
local VALUES = 3 -- of each branch, as herald.loop has them

-- The keys, in one order at all times: those of a list first.
local function sorted_keys(branches)
  local keys = {}
  for key, f in next, branches do
    if math.type(key) ~= "integer" and type(key) ~= "string" then error("parallel: expected names or a list, got a " .. type(key), 3) end
    if type(f) ~= "function" then error(("parallel: %s: expected a function, got a %s"):format(key, type(f)), 3) end
    keys[#keys + 1] = key
  end
  if #keys > MOST then error(("parallel: %d functions; at most %d run at once"):format(#keys, MOST), 3) end
  table.sort(keys, function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
  end)
  return keys
end

---@param branches table<string|integer, function>
---@return table<string|integer, any> results the first that each returned
---@return table<string|integer, { message: any, code: any }> failures of those that returned nil and why
return function(branches)
  local run = script_run.need "parallel"
  if type(branches) ~= "table" then error(("parallel: expected a table of functions, got a %s"):format(type(branches)), 2) end
  local keys, names, functions = sorted_keys(branches), {}, {}
  for index, key in ipairs(keys) do names[index], functions[index] = tostring(key), branches[key] end
  local results, failures = {}, {}
  if #keys == 0 then return results, failures end
  local ok, values = script_run.join(run, names, functions)
  if not ok then error(values, 0) end
  for index, key in ipairs(keys) do
    local at = (index - 1) * VALUES
    results[key] = values[at + 1]
    if values[at + 1] == nil and values[at + 2] ~= nil then failures[key] = { message = values[at + 2], code = values[at + 3] } end
  end
  return results, failures
end

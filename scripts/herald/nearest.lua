-- Finds the known name that a misspelt one most likely meant.

local M = {}

-- Edit distance in which two neighbours swapped count once; gives up beyond most.
local function distance(a, b, most)
  if math.abs(#a - #b) > most then return most + 1 end
  local before, previous, row = {}, {}, {}
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    row[0] = i
    local least = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local value = math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        value = math.min(value, before[j - 2] + 1)
      end
      row[j] = value
      least = math.min(least, value)
    end
    if least > most then return most + 1 end
    before, previous, row = previous, row, before
  end
  return previous[#b]
end

---@param name string
---@param known table<string, any> the keys are the names
---@return string|nil
function M.find(name, known)
  if #name > 64 then return nil end
  local lower = name:lower():gsub("[-_ ]", "")
  local most = math.max(1, #name // 3)
  local best, best_distance
  for candidate in pairs(known) do
    if type(candidate) == "string" then
      local found = distance(lower, (candidate:lower():gsub("[-_ ]", "")), most)
      if found <= most and (not best or found < best_distance or found == best_distance and candidate < best) then
        best, best_distance = candidate, found
      end
    end
  end
  return best
end

---`; did you mean "subject"?`, or nothing.
---@return string
function M.hint(name, known)
  local found = M.find(name, known)
  return found and ('; did you mean "%s"?'):format(found) or ""
end

return M

-- How long, as scripts say it.

local window = require "herald.window"

---Milliseconds, from a number of them or from words. Raises for the caller's caller.
---@param given string|integer
---@param word string what is named in the error
---@param level integer|nil of the script's line above this function
---@return integer ms
return function(given, word, level)
  if math.type(given) == "integer" and given >= 0 then return given end
  if type(given) ~= "string" then error(("%s: expected a duration, such as \"2 seconds\""):format(word), level or 3) end
  local ms, message = window.duration(given)
  return ms or error(("%s: %s"):format(word, message), level or 3)
end

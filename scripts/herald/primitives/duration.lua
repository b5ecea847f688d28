-- How long, as scripts say it.

local window = require "herald.window"

---Milliseconds, from a number of them or from words. Raises for the caller's caller.
---@param given string|integer
---@param word string what is named in the error
---@return integer ms
return function(given, word)
  if math.type(given) == "integer" and given >= 0 then return given end
  local ms, message = window.duration(given)
  return ms or error(("%s: %s"):format(word, message), 3)
end

---@meta herald.pattern

-- string.find, match, gmatch and gsub as the sandbox has them: they behave as Lua's own, what matching costs counts
-- as instructions of the running budget, and a malformed pattern is refused before it is tried.
local pattern = {}

---The first match and its captures.
---@return integer|nil first, integer|nil last, any ... # captures
function pattern.find(text, sought, start, plain) end

---The first match's captures, or the match itself.
---@return any ... # captures
function pattern.match(text, sought, start) end

---Goes through all matches.
---@return fun(): any
function pattern.gmatch(text, sought, start) end

---Replaces matches.
---@param replacement string|table|function
---@return string text, integer count
function pattern.gsub(text, sought, replacement, most) end

return pattern

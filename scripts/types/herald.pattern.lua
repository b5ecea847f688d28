---@meta herald.pattern

-- string.find, match, gmatch and gsub as the sandbox has them: they behave as Lua's own, what matching costs counts
-- as instructions of the running budget, and a malformed pattern is refused before it is tried.
local pattern = {}

---@return integer|nil first, integer|nil last, any ... # captures
function pattern.find(text, sought, start, plain) end

---@return any ... # captures
function pattern.match(text, sought, start) end

---@return fun(): any
function pattern.gmatch(text, sought, start) end

---@param replacement string|table|function
---@return string text, integer count
function pattern.gsub(text, sought, replacement, most) end

return pattern

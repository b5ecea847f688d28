-- What a row of edges expects in place of a text.

local M = {}

---@param part string that the error's message has in it
function M.fails(part) return { part = part } end

---@param pattern string of Lua, for what differs between versions of ICU
function M.like(pattern) return { pattern = pattern } end

return M

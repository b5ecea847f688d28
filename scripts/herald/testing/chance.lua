-- Chance in a spec: what scripts draw comes of the seed that the spec gives, in the order in which they ask.

local random_stream = require "herald.random_stream"

local M = {}

---@param outside table what scripts reach, which gets it
---@param seed integer
function M.attach(outside, seed)
  local seeds, bytes = random_stream.new(seed, "seeds"), random_stream.new(seed, "bytes")
  function outside.seed() return seeds:integer(0, (1 << 53) - 1) end
  function outside.bytes(count) return bytes:bytes(count) end
end

return M

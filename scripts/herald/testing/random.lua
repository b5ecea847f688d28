-- A source of random numbers of a spec's own: the same seed gives the same numbers, whatever else draws some.
-- (xorshift64*, Vigna 2016; splitmix64 spreads the seed.)

local M = {}
local Random = {}
Random.__index = Random

local function spread(seed)
  local z = seed + 0x9E3779B97F4A7C15
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

---@param seed integer
---@param run integer|nil another stream of the same seed
---@return herald.testing.Random
function M.new(seed, run)
  local state = spread(spread(seed) ~ (run or 0))
  return setmetatable({ state = state ~= 0 and state or 1 }, Random)
end

---@param least integer
---@param most integer
---@return integer # from least to most
function Random:integer(least, most)
  local x = self.state
  x = x ~ (x >> 12)
  x = x ~ (x << 25)
  x = x ~ (x >> 27)
  self.state = x
  return least + ((x * 0x2545F4914F6CDD1D) >> 11) % (most - least + 1)
end

---@generic T
---@param list T[]
---@return T
function Random:one_of(list)
  return list[self:integer(1, #list)]
end

---@param percent integer
---@return boolean # true so often
function Random:chance(percent)
  return self:integer(1, 100) <= percent
end

return M

-- Numbers that look random and come of a seed alone, so that a run can be repeated. Not for secrets.
-- The generator is splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).

local script_run = require "herald.script_run"

local M = {}

---@class herald.RandomStream
local Stream = {}
Stream.__index = Stream

local function mix(z)
  z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
  z = (z ~ (z >> 27)) * 0x94D049BB133111EB
  return z ~ (z >> 31)
end

-- FNV-1a.
local function hash(text)
  local value = 0xCBF29CE484222325
  for index = 1, #text do value = (value ~ text:byte(index)) * 0x100000001B3 end
  return value
end

---@param seed integer
---@param name string streams of different names have nothing in common
---@return herald.RandomStream
function M.new(seed, name)
  return setmetatable({ state = mix(seed ~ mix(hash(name))) }, Stream)
end

---@return integer # all 64 bits
function Stream:bits()
  self.state = self.state + 0x9E3779B97F4A7C15
  return mix(self.state)
end

---@return number # 0 <= n < 1
function Stream:number()
  return (self:bits() >> 11) * 2.0 ^ -53
end

---Each as likely as the others.
---@param low integer
---@param high integer not below low
---@return integer
function Stream:integer(low, high)
  local span = high - low
  if span == -1 then return self:bits() end -- all integers
  local mask = span
  for _, shift in ipairs { 1, 2, 4, 8, 16, 32 } do mask = mask | (mask >> shift) end
  local drawn
  repeat drawn = self:bits() & mask until math.ult(drawn, span + 1)
  return low + drawn
end

---@param count integer
---@return string
function Stream:bytes(count)
  local parts = {}
  for index = 1, (count + 7) // 8 do parts[index] = string.pack("<i8", self:bits()) end
  return table.concat(parts):sub(1, count)
end

-- The seed is asked for once in a run, whichever of its branches draws first.
local function seed_of(run)
  while run.trunk do run = run.trunk end
  if not run.seed then run.seed = script_run.ask(run, "random", "seed", run.engine.outside.seed) end
  return run.seed
end

---The stream of a run, or of its branch, for one purpose.
---@param run herald.ScriptRun
---@param purpose string
---@return herald.RandomStream
function M.of(run, purpose)
  local streams = rawget(run, "streams")
  if not streams then
    streams = {}
    rawset(run, "streams", streams)
  end
  streams[purpose] = streams[purpose] or M.new(seed_of(run), purpose .. "/" .. (run.branch or ""))
  return streams[purpose]
end

return M

-- What a shadow run counts of one campaign, without anything of a person: names of fields, words that were asked, places in files,
-- ids of messages. Workers count and tell; the main thread adds up.

local payload = require "herald.payload"

local M = {}

M.MOST_EXAMPLES = 10
local MOST_NAMES = 100 -- of one kind; what is beyond goes under OTHER
local LONGEST_NAME = 100
local OTHER = "(others)"

local NUMBERS = { "compared", "dropped", "differing", "errors", "not_comparable" }
local MAPS = { "fields", "asks", "places", "reasons" }

---@class herald.ShadowTally
---@field compared integer triggers that ran under both
---@field dropped integer those that could not be compared in time
---@field differing integer
---@field errors integer on which the new code failed: its script, or its rendering
---@field not_comparable integer
---@field fields table<string, integer> field -> how many differ in it
---@field asks table<string, integer> word -> how often the new code asked what the old one had not
---@field places table<string, integer> file:line -> script errors of the new code there
---@field reasons table<string, integer> why triggers could not be compared
---@field examples string[] ids of messages that differ
---@field is_left boolean|nil it took too long, and is run no more

---@return herald.ShadowTally
function M.new()
  local tally = { examples = payload.array {} }
  for _, name in ipairs(NUMBERS) do tally[name] = 0 end
  for _, name in ipairs(MAPS) do tally[name] = {} end
  return tally
end

---Counts a name.
---@param map table<string, integer>
---@param name string
---@param count integer|nil 1 unless told
function M.count(map, name, count)
  if #name > LONGEST_NAME then name = OTHER end
  if not map[name] then
    local names = 0
    for _ in pairs(map) do names = names + 1 end
    if names >= MOST_NAMES then name = OTHER end
  end
  map[name] = (map[name] or 0) + (count or 1)
end

---Adds what was told since.
---@param tally herald.ShadowTally
---@param more herald.ShadowTally as JSON gave it
function M.add(tally, more)
  for _, name in ipairs(NUMBERS) do tally[name] = tally[name] + math.tointeger(more[name]) end
  for _, map in ipairs(MAPS) do
    for name, count in pairs(more[map]) do M.count(tally[map], name, math.tointeger(count)) end
  end
  for _, id in ipairs(more.examples) do
    if #tally.examples < M.MOST_EXAMPLES then tally.examples[#tally.examples + 1] = id end
  end
  tally.is_left = tally.is_left or more.is_left
end

return M

-- How a script sleeps in a spec: the spec's clock moves on. Of branches that sleep at once (`parallel`), the one that wakes
-- first goes on first, when all others wait, so that together they take as long as the longest.

local loop = require "herald.loop"

local M = {}

-- Each sleeper looks once in each turn of the loop. One that has not looked for two turns was cancelled.
local function look(state, own)
  state.looks = state.looks + 1
  own.seen = state.looks
  local awake, first = {}, own
  for _, sleeper in ipairs(state.sleepers) do
    if state.looks - sleeper.seen <= 2 * #state.sleepers then
      awake[#awake + 1] = sleeper
      if sleeper.at < first.at or sleeper.at == first.at and sleeper.number < first.number then first = sleeper end
    end
  end
  state.sleepers = awake
  return first == own
end

local function remove(list, item)
  for index, one in ipairs(list) do
    if one == item then return table.remove(list, index) end
  end
end

---@param clock herald.Clock
---@return fun(ms: integer)
function M.new(clock)
  local state = { looks = 0, count = 0, sleepers = {} }
  return function(ms)
    if loop.live() == 0 then
      clock:advance(ms)
      return
    end
    state.count = state.count + 1
    local own = { at = clock:now() + ms, number = state.count, seen = state.looks }
    state.sleepers[#state.sleepers + 1] = own
    repeat loop.sleep(0) until look(state, own)
    remove(state.sleepers, own)
    clock:set(math.max(clock:now(), own.at))
  end
end

return M

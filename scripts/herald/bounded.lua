-- Runs what a project's own channels and providers are made of within bounds, and takes from them only plain values:
-- nothing of theirs is left to run later, in the engine's own time.

local budget = require "herald.budget"
local payload = require "herald.payload"
local script_limits = require "herald.script_limits"

local M = {}

-- From the call of a provider to its outcome, waits and all.
local LONGEST_SEND_MS = 10 * 60 * 1000

local DEEPEST = 64
local ARRAY = debug.getmetatable(payload.array {})

-- A copy without metatables, but for the mark of an array.
local function plain(value, depth)
  if type(value) ~= "table" then return value end
  if depth > DEEPEST then error("a table is nested too deeply, or contains itself", 0) end
  local copy = {}
  for key, item in next, value do copy[key] = plain(item, depth + 1) end
  return debug.getmetatable(value) == ARRAY and payload.array(copy) or copy
end

-- What a surface's own functions see of it. The engine goes on using the surface itself.
local seen = setmetatable({}, { __mode = "k" })

local function view_of(surface)
  seen[surface] = seen[surface] or plain(surface, 1)
  return seen[surface]
end

local function give(path, limits, ok, ...)
  if ok then return ... end
  local failure, _, bound = ...
  local message = script_limits.explain(limits, tostring(failure), bound)
  error(message:find(path, 1, true) and message or ("%s: %s"):format(path, message), 0)
end

---The channel's address and prepare, within bounds from now on.
---@param channel herald.Channel
---@param limits herald.ScriptLimits
function M.channel(channel, limits)
  local address, prepare, path = channel.address, channel.prepare, channel.file
  local function find(recipient, profile, surface)
    local found, reason = address(recipient, profile, surface)
    return plain(found, 1), plain(reason, 1)
  end
  local function fill(message, surface, recipient)
    local prepared, reason = prepare(message, surface, recipient)
    if not prepared and reason then return nil, plain(reason, 1) end
    return plain(prepared or message, 1)
  end
  function channel.address(recipient, profile, surface)
    return give(path, limits, budget.run(limits.bounds, find, recipient, profile, view_of(surface)))
  end
  if not prepare then return end
  function channel.prepare(message, surface, recipient)
    return give(path, limits, budget.run(limits.bounds, fill, message, view_of(surface), recipient))
  end
end

---The provider's send, within bounds from now on; its waits count toward the longest time alone.
---@param provider herald.Provider
---@param limits herald.ScriptLimits
---@param path string
function M.provider(provider, limits, path)
  local send, bounds = provider.send, limits.bounds
  local with_waits = { instructions = bounds.instructions, cpu_ms = bounds.cpu_ms, memory = bounds.memory, wall_ms = LONGEST_SEND_MS }
  local function deliver(...) return plain(send(...), 1) end
  function provider.send(surface, message, tools) return give(path, limits, budget.run(with_waits, deliver, surface, message, tools)) end
end

return M

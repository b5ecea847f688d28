-- Sends by a surface, and by those that stand in for it when it asks for a retry. Each attempt that failed on the way
-- leaves an event of the message and counts as an error of the campaign.

local ids = require "herald.ids"
local outcomes = require "herald.outcome"

local M = {}

local function send_by(engine, surface, content)
  local ok, given = xpcall(surface.send, debug.traceback, surface, content, engine:tools(surface))
  local outcome = ok and outcomes.read(given)
  if outcome then return outcome end
  engine.log:error("a provider failed", { surface = surface.name, error = ok and "it gave no outcome with a state" or tostring(given) })
  return { state = "retry", code = "provider-error", answer = "the provider's code failed; see the log" }
end

-- The surfaces to try, in order.
local function candidates(engine, surface)
  local list = { surface }
  for _, name in ipairs(surface.failover or {}) do
    local other = engine.project.surfaces[name]
    if other and other.channel == surface.channel then list[#list + 1] = other end
  end
  return list
end

local function detail(surface, outcome)
  local parts = { "surface " .. surface.name }
  parts[#parts + 1] = outcome.code
  parts[#parts + 1] = outcome.answer
  return table.concat(parts, ": ")
end

-- A trace that cannot be written does not keep the message from leaving.
local function note(engine, message, surface, outcome, at)
  engine.store:add_event { message = message.id, at = at, kind = "failover", detail = detail(surface, outcome) }
  engine.store:count { campaign = message.campaign, metric = "errors:" .. (outcome.code or "failed"), at = at }
  engine.notices:warn("a surface does not take a message; another stands in for it", ("%s %s"):format(surface.name, outcome.code), {
    message = ids.format(message.id), campaign = message.campaign, surface = surface.name, code = outcome.code,
  })
end

---Sends until a surface does not ask for a retry, or there is none left.
---@param engine herald.Engine
---@param message table
---@param prepared { content: table, surface: table }
---@return table outcome
---@return table surface the one that it is from
function M.send(engine, message, prepared)
  local list = candidates(engine, prepared.surface)
  for index, surface in ipairs(list) do
    local outcome = send_by(engine, surface, prepared.content)
    if outcome.state ~= "retry" or index == #list then return outcome, surface end
    note(engine, message, surface, outcome, engine.clock:now())
  end
end

return M

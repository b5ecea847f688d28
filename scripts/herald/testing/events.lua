-- What a provider reports behind the sending: delivered, opened, bounced after all. A spec says it; the message's events,
-- the reports and the campaign's on_event hear of it as they do in production.

local ids = require "herald.ids"
local payload = require "herald.payload"
local settling = require "herald.settling"

local M = {}

-- The kinds, and what reports count them as; a bounce is hard or soft.
local COUNTED = {
  delivered = "delivered", opened = "opens", clicked = "clicks", unsubscribed = "unsubscribes", complained = "complaints", bounced = "bounced",
}

local FIELDS = { reason = "string", code = "string", details = "table" }

local function kinds()
  local names = {}
  for name in pairs(COUNTED) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, ", ")
end

local function check(kind, more)
  if not COUNTED[kind] then error(("event: unknown kind %q; expected one of %s"):format(tostring(kind), kinds()), 4) end
  for name, value in pairs(more) do
    if type(value) ~= FIELDS[name] then
      error(("event: %s '%s'"):format(FIELDS[name] and "expected a " .. FIELDS[name] .. " as" or "unknown field", tostring(name)), 4)
    end
  end
end

local function metric(kind, more)
  if kind ~= "bounced" then return COUNTED[kind] end
  return "bounced:" .. (more.reason == "soft" and "soft" or "hard")
end

---Lets an event happen to a message that was sent.
---@param engine herald.Engine
---@param message table as the store has it
---@param kind string
---@param more { reason: string|nil, code: string|nil, details: table|nil }|nil
function M.happen(engine, message, kind, more)
  more = more or {}
  check(kind, more)
  if message.state ~= "sent" and message.state ~= "delivered" then
    error(("event: the message %s is %s; events come of messages that were sent"):format(ids.format(message.id), message.state), 3)
  end
  local now = engine.clock:now()
  local detail = more.details and payload.encode(more.details) or more.code or more.reason
  assert(engine.store:add_event { message = message.id, campaign = message.campaign, at = now, kind = kind, detail = detail })
  assert(engine.store:count { campaign = message.campaign, metric = metric(kind, more), at = now })
  settling.tell(engine, message, { state = kind, at = now, reason = more.reason, code = more.code })
end

return M

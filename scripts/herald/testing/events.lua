-- What a provider reports behind the sending: delivered, opened, bounced after all. A spec says it; the message's events,
-- the reports and the campaign's on_event hear of it as they do in production.

local event_report = require "herald.event_report"
local ids = require "herald.ids"

local M = {}

local KINDS = { delivered = true, opened = true, clicked = true, unsubscribed = true, complained = true, bounced = true }

local FIELDS = { reason = "string", code = "string", details = "table" }

local function kinds()
  local names = {}
  for name in pairs(KINDS) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, ", ")
end

local function check(kind, more)
  if not KINDS[kind] then error(("event: unknown kind %q; expected one of %s"):format(tostring(kind), kinds()), 4) end
  for name, value in pairs(more) do
    if type(value) ~= FIELDS[name] then
      error(("event: %s '%s'"):format(FIELDS[name] and "expected a " .. FIELDS[name] .. " as" or "unknown field", tostring(name)), 4)
    end
  end
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
  assert(event_report.report(engine, message.id, { kind = kind, reason = more.reason, code = more.code, details = more.details }))
end

return M

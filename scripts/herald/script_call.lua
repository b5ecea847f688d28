-- A trigger that a script makes (request:trigger, event:trigger): its arguments, as the body of the API's call.

local json = require "herald.json"
local json_rules = require "herald.json_rules"

local M = {}

local MOST_BYTES = 8 * 1000 * 1000

---What is wrong with the arguments.
---@return string|nil message
function M.problem(id, call)
  if type(id) ~= "string" then return "expected a campaign's id" end
  if type(call) ~= "table" or type(rawget(call, "recipients")) ~= "table" then return "expected { requestId = …, recipients = { … } }" end
  for index = 1, rawlen(call.recipients) do
    if type(rawget(call.recipients, index)) ~= "table" then return ("recipients[%d]: expected a table"):format(index) end
  end
  return (json_rules.check(call, nil, MOST_BYTES))
end

---The body of POST /im/executions/unitary. A recipient is "aep" unless told.
---@param id string
---@param call { requestId: string|number|nil, recipients: table[] }
---@param request_id string|nil where the call has none
---@return string
function M.body(id, call, request_id)
  local recipients = {}
  for index = 1, rawlen(call.recipients) do
    local copy = {}
    for name, value in next, call.recipients[index] do copy[name] = value end
    copy.type = copy.type or "aep"
    recipients[index] = copy
  end
  local given = rawget(call, "requestId")
  if type(given) == "number" then given = tostring(given) end
  return json.encode { requestId = given or request_id, campaignId = id, recipients = json.array(recipients) }
end

---What the API answered, as a script sees it.
---@return integer status
---@return table body
---@return table<string, string>|nil headers
function M.answer(status, body, headers)
  if type(body) == "string" then body = json.decode(body) end
  return status, body, headers
end

return M

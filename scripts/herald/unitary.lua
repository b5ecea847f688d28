-- The body of POST /im/executions/unitary as triggering takes it. Its shape is checked by herald.trigger_body; what a
-- message will use stays JSON text, so that it is stored and rendered with the characters it came with.

local trigger_body = require "herald.trigger_body"

local M = {}

local BAD = "invalid-recipients"

---@class herald.Unitary
---@field doc herald.payload.Document
---@field request_id string
---@field campaign_id string
---@field recipients (herald.Recipient|false)[] in a call with faults: what could be read; false: no object
---@field faults herald.Faults

---What is wrong with the recipients of one call, by recipient.
---@class herald.Faults
---@field by_index table<integer, { code: string, text: string }>
local Faults = {}
Faults.__index = Faults

---@param index integer counted from one
function Faults:add(index, code, message)
  local fault = self.by_index[index]
  if fault then
    fault.text = fault.text .. "; " .. message
  else
    self.by_index[index] = { code = code, text = message }
  end
end

---Nothing when there is no fault. A recipient's code is that of its first fault, and the answer's is that of the
---recipients, or invalid-recipients where they differ.
---@return string|nil code
---@return string|nil detail the first bad recipient's sentences
---@return table<string, string>|nil facts "recipients[0]" -> its sentences
function Faults:summary()
  if not next(self.by_index) then return nil end
  local facts, first, code = {}, math.huge, nil
  for index, fault in pairs(self.by_index) do
    facts[("recipients[%d]"):format(index - 1)] = fault.text
    code = (code == nil or code == fault.code) and fault.code or BAD
    first = math.min(first, index)
  end
  return code, self.by_index[first].text, facts
end

---@param found { [1]: integer, [2]: string, [3]: string }[]|nil
---@return herald.Faults
local function faults_of(found)
  local faults = setmetatable({ by_index = {} }, Faults)
  for _, fault in ipairs(found or {}) do faults:add(fault[1], fault[2], fault[3]) end
  return faults
end

---@param body string
---@param limits { recipients: integer, context: integer }
---@return herald.Unitary|nil
---@return string|nil code
---@return string|nil message
---@return table<string, string>|nil additional facts for the answer
---@return herald.Unitary|nil partial where recipients alone are wrong: the call with its faults, to look for more
function M.read(body, limits)
  local call, message, code, request_id, campaign_id = trigger_body.read(body, limits.recipients, limits.context)
  if not call then return nil, code, message, { requestId = request_id, campaignId = campaign_id } end
  local is_bad = call.faults ~= nil
  call.faults = faults_of(call.faults)
  if not is_bad then return call end
  local fault, detail, facts = call.faults:summary()
  facts.requestId, facts.campaignId = call.request_id, call.campaign_id
  return nil, fault, detail, facts, call
end

return M

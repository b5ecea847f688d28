-- Reads the body of POST /im/executions/unitary: every rule of its shape, before any campaign is asked.
-- What a message will use stays JSON text, so that it is stored and rendered with the characters it came with.

local payload = require "herald.payload"

local M = {}

local MOST_REQUEST_ID = 255
local STRINGS = { "requestId", "campaignId" }
local TYPES = { aep = true, external = true }
local IDENTITY = { { "type", "type" }, { "userId", "user_id" }, { "namespace", "namespace" } }
local ADDRESSES = { "emailAddress", "mobilePhoneNumber" }
local PUSH_ADDRESSES = { "appID", "platform", "token" }
local BAD = "invalid-recipients"

---@class herald.Recipient
---@field type "aep"|"external"
---@field user_id string
---@field namespace string
---@field context string|nil JSON text
---@field context_node integer|nil
---@field profile string|nil JSON text
---@field channel_data string|nil JSON text
---@field has_bad_context boolean|nil its context is none

---@class herald.Unitary
---@field doc herald.Document
---@field request_id string
---@field campaign_id string
---@field recipients (herald.Recipient|false)[] in a call with faults: what could be read; false: no object
---@field faults herald.Faults

local function text_member(doc, node, name)
  local found = doc:find(node, name)
  if not found then return nil, name .. ": missing" end
  if doc:kind(found) ~= "string" then return nil, ("%s: expected a string, got %s"):format(name, doc:kind(found)) end
  local text = doc:string(found)
  if text == "" then return nil, name .. ": must not be empty" end
  return text
end

local function object_member(doc, node, name)
  local found = doc:find(node, name)
  if not found or doc:kind(found) == "null" then return nil end
  if doc:kind(found) ~= "object" then return nil, nil, ("%s: expected an object, got %s"):format(name, doc:kind(found)) end
  return found
end

---What is wrong with the recipients of one call, by recipient.
---@class herald.Faults
---@field by_index table<integer, { code: string, text: string }>
local Faults = {}
Faults.__index = Faults

---@return herald.Faults
function M.faults()
  return setmetatable({ by_index = {} }, Faults)
end

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

local function check_strings(doc, node, where, names, faults, index)
  for _, name in ipairs(names) do
    local found = doc:find(node, name)
    if found and doc:kind(found) ~= "string" then faults:add(index, BAD, ("%s.%s: expected a string"):format(where, name)) end
  end
end

local function read_channel_data(doc, node, recipient, faults, index)
  local found, _, message = object_member(doc, node, "channelData")
  if message then faults:add(index, BAD, message) end
  if not found then return end
  recipient.channel_data = doc:raw(found)
  check_strings(doc, found, "channelData", ADDRESSES, faults, index)
  local push, _, push_message = object_member(doc, found, "pushInfo")
  if push_message then faults:add(index, BAD, "channelData." .. push_message) end
  if push then check_strings(doc, push, "channelData.pushInfo", PUSH_ADDRESSES, faults, index) end
end

local function read_context(doc, node, most, recipient, faults, index)
  local found, _, message = object_member(doc, node, "context")
  if message then
    recipient.has_bad_context = true
    faults:add(index, "context-invalid", message)
  end
  if not found then return end
  recipient.context, recipient.context_node = doc:raw(found), found
  if #recipient.context > most then
    faults:add(index, "context-too-large", ("context: %d bytes; the limit is %d"):format(#recipient.context, most))
  end
  if doc:find(found, "system") then
    faults:add(index, "context-reserved", "context.system: this name is reserved; choose another")
  end
end

local function read_identity(doc, node, recipient, faults, index)
  for _, member in ipairs(IDENTITY) do
    local text, message = text_member(doc, node, member[1])
    if message then faults:add(index, BAD, message) end
    recipient[member[2]] = text
  end
  local kind = recipient.type
  if kind and not TYPES[kind] then faults:add(index, BAD, ('type: %q is neither "aep" nor "external"'):format(kind)) end
end

-- Everything that is wrong goes to faults; what can be read is given all the same.
local function read_recipient(doc, node, limits, faults, index)
  if doc:kind(node) ~= "object" then
    faults:add(index, BAD, "expected an object")
    return false
  end
  local recipient = {}
  read_identity(doc, node, recipient, faults, index)
  read_context(doc, node, limits.context, recipient, faults, index)
  local profile, _, message = object_member(doc, node, "profile")
  if message then faults:add(index, BAD, message) end
  if profile then recipient.profile = doc:raw(profile) end
  read_channel_data(doc, node, recipient, faults, index)
  return recipient
end

local function read_recipients(doc, node, limits, faults)
  local recipients, seen = {}, {}
  local item = doc:first(node)
  for index = 1, doc:len(node) do
    local recipient = read_recipient(doc, item, limits, faults, index)
    local user_id = recipient and recipient.user_id
    local before = user_id and seen[user_id]
    if before then
      faults:add(index, BAD, ("userId: the same as recipients[%d]; name each recipient once"):format(before - 1))
    elseif user_id then
      seen[user_id] = index
    end
    recipients[index] = recipient
    item = doc:next(item)
  end
  return recipients
end

-- Why the list cannot be looked at.
local function count_problem(count, limits)
  if count == 0 then return "recipients: expected at least one" end
  if count > limits.recipients then
    return ("recipients: %d given; at most %d go in one call"):format(count, limits.recipients)
  end
end

-- The members of the body; what is wrong with them is one sentence behind the other.
local function read_head(doc)
  if doc:kind(1) ~= "object" then return nil, "the body must be a JSON object" end
  local head, wrong = {}, {}
  for _, name in ipairs(STRINGS) do
    head[name], wrong[#wrong + 1] = text_member(doc, 1, name)
  end
  if head.requestId and #head.requestId > MOST_REQUEST_ID then
    wrong[#wrong + 1] = ("requestId: longer than %d bytes"):format(MOST_REQUEST_ID)
    head.requestId = nil
  end
  local list = doc:find(1, "recipients")
  if not list then
    wrong[#wrong + 1] = "recipients: missing"
  elseif doc:kind(list) ~= "array" then
    wrong[#wrong + 1] = "recipients: expected an array"
  end
  if #wrong > 0 then return nil, table.concat(wrong, "; "), head end
  return head, list
end

---@param body string
---@param limits { recipients: integer, context: integer }
---@return herald.Unitary|nil
---@return string|nil code
---@return string|nil message
---@return table<string, string>|nil additional facts for the answer
---@return herald.Unitary|nil partial where recipients alone are wrong: the call with its faults, to look for more
function M.read(body, limits)
  local doc, message = payload.parse(body)
  if not doc then return nil, "invalid-json", message end
  local head, list, known = read_head(doc)
  if not head then return nil, "invalid-request", list, known end
  local problem = count_problem(doc:len(list), limits)
  if problem then return nil, BAD, problem, head end
  local faults = M.faults()
  local request = { doc = doc, request_id = head.requestId, campaign_id = head.campaignId, faults = faults }
  request.recipients = read_recipients(doc, list, limits, faults)
  local code, detail, facts = faults:summary()
  if not code then return request end
  facts.requestId, facts.campaignId = head.requestId, head.campaignId
  return nil, code, detail, facts, request
end

return M

-- Reads the body of POST /im/executions/unitary: every rule of its shape, before any campaign is asked.
-- What a message will use stays JSON text, so that it is stored and rendered with the characters it came with.

local identity = require "herald.identity"
local payload = require "herald.payload"

local M = {}

local MOST_REQUEST_ID = 255
local STRINGS = { "requestId", "campaignId" }
local TYPES = { aep = true, external = true }

---@class herald.Recipient
---@field type "aep"|"external"
---@field user_id string
---@field namespace string
---@field context string|nil JSON text
---@field context_node integer|nil
---@field profile string|nil JSON text
---@field channel_data string|nil JSON text

---@class herald.Unitary
---@field doc herald.Document
---@field request_id string
---@field campaign_id string
---@field recipients herald.Recipient[]

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

local function check_strings(doc, node, where, names)
  for _, name in ipairs(names) do
    local found = doc:find(node, name)
    if found and doc:kind(found) ~= "string" then return ("%s.%s: expected a string"):format(where, name) end
  end
end

local function check_channel_data(doc, node)
  local failure = check_strings(doc, node, "channelData", { "emailAddress", "mobilePhoneNumber" })
  if failure then return failure end
  local push, _, message = object_member(doc, node, "pushInfo")
  if message then return "channelData." .. message end
  return push and check_strings(doc, push, "channelData.pushInfo", { "appID", "platform", "token" })
end

-- Returns the code and sentence of the first thing that is wrong with the context.
local function check_context(doc, node, most)
  if #doc:raw(node) > most then
    return "context-too-large", ("context: %d bytes; the limit is %d"):format(#doc:raw(node), most)
  end
  if doc:find(node, "system") then
    return "context-reserved", "context.system: this name is reserved; choose another"
  end
end

local function read_recipient(doc, node, limits)
  if doc:kind(node) ~= "object" then return nil, "invalid-recipients", "expected an object" end
  local recipient, message = {}
  recipient.type, message = text_member(doc, node, "type")
  if not recipient.type then return nil, "invalid-recipients", message end
  if not TYPES[recipient.type] then
    return nil, "invalid-recipients", ('type: %q is neither "aep" nor "external"'):format(recipient.type)
  end
  recipient.user_id, message = text_member(doc, node, "userId")
  if not recipient.user_id then return nil, "invalid-recipients", message end
  recipient.namespace, message = text_member(doc, node, "namespace")
  if not recipient.namespace then return nil, "invalid-recipients", message end
  message = identity.check(recipient.namespace, recipient.user_id)
  if message then return nil, "invalid-recipients", message end
  local nodes = {}
  for _, name in ipairs { "context", "profile", "channelData" } do
    local found, _, failure = object_member(doc, node, name)
    if failure then return nil, name == "context" and "context-invalid" or "invalid-recipients", failure end
    nodes[name] = found
  end
  if nodes.context then
    local code, failure = check_context(doc, nodes.context, limits.context)
    if code then return nil, code, failure end
    recipient.context, recipient.context_node = doc:raw(nodes.context), nodes.context
  end
  if nodes.channelData then
    local failure = check_channel_data(doc, nodes.channelData)
    if failure then return nil, "invalid-recipients", failure end
    recipient.channel_data = doc:raw(nodes.channelData)
  end
  if nodes.profile then recipient.profile = doc:raw(nodes.profile) end
  return recipient
end

---Collects what is wrong with each recipient. The answer's code is the first one's unless they differ.
---@class herald.Faults
---@field code string|nil
---@field list table<string, string> "recipients[0]" -> sentence
local Faults = {}
Faults.__index = Faults

---@return herald.Faults
function M.faults()
  return setmetatable({ code = nil, first = nil, list = {} }, Faults)
end

---@param index integer counted from one
function Faults:add(index, code, message)
  if self.code == nil then
    self.code, self.first = code, message
  elseif self.code ~= code then
    self.code = "invalid-recipients"
  end
  local name = ("recipients[%d]"):format(index - 1)
  self.list[name] = self.list[name] or message
end

local function read_recipients(doc, node, limits)
  local count = doc:len(node)
  if count == 0 then return nil, "invalid-recipients", "recipients: expected at least one" end
  if count > limits.recipients then
    return nil, "invalid-recipients", ("recipients: %d given; at most %d go in one call"):format(count, limits.recipients)
  end
  local recipients, seen, faults = {}, {}, M.faults()
  local item = doc:first(node)
  for index = 1, count do
    local recipient, code, message = read_recipient(doc, item, limits)
    if not recipient then
      faults:add(index, code, message)
    elseif seen[recipient.user_id] then
      faults:add(index, "invalid-recipients",
        ("userId: the same as recipients[%d]; name each recipient once"):format(seen[recipient.user_id] - 1))
    else
      seen[recipient.user_id] = index
    end
    recipients[index] = recipient
    item = doc:next(item)
  end
  if faults.code then return nil, faults.code, faults.first, faults.list end
  return recipients
end

local function read_head(doc)
  if doc:kind(1) ~= "object" then return nil, "the body must be a JSON object" end
  local head = {}
  for _, name in ipairs(STRINGS) do
    local text, message = text_member(doc, 1, name)
    if not text then return nil, message, head end
    head[name] = text
  end
  if #head.requestId > MOST_REQUEST_ID then
    return nil, ("requestId: longer than %d bytes"):format(MOST_REQUEST_ID), head
  end
  return head
end

---@param body string
---@param limits { recipients: integer, context: integer }
---@return herald.Unitary|nil
---@return string|nil code
---@return string|nil message
---@return table<string, string>|nil additional facts for the answer
function M.read(body, limits)
  local doc, message = payload.parse(body)
  if not doc then return nil, "invalid-json", message end
  local head, failure, partial = read_head(doc)
  if not head then return nil, "invalid-request", failure, partial end
  local list = doc:find(1, "recipients")
  if not list then return nil, "invalid-request", "recipients: missing", head end
  if doc:kind(list) ~= "array" then return nil, "invalid-request", "recipients: expected an array", head end
  local recipients, code, reason, faults = read_recipients(doc, list, limits)
  if not recipients then
    faults = faults or {}
    faults.requestId, faults.campaignId = head.requestId, head.campaignId
    return nil, code, reason, faults
  end
  return { doc = doc, request_id = head.requestId, campaign_id = head.campaignId, recipients = recipients }
end

return M

---@meta herald.trigger_body

---The body of POST /im/executions/unitary: every rule of its shape, before any campaign is asked.
local trigger_body = {}

---@class herald.Recipient
---@field type "aep"|"external"
---@field user_id string
---@field namespace string
---@field context string|nil JSON text
---@field context_node integer|nil
---@field profile string|nil JSON text
---@field channel_data string|nil JSON text
---@field has_bad_context boolean|nil there is one, and it is no object

---@class herald.trigger_body.Call
---@field doc herald.payload.Document
---@field request_id string
---@field campaign_id string
---@field recipients (herald.Recipient|false)[] where there are faults: what could be read; false: no object
---@field faults { [1]: integer, [2]: string, [3]: string }[]|nil recipient counted from one, code, sentence

---Reads a call. One that is refused as a whole gives nil and the ids as far as they could be read.
---@param text string
---@param recipients_most integer
---@param context_most integer bytes of one recipient's
---@return herald.trigger_body.Call? call
---@return string? message
---@return "invalid-json"|"invalid-request"|"invalid-recipients"|nil code
---@return string? request_id
---@return string? campaign_id
function trigger_body.read(text, recipients_most, context_most) end

---Why a recipient cannot be named so: at most 512 bytes of userId and 64 of namespace, in UTF-8.
---@param namespace string
---@param user_id string
---@return string? message with the field's name
function trigger_body.identity_problem(namespace, user_id) end

return trigger_body

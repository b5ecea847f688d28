---@meta herald.testing
-- What an editor knows in a project's specs: local kit = require "herald.testing".

local kit = {}

---@class herald.testing.EngineOptions
---@field project? string the folder; that of the spec unless told
---@field now? string RFC 3339
---@field secrets? table<string, string>
---@field seed? integer of what is random
---@field log_level? "debug"|"info"|"warn"|"error"

---@class herald.testing.Answer
---@field status integer
---@field code? string of an error
---@field body any
---@field text string
---@field headers table<string, string>
---@field execution_id? string
---@field messages? table[]

---@class herald.testing.Failure
---@field times? integer
---@field surface? string
---@field channel? string
---@field state? "retry"|"failed"|"bounced"
---@field code? string
---@field answer? string
---@field reason? string
---@field retry_after? string a duration
---@field takes? string a duration

---@class herald.testing.SpecEngine
local engine = {}

---Triggers a campaign as a call of the API would, and does what is due at once.
---@param id string
---@param recipient table one, or { recipients = { … } }
---@param options? { requestId?: string, sandbox?: string }
---@return herald.testing.Answer
function engine:trigger(id, recipient, options) end

---Sends a request to the API or the project's own endpoints.
---@param request { method?: string, path: string, headers?: table<string, string>, body?: any }
---@return herald.testing.Answer
function engine:request(request) end

---What the providers took, oldest first.
---@return table[]
function engine:delivered() end

---Every attempt, with its outcome.
---@return table[]
function engine:attempts() end

---Makes the next attempts fail.
---@param failure? herald.testing.Failure
function engine:fail_next(failure) end

---Decides each attempt: an outcome, or nil for sent.
---@param decide? fun(message: table): table?
function engine:answer_with(decide) end

---Answers what scripts ask with http.
---@param answer? fun(request: table): table?, string?, string?
function engine:answer_http(answer) end

---Forgets what was delivered; campaigns, profiles and time stay.
function engine:clear() end

---@return integer # milliseconds since the Unix epoch
function engine:now() end

---@param duration string such as "30 minutes"
function engine:travel(duration) end

---@param time string RFC 3339
function engine:travel_to(time) end

---@param id string
---@return table?
function engine:message(id) end

---@param execution_id string
---@return table[]
function engine:messages(execution_id) end

---Renders a campaign's message; sends nothing.
---@param id string
---@param recipient table
---@return table? fields, string? message, string? code
function engine:preview(id, recipient) end

---@param namespace string
---@param user_id string
---@return table? attributes
function engine:profile(namespace, user_id) end

---@param namespace string
---@param user_id string
---@param attributes table
function engine:save_profile(namespace, user_id, attributes) end

---Ends the engine; safe twice.
function engine:close() end

---A fresh engine with every campaign of the project live.
---@param options? herald.testing.EngineOptions
---@return herald.testing.SpecEngine
function kit.engine(options) end

---JSON text as it is.
---@param text string
---@return any
function kit.json(text) end

---The signature that endpoint.hmac expects of a body.
---@param secret string
---@param body string
---@return string # hex
function kit.sign(secret, body) end

return kit

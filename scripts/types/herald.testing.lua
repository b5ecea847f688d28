---@meta herald.testing
-- What an editor knows in a project's specs: the test kit, described in docs/testing.md.

---@class herald.testing.Kit
local kit = {}

---@class herald.testing.EngineOptions
---@field project? string folder; without it the project that the spec lies in
---@field now? string RFC 3339; 2026-01-01T00:00:00Z unless told
---@field secrets? table<string, string> what `secret` reads
---@field seed? integer of the random source
---@field log_level? "debug"|"info"|"warn"|"error"

---@class herald.testing.TriggerAnswer
---@field status integer
---@field code? string of an error, such as "context-invalid"
---@field body any
---@field text string
---@field headers table<string, string>
---@field execution_id? string
---@field messages? table[]

---@class herald.testing.Outcome
---@field state "sent"|"retry"|"failed"|"bounced"|"delivered"
---@field code? string
---@field answer? string
---@field reason? string
---@field retry_after_ms? integer

---A fresh engine with every campaign of the project live.
---@param options? herald.testing.EngineOptions
---@return herald.testing.SpecEngine
function kit.engine(options) end

---Calls the function with the messages that come of many contexts; fails with the smallest one that breaks it.
---@param campaign string
---@param invariant fun(message: table, context: table, answer: herald.testing.TriggerAnswer)
---@param options? { runs: integer?, seed: integer?, run: integer?, recipient: (fun(number: integer): table)?, context: (fun(context: table, random: table): table?)?, engine: herald.testing.SpecEngine?, project: string?, now: string?, secrets: table<string, string>? }
function kit.check(campaign, invariant, options) end

---JSON text as it is, where Lua would change a number.
---@param text string
---@return any
function kit.json(text) end

---What a JSON text says.
---@param text string
---@return any
function kit.decode(text) end

---The signature that endpoint.hmac expects of a body.
---@param secret string
---@param body string
---@return string
function kit.sign(secret, body) end

---@class herald.testing.FailureRule
---@field surface? string these attempts alone; the same with channel, campaign and to
---@field channel? string
---@field campaign? string
---@field to? string the address
---@field attempt? integer of a message by a surface, from 1
---@field times? integer
---@field smtp? integer 400 to 599
---@field http? integer 400 to 599
---@field fault? "connect"|"timeout"|"tls"|"auth"|"protocol"
---@field state? "retry"|"failed"|"bounced"
---@field code? string
---@field answer? string
---@field reason? string
---@field retry_after? string a duration
---@field takes? string a duration

---@class herald.testing.SpecEngine
local engine = {}

---Triggers a campaign as a call of the API does, and does what is due at once.
---@param campaign string
---@param recipient table one, or { recipients = { … } }
---@param options? { requestId: string?, sandbox: string? }
---@return herald.testing.TriggerAnswer
function engine:trigger(campaign, recipient, options) end

---Any call of the API, or of an endpoint.
---@param request { method: string?, path: string, headers: table<string, string>?, body: string?, json: any, anonymous: boolean? }
---@return { status: integer, code: string?, body: any, text: string, headers: table<string, string> }
function engine:request(request) end

---What providers took, oldest first.
---@return table[]
function engine:delivered() end

---Every attempt, with its outcome.
---@return table[]
function engine:attempts() end

---Makes the next attempt fail, or as many as `times` says.
---@param failure? herald.testing.FailureRule
function engine:fail_next(failure) end

---Makes attempts fail from now on.
---@param failure? herald.testing.FailureRule
function engine:fail(failure) end

---Makes attempts succeed late.
---@param rule herald.testing.FailureRule
function engine:slow(rule) end

---Makes a surface unreachable for a time.
---@param surface string
---@param period? { from: string?, to: string?, lasts: string? }
---@param failure? herald.testing.FailureRule
function engine:outage(surface, period, failure) end

---Decides each attempt that no failure is for.
---@param decide? fun(message: table): herald.testing.Outcome?
function engine:answer_with(decide) end

---Tells the answer to a script's call over HTTP.
---@param method string
---@param url string with "*" for any characters
---@param answer? { status: integer?, headers: table<string, string>?, body: string?, json: any, takes: string?, times: integer?, fault: string? }|fun(request: table): table?, string?, string?
function engine:http(method, url, answer) end

---The calls that scripts made over HTTP.
---@return { method: string, url: string, headers: table, body: string?, json: any, at: integer, status: integer?, fault: string? }[]
function engine:http_calls() end

---Fails where an answer was told that nobody asked for.
function engine:assert_stubs_used() end

---Answers every call that `http` was told nothing about.
---@param answer? fun(request: table): table?, string?, string?
function engine:answer_http(answer) end

---Lets something happen to a message that was sent.
---@param message table|string
---@param kind "delivered"|"bounced"|"opened"|"clicked"|"unsubscribed"|"complained"
---@param more? { reason: string?, code: string?, details: table? }
function engine:event(message, kind, more) end

---Forgets what was recorded and told.
function engine:clear() end

---@return integer # milliseconds since 1970
function engine:now() end

---Moves the clock; what falls due on the way is done at its time.
---@param duration string
function engine:travel(duration) end

---Moves the clock to a time; going back only sets it.
---@param time string RFC 3339
function engine:travel_to(time) end

---What became of a message.
---@param id string
---@return table?
function engine:message(id) end

---The messages of one call.
---@param execution_id string
---@return table[]
function engine:messages(execution_id) end

---The rendered message; nothing is sent.
---@param campaign string
---@param recipient? table
---@return table? message, string? failure, string? code
function engine:preview(campaign, recipient) end

---@param namespace string
---@param user_id string
---@return table? attributes
function engine:profile(namespace, user_id) end

---Makes a profile, or replaces its attributes.
---@param namespace string
---@param user_id string
---@param attributes table
function engine:save_profile(namespace, user_id, attributes) end

---Ends the engine; safe twice.
function engine:close() end

---@class luassert
---@field golden fun(message: table, name: string) compares with spec/golden/NAME.txt

return kit

---@meta
-- What an editor knows in a project's campaign files. Point LuaLS at this folder: "workspace.library".

---@class herald.Template
---@field source string
---@field file? string

---@alias herald.Text string|herald.Template

---@alias herald.ContextType
---| "any" | "string" | "url" | "email" | "number" | "integer" | "boolean" | "array" | "object"
---| "any?" | "string?" | "url?" | "email?" | "number?" | "integer?" | "boolean?" | "array?" | "object?"

---@class herald.EmailMessage
---@field subject herald.Text
---@field html? herald.Text
---@field text? herald.Text made from html when missing
---@field from? herald.Text the surface's when missing
---@field reply_to? herald.Text
---@field headers? table<string, herald.Text>
---@field attachments? { name: string, type?: string, data: string }[]

---@class herald.SmsMessage
---@field text herald.Text

---@class herald.PushMessage
---@field title herald.Text
---@field body herald.Text
---@field data? table<string, herald.Text>
---@field badge? integer|herald.Text
---@field sound? herald.Text
---@field image? herald.Text
---@field link? herald.Text
---@field ttl? string a duration
---@field priority? "normal"|"high"
---@field collapse_key? herald.Text

---@class herald.WebhookMessage
---@field method? "POST"|"PUT"|"PATCH"|"GET"|"DELETE"
---@field url? herald.Text the surface's when missing
---@field headers? table<string, herald.Text>
---@field body? herald.Text

---@alias herald.Message herald.EmailMessage|herald.SmsMessage|herald.PushMessage|herald.WebhookMessage|table<string, any>

---@class herald.Messages
---@field email? herald.EmailMessage
---@field sms? herald.SmsMessage
---@field push? herald.PushMessage
---@field webhook? herald.WebhookMessage
---@field [string] table<string, any>

---What one run of a script may use; herald.lua's limits.on_trigger where nothing is said, at most its limits.most.
---@class herald.ScriptLimitsDefinition
---@field instructions? integer
---@field cpu? string a duration, such as "50 ms"
---@field memory? string|integer a size, such as "8 MB"
---@field time? string a duration: all waits together
---@field requests? integer with http
---@field messages? integer that it triggers: one for each recipient

---@class herald.Trigger
---@field recipient { userId: string, namespace: string, type: "aep"|"external", channelData: table }
---@field context table<string, any> what is set here is seen by this execution's templates
---@field profile table<string, any> read only
---@field now integer milliseconds since the Unix epoch
---@field campaign { id: string, title: string }
---@field skip fun(self: herald.Trigger, reason: string) accepted, not sent, shown in reports
---@field reject fun(self: herald.Trigger, reason: string) the call fails
---@field delay fun(self: herald.Trigger, duration: string)
---@field via fun(self: herald.Trigger, channel: string, surface?: string)
---@field once fun(self: herald.Trigger, key: string, duration: string): boolean true the first time

---@class herald.Event
---@field kind "sent"|"delivered"|"bounced"|"failed"|"expired"|"excluded"
---@field at integer milliseconds since the Unix epoch
---@field message { id: string, channel: string, surface: string }
---@field campaign { id: string, title: string }
---@field recipient { userId: string, namespace: string }
---@field context table<string, any> of the trigger, with what on_trigger added
---@field reason? string why, where it was not sent
---@field code? string the provider's, or an error's

---@class herald.CampaignDefinition
---@field id string what callers pass as campaignId
---@field title? string
---@field description? string
---@field category? "transactional"|"marketing"
---@field channel "email"|"sms"|"push"|"webhook"|string
---@field surface string
---@field namespace? string the kind of identity recipients are named by
---@field timezone? string such as "Europe/Paris", for dates without an offset
---@field starts? string RFC 3339, or local time with timezone
---@field ends? string exclusive
---@field expires_after? string a duration: a message not sent by then is given up
---@field context? table<string, herald.ContextType> what the payload must carry
---@field profile? { create?: boolean }
---@field message? herald.Message
---@field messages? herald.Messages
---@field limits? herald.ScriptLimitsDefinition
---@field on_trigger? fun(trigger: herald.Trigger)
---@field on_event? fun(event: herald.Event)

---@class herald.CampaignWord
---@field template fun(name: string): herald.Template a file in templates/
---@overload fun(definition: herald.CampaignDefinition): table
campaign = {}

---Waits; within on_trigger, on_event and an endpoint's handle.
---@param duration string|integer words, or milliseconds
function sleep(duration) end

---@class herald.HttpOptions
---@field url? string
---@field method? string
---@field headers? table<string, string>
---@field body? string|table a table goes as JSON
---@field timeout? string|integer 5 seconds unless told

---@class herald.HttpAnswer
---@field status integer
---@field headers table<string, string> names in lower case
---@field body string
---@field json fun(self: herald.HttpAnswer): any

---Asks another system; within on_trigger, on_event and an endpoint's handle. Without an answer: nil, message, code.
---@class herald.HttpWord
---@field request fun(options: herald.HttpOptions): herald.HttpAnswer?, string?, string?
---@field get fun(url: string, options?: herald.HttpOptions): herald.HttpAnswer?, string?, string?
---@field post fun(url: string, options?: herald.HttpOptions): herald.HttpAnswer?, string?, string?
http = {}

---@class herald.KeepOptions
---@field ttl? string|integer how long it stays, words or milliseconds; it stays without

---@alias herald.Kept string|number|boolean|table

---Values that are on disk when the word returns; within on_trigger, on_event and an endpoint's handle. Raises where the store does not answer.
---@class herald.KvWord
---@field get fun(key: string): herald.Kept?
---@field set fun(key: string, value: herald.Kept, options?: herald.KeepOptions): true
---@field add fun(key: string, value: herald.Kept, options?: herald.KeepOptions): boolean, herald.Kept? # false, and what is there
---@field replace fun(key: string, value: herald.Kept, options?: herald.KeepOptions): boolean false where nothing was there
---@field swap fun(key: string, expected: herald.Kept?, value: herald.Kept, options?: herald.KeepOptions): boolean, herald.Kept? # false, and what is there
---@field delete fun(key: string): boolean whether it was there
kv = {}

---Whole numbers that all calls add to.
---@class herald.CounterWord
---@field add fun(key: string, n?: integer, options?: herald.KeepOptions): integer the sum; the ttl is that of the first addition
---@field get fun(key: string): integer
counter = {}

---Exact sliding windows.
---@class herald.LimitWord
---@field take fun(key: string, most: integer, duration: string|integer): boolean, integer? # false, and the milliseconds until one may be let through
limit = {}

---True the first time within the duration, for the whole project; it goes with the call, the request or the event.
---@param key string
---@param duration string|integer words, or milliseconds
---@return boolean
function once(key, duration) end

---A value from the environment or secrets/NAME that is never shown.
---@param name string
---@return herald.Secret
function secret(name) end

---@class herald.Secret

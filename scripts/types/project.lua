---@meta
-- What the files of a project are written in, for editors: campaigns, surfaces, endpoints, channels, providers.

---A text with {{…}} in it, or what campaign.template gives.
---@alias herald.Text string|herald.TemplateFile
---@class herald.TemplateFile

---Words: "90 seconds", "30 minutes", "1 hour 30 minutes", "7 days".
---@alias herald.Duration string

---@class herald.EmailMessage
---@field subject herald.Text
---@field html? herald.Text
---@field text? herald.Text made from html when missing
---@field from? herald.Text else the surface's
---@field reply_to? herald.Text else the surface's
---@field headers? table<string, herald.Text>
---@field attachments? { name: herald.Text, type: string?, data: herald.Text }[]

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
---@field ttl? herald.Duration
---@field priority? "normal"|"high"
---@field collapse_key? herald.Text

---@class herald.WebhookMessage
---@field method? "POST"|"PUT"|"PATCH"|"GET"|"DELETE"
---@field url? herald.Text else the surface's
---@field headers? table<string, herald.Text>
---@field body? herald.Text

---@alias herald.AnyMessage herald.EmailMessage|herald.SmsMessage|herald.PushMessage|herald.WebhookMessage|table

---One recipient of a call, as on_trigger sees it.
---@class herald.Trigger
---@field recipient { userId: string, namespace: string, type: "aep"|"external", channelData: table }
---@field context table what is set here is there for this message's templates
---@field profile table for reading
---@field now integer milliseconds since 1970
---@field campaign { id: string, title: string? }
local Trigger = {}
---Accepts the call and sends nothing; the reason is shown in reports.
---@param reason string
function Trigger:skip(reason) end
---Fails the call; nothing of it is executed.
---@param reason string
function Trigger:reject(reason) end
---Sends the message later.
---@param duration herald.Duration
function Trigger:delay(duration) end
---Sends on another channel of the campaign's messages, or by another surface.
---@param channel string
---@param surface? string
function Trigger:via(channel, surface) end
---True the first time that this campaign asks for the key within the duration.
---@param key string
---@param duration herald.Duration
---@return boolean
function Trigger:once(key, duration) end

---@class herald.CampaignFields
---@field id string
---@field title? string
---@field description? string
---@field category? "transactional"|"marketing"
---@field channel string
---@field surface string
---@field namespace? string
---@field starts? string
---@field ends? string
---@field timezone? string
---@field expires_after? herald.Duration
---@field context? table<string, string> name -> any, string, url, email, number, integer, boolean, array, object; with ? when optional
---@field profile? { create: boolean }
---@field message? herald.AnyMessage
---@field messages? table<string, herald.AnyMessage>
---@field on_trigger? fun(trigger: herald.Trigger)
---@field on_event? fun(event: table)

---@class herald.CampaignWord
---@overload fun(fields: herald.CampaignFields): any
campaign = {}
---A file of templates/.
---@param name string
---@return herald.TemplateFile
function campaign.template(name) end

---@class herald.SurfaceFields
---@field name string
---@field channel string
---@field provider string
---@field title? string
---@field description? string
---@field connections? integer
---@field rate? string such as "100/s"
---@field retry? { first: herald.Duration?, factor: number?, most: herald.Duration?, give_up_after: herald.Duration? }
---@field failover? string[]
---@field from? string
---@field reply_to? string
---@field dkim? { domain: string, selector: string, key: string }
---@field [string] any what the provider takes

---@param fields herald.SurfaceFields
---@return any
function surface(fields) end

---A value that is handed on and never shown: the environment variable NAME, or the file secrets/NAME.
---@param name string
---@return string
function secret(name) end

---A request to an endpoint of the project.
---@class herald.EndpointRequest
---@field method string
---@field path string
---@field params table<string, string> of the path's {name}
---@field query table<string, string>
---@field body string
local Request = {}
---@param name string
---@return string?
function Request:header(name) end
---The body as a Lua value; a body that is no JSON ends the call with its own answer.
---@return any
function Request:json() end
---Triggers a campaign as the API would; what it gives can be returned as it is.
---@param id string
---@param call { requestId: string, recipients: table[] }
---@return integer status, table body
function Request:trigger(id, call) end

---@class herald.EndpointFields
---@field method? "GET"|"POST"|"PUT"|"PATCH"|"DELETE"
---@field path string such as /hooks/orders/{number}
---@field description? string
---@field authenticate any endpoint.hmac { … }, endpoint.key "trigger" or endpoint.none
---@field handle fun(request: herald.EndpointRequest): any, any, table?

---@class herald.EndpointWord
---@overload fun(fields: herald.EndpointFields): any
---@field none any
endpoint = {}
---@param scope "trigger"|"read"|"manage"
function endpoint.key(scope) end
---@param options { header: string, secret: string, encoding: "hex"|"base64"?, prefix: string?, timestamp_header: string?, tolerance: herald.Duration? }
function endpoint.hmac(options) end

---@class herald.ChannelFields
---@field name string
---@field namespace? string
---@field fields table<string, table>
---@field surface? table<string, table>
---@field address fun(recipient: table, profile: table, surface: table): string?, string?
---@field prepare? fun(message: table, surface: table, recipient: table): table?
---@field providers? table[]

---@param fields herald.ChannelFields
---@return any
function channel(fields) end

---@class herald.ProviderFields
---@field name string
---@field channel string
---@field settings? table<string, table>
---@field send fun(surface: table, message: table, tools: table): herald.Outcome

---@param fields herald.ProviderFields
---@return any
function provider(fields) end

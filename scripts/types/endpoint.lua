---@meta
-- What an editor knows in a project's endpoint files.

---@class herald.Authentication

---@class herald.EndpointRequest
---@field method string
---@field path string
---@field params table<string, string> what stands at the {names} of the path
---@field query table<string, string>
---@field body string
---@field header fun(self: herald.EndpointRequest, name: string): string?
---@field json fun(self: herald.EndpointRequest): table
---@field trigger fun(self: herald.EndpointRequest, campaign: string, call: { requestId: string, recipients: table[] }): integer, table, table<string, string>? # status, body, headers

---@class herald.EndpointDefinition
---@field method? "GET"|"POST"|"PUT"|"PATCH"|"DELETE" POST unless told
---@field path string such as "/hooks/{shop}/orders"
---@field description? string
---@field authenticate herald.Authentication
---@field limits? herald.ScriptLimitsDefinition
---@field handle fun(request: herald.EndpointRequest): ...

---@class herald.HmacOptions
---@field header string
---@field secret herald.Secret
---@field algorithm? "sha256"
---@field encoding? "hex"|"base64"
---@field prefix? string what stands before the signature; unless told "sha256=" may
---@field timestamp_header? string the signature then covers TIMESTAMP.BODY
---@field tolerance? string a duration, 5 minutes unless told

---@class herald.EndpointWord
---@field none herald.Authentication
---@field key fun(scope: "trigger"|"read"|"manage"): herald.Authentication
---@field hmac fun(options: herald.HmacOptions): herald.Authentication
---@overload fun(definition: herald.EndpointDefinition): table
endpoint = {}

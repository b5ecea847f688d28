---@meta
-- What an editor knows in a project's endpoint files.

---@class herald.Authentication

---@class herald.EndpointBody a body that has a media type

---@class herald.EndpointRequest
---@field method string
---@field path string
---@field params table<string, string> what stands at the {names} of the path, decoded
---@field query table<string, string>
---@field body string
---@field caller? string a key's name, a token's subject, or a certificate's name
---@field claims? table<string, any> of a token
---@field header fun(self: herald.EndpointRequest, name: string): string?
---@field json fun(self: herald.EndpointRequest): table
---@field form fun(self: herald.EndpointRequest): table<string, string>
---@field text fun(self: herald.EndpointRequest): string UTF-8
---@field trigger fun(self: herald.EndpointRequest, campaign: string, call: { requestId: string, recipients: table[] }): integer, table, table<string, string>? # status, body, headers
---@field event fun(self: herald.EndpointRequest, message_id: string, kind: string, details?: table, more?: { id?: string, at?: string, reason?: string, code?: string }): { recorded: boolean }?, string?, string? # or nil, message, code

---@class herald.EndpointDefinition
---@field method? "GET"|"POST"|"PUT"|"PATCH"|"DELETE"|"HEAD"|"OPTIONS"|"ANY" POST unless told
---@field path string such as "/hooks/{shop}/orders" or "/files/{path...}"
---@field description? string
---@field authenticate herald.Authentication|herald.Authentication[] one of them has to do
---@field body? string a size, such as "64 kB"; limits.body unless told
---@field rate? string|{ all?: string, caller?: string } such as "100/s", of all callers together
---@field limits? herald.ScriptLimitsDefinition
---@field handle fun(request: herald.EndpointRequest): ...

---@class herald.HmacOptions
---@field header string
---@field secret herald.Secret|herald.Secret[] any of them will do
---@field algorithm? "sha256"|"sha384"|"sha512" sha256 unless told
---@field encoding? "hex"|"base64"
---@field prefix? string what stands before the signature; unless told "sha256=" may
---@field timestamp_header? string the signature then covers TIMESTAMP.BODY
---@field tolerance? string a duration, 5 minutes unless told
---@field replay? "refused"|"allowed" whether a signature is taken twice within its time; refused unless told

---@class herald.JwtOptions
---@field secret? herald.Secret|herald.Secret[] of at least 32 bytes; secret or jwks, one of the two
---@field jwks? string an https address of the issuer's keys, or a file of the project
---@field issuer? string what iss has to be
---@field audience? string what has to be in aud
---@field algorithms? string[] HS256 unless told with a secret, any of RSA, ECDSA and EdDSA with jwks
---@field leeway? string a duration for clocks that differ, 60 seconds unless told

---@class herald.EndpointWord
---@field none herald.Authentication
---@field key fun(scope: "trigger"|"read"|"manage"): herald.Authentication
---@field hmac fun(options: herald.HmacOptions): herald.Authentication
---@field jwt fun(options: herald.JwtOptions): herald.Authentication
---@field mtls fun(options: { names: string[] }): herald.Authentication
---@field text fun(text: string): herald.EndpointBody text/plain
---@field html fun(text: string): herald.EndpointBody text/html
---@field form fun(fields: table<string, string|number|boolean>): herald.EndpointBody application/x-www-form-urlencoded
---@overload fun(definition: herald.EndpointDefinition): table
endpoint = {}

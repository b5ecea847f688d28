---@meta herald.transfer

---Outbound HTTP and SMTP. Every call waits: in an engine's coroutine it yields, elsewhere it runs the loop.
---Codes of failures: invalid-request, connect, timeout, tls, auth, rejected, protocol, too-large, cancelled,
---forbidden-address.
local transfer = {}

---@class herald.transfer.Client
local Client = {}

---@class herald.transfer.HttpRequest
---@field url string # http or https, without a user in it
---@field method? string # POST with a body, else GET
---@field headers? table<string, string>
---@field body? string
---@field timeout_ms? integer # 30000; from when it has a connection's turn
---@field ca_file? string # the system's authorities unless given
---@field verify? boolean # false: the certificate is not checked
---@field http2? boolean # true: many requests on one connection; false: 1.1 only
---@field response_most? integer # bytes of body, 1 MiB
---@field certificate? string # of this side, with what it was signed by, in PEM
---@field key? string # the certificate's, in PEM; it may stand in certificate, too
---@field unix_socket? string # a path to connect to, in place of the URL's host

---@class herald.transfer.HttpResponse
---@field status integer
---@field headers table<string, string> # names in lower case
---@field body string

---Any status is an answer; redirects are not followed.
---@param request herald.transfer.HttpRequest
---@return herald.transfer.HttpResponse? response, string? message, string? code
function Client:http(request) end

---@class herald.transfer.Mail
---@field url string # smtp:// or smtps://, without a user in it
---@field from string # the envelope's sender; "" for none
---@field to string[] # each is taken, or the message goes to none of them
---@field data string # the message (RFC 5322), its lines ended by CRLF; a line feed alone becomes one
---@field user? string
---@field password? string
---@field tls? "none"|"opportunistic"|"required" # opportunistic: STARTTLS where it is offered; with a user that is required: a password is shown to nobody else
---@field helo? string # the name to greet with; this machine's
---@field ca_file? string # the system's authorities unless given
---@field timeout_ms? integer # 60000; from when it has a connection's turn

---Commands are pipelined where the server offers it, and the connection serves the next message, refused recipients or not.
---A connection that is lost behind the message and before its reply is "connect": whether it arrived is not known.
---@param mail herald.transfer.Mail
---@return {code: integer, answer: string}? answer, string? message, string? code, integer? reply # reply: of "rejected"
function Client:smtp(mail) end

---Cancels what is under way.
function Client:close() end

---connections: at most per HTTP host, and per mail server and login; 10. With allow, HTTP goes to public addresses and to what
---is in it alone: "127.0.0.1:9000", "10.0.0.0/8", "internal.example.com"; the address that a name leads to is what counts.
---@param options? {connections?: integer, allow?: string[]}
---@return herald.transfer.Client
function transfer.new(options) end

---Whether the option allow takes it.
---@param rule string
---@return boolean
function transfer.allowable(rule) end

---Where a link leads, as that of a redirect.
---@param base string # URL
---@param target string # URL, or a part of one
---@return string? url, string? message, string? code
function transfer.resolve(base, target) end

return transfer

---@meta herald.mime

---Mail messages from their parts. No value can end its header line, start another header or pass for a boundary.
local mime = {}

---@class herald.mime.Attachment
---@field name string # no path, no controls
---@field type? string # "application/pdf"; application/octet-stream unless given
---@field data string

---@class herald.mime.Dkim
---@field domain string
---@field selector string
---@field key herald.crypto.Key|string # RSA; a Key or its PEM

---@class herald.mime.Message
---@field from string # "Name <a@b>" or "a@b"
---@field to string|string[]
---@field reply_to? string
---@field subject? string # line breaks and other controls in it become a space
---@field html? string # at least one of html and text
---@field text? string
---@field headers? table<string, string> # none that is written anyway (From, Content-Type, …); values as the subject
---@field attachments? herald.mime.Attachment[]
---@field message_id? string # "<left@right>"; random at the sender's domain unless given
---@field date integer # milliseconds
---@field dkim? herald.mime.Dkim

---The bytes that travel, with CRLF line ends.
---Codes: invalid-address, invalid-header, invalid-utf8, invalid-attachment, invalid-message, invalid-dkim.
---@param message herald.mime.Message
---@return string? bytes, string? message, string? code
function mime.build(message) end

---@param text string # "Name <a@b>" or "a@b"
---@return {name: string?, address: string}? parsed, string? message, string? code
function mime.parse_address(text) end

---A readable text of an HTML mail: paragraphs, lists, links, quotes; hidden parts left out.
---@param html string
---@return string
function mime.html_to_text(html) end

return mime

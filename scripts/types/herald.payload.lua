---@meta herald.payload

---JSON documents that keep the very text, and writing JSON. Nodes are integers; the root is 1.
local payload = {}

---@class herald.payload.Document
local Document = {}

---A member of an object; the last one of equal names.
---@param node integer
---@param key string
---@return integer? node
function Document:find(node, key) end

---@param node integer
---@return "object"|"array"|"string"|"number"|"boolean"|"null"
function Document:kind(node) end

---@param node integer
---@return integer # members or elements
function Document:len(node) end

---@param node integer
---@return integer? node # the first member or element
function Document:first(node) end

---@param node integer
---@return integer? node # the one behind it in the same object or array
function Document:next(node) end

---@param node integer
---@return string? # a member's name, decoded
function Document:key(node) end

---@param node integer
---@return string # the value's JSON text as it came
function Document:raw(node) end

---@param node integer
---@return string? # a string decoded; the characters of a number or boolean
function Document:string(node) end

---The Lua value: integers that fit are integers, null is payload.null, objects and arrays are tables.
---@param node integer
---@return any
function Document:value(node) end

---Several members at once, which have to be strings.
---@param node integer
---@param ... string # names
---@return string|false ... # false for one that is missing or no string
function Document:pick(node, ...) end

---What null becomes in Lua.
payload.null = nil

---Strict RFC 8259; UTF-8 is checked; 64 levels deep at most.
---@param text string
---@return herald.payload.Document? document, string? message, string? code
function payload.parse(text) end

---@param value any
---@return string # JSON with sorted keys
function payload.encode(value) end

---@param text string
---@return string # as a JSON string, with its quotes
function payload.quote(text) end

---Marks a table, so that it is written as [] even when it is empty.
---@generic T: table
---@param list T
---@return T
function payload.array(list) end

---JSON text that encode takes over as it is.
---@param text string
---@return any
function payload.raw(text) end

---Replaces or adds members of an object, whose other text stays as it is.
---@param object string # JSON text
---@param members table<string, any>
---@return string? text, string? message, string? code
function payload.merge(object, members) end

return payload

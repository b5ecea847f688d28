-- A campaign's source bundle: the file it is written in and every file that it read, as one JSON text whose
-- SHA-256 names the version. The store keeps it, so that a version can be built again from it alone.

local crypto = require "herald.crypto"
local payload = require "herald.payload"

local M = {}

local FORMAT = 1

---@class herald.Bundle
---@field entry string path of the campaign's file
---@field files table<string, string> path -> text
---@field id string|nil the campaign's id when it is not the one in the file (a duplicate)

---@param text string
---@return string 64 hexadecimal digits
function M.hash(text)
  return crypto.hex(crypto.sha256(text))
end

---The same bundle always gives the same text.
---@param bundle herald.Bundle
---@return string
function M.encode(bundle)
  local files = {}
  for path, text in pairs(bundle.files) do
    files[path] = utf8.len(text) and text or { base64 = crypto.base64(text) }
  end
  return payload.encode { format = FORMAT, entry = bundle.entry, files = files, id = bundle.id }
end

---@param text string
---@return herald.Bundle|nil
---@return string|nil message
function M.decode(text)
  local doc, message = payload.parse(text)
  if not doc then return nil, message end
  local value = doc:value(1)
  if type(value) ~= "table" or value.format ~= FORMAT then return nil, "the bundle has a form that this version does not read" end
  local files = {}
  for path, content in pairs(value.files) do
    files[path] = type(content) == "table" and crypto.unbase64(content.base64) or content
  end
  return { entry = value.entry, files = files, id = value.id }
end

return M

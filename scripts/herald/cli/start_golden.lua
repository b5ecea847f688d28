-- The golden message of a campaign that was just written: made by the engine itself, so that its spec passes whatever the
-- surface adds to the message.

local kit = require "herald.testing"
local message_text = require "herald.testing.message_text"
local place = require "herald.cli.place"

local M = {}

local function rendered(folder, id, recipient)
  local engine <close> = kit.engine { project = folder, now = "2026-11-23T10:00:00Z" }
  local answer = engine:trigger(id, recipient)
  local message = engine:delivered()[1]
  if not message then error(answer.text, 0) end
  return message_text.of(message)
end

---@param folder string the project
---@param id string the campaign
---@param recipient table as the campaign's spec has it
---@return string|nil path of what was written
---@return string|nil message
function M.write(folder, id, recipient)
  local ok, text = pcall(rendered, folder, id, recipient)
  if not ok then return nil, tostring(text) end
  local path = ("%s/spec/golden/%s.txt"):format(folder, id)
  local written, message = place.write_new(path, text)
  if not written then return nil, message end
  return path
end

return M

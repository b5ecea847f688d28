-- A project for specs of what scripts can do: one campaign "note" whose functions are given as text, and an endpoint.

local folders = require "spec.support.project_folder"
local kit = require "herald.testing"

local M = {}

local CAMPAIGN = [[return campaign {
  id = "note", channel = "email", surface = "mail", message = { subject = "{{context.found}}", text = "x" },
  on_trigger = function(trigger) %s end,
  on_event = function(event) %s end,
}]]

local ENDPOINT = [[return endpoint {
  path = "/hooks/note", authenticate = endpoint.key "trigger", handle = function(request) %s end,
}]]

---@class spec.Scripts
---@field on_trigger? string the function's body
---@field on_event? string
---@field handle? string
---@field settings? string what herald.lua returns

---@param scripts spec.Scripts
---@return herald.testing.Engine engine
---@return fun() close ends the engine and removes the folder
function M.open(scripts)
  local dir = folders.make {
    ["herald.lua"] = "return " .. (scripts.settings or "{}"),
    ["surfaces/mail.lua"] = [[return surface { name = "mail", channel = "email", provider = "capture", from = "x@example.com" }]],
    ["campaigns/note.lua"] = CAMPAIGN:format(scripts.on_trigger or "", scripts.on_event or ""),
    ["endpoints/note.lua"] = ENDPOINT:format(scripts.handle or "return 204"),
  }
  local engine = kit.engine { project = dir, now = "2026-02-01T00:00:00Z" }
  return engine, function()
    engine:close()
    folders.remove(dir)
  end
end

return M

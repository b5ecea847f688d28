-- What a provider may use. The engine's own modules and handles stand behind it, shared by everything in this Lua
-- state, so a provider gets views that it can neither change nor close.

local crypto = require "herald.crypto"
local guarded = require "herald.guarded"
local json = require "herald.json"
local mime = require "herald.mime"

local M = {}

-- A view of a handle with some of its methods.
local function handle_view(name, handle, methods)
  local view = {}
  for method in methods:gmatch "%S+" do
    view[method] = function(_, ...) return handle[method](handle, ...) end
  end
  return guarded.freeze(name, view)
end

---@class herald.Tools
---@field transfer table http and smtp
---@field crypto table
---@field mime table
---@field clock table
---@field json table
---@field log table
---@field data string folder for what is written instead of sent
---@field cache table the surface's own

---@param engine herald.Engine
---@return herald.Tools
function M.new(engine)
  return {
    transfer = handle_view("transfer", engine.transfer, "http smtp"),
    clock = handle_view("clock", engine.clock, "now"),
    log = handle_view("log", engine.log, "debug info warn error"),
    crypto = guarded.freeze("crypto", crypto), mime = guarded.freeze("mime", mime), json = guarded.freeze("json", json),
    data = engine.data, cache = {},
  }
end

return M

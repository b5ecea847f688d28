-- What a campaign definition may hold. The message's fields are those of its channel, so each channel gives
-- its own description.

local context_rules = require "herald.context_rules"
local nearest = require "herald.nearest"
local script_limits = require "herald.script_limits"

local M = {}

local ID = "^[A-Za-z0-9][A-Za-z0-9._-]*$"
local ID_EXPECTED = 'letters, digits, ".", "_" and "-", beginning with a letter or digit'

local function check_context_type(text)
  if context_rules.parse(text) then return nil end
  local known = {}
  for _, name in ipairs(context_rules.types()) do known[name] = true end
  return ("there is no type %q: expected one of %s, with ? behind it when it may be missing%s"):format(
    text, table.concat(context_rules.types(), ", "), nearest.hint(text, known))
end

---Whether a text can be a campaign's id.
---@return boolean
function M.is_id(text)
  return type(text) == "string" and #text <= 64 and text:find(ID) ~= nil
end

local FIELDS = {
  id = { type = "string", required = true, pattern = ID, expected = ID_EXPECTED, longest = 64 },
  title = { type = "string", longest = 200 },
  description = { type = "string", longest = 4000 },
  category = { type = "string", one_of = { "transactional", "marketing" }, default = "transactional" },
  channel = { type = "string", required = true },
  surface = { type = "string", required = true },
  namespace = { type = "string", pattern = "^[%w._-]+$", expected = 'a name of letters, digits, ".", "_" and "-"', longest = 64 },
  timezone = { type = "zone" },
  starts = { type = "date" },
  ends = { type = "date" },
  expires_after = { type = "duration" },
  context = { type = "map", values = { type = "string", check = check_context_type } },
  profile = { type = "table", fields = { create = { type = "boolean", default = true } }, default = {} },
  limits = script_limits.OWN,
}

local FUNCTIONS = { on_trigger = { type = "function" }, on_event = { type = "function" } }

local function message_of(channel)
  return { type = "table", fields = channel.fields }
end

local function messages_of(channels)
  local fields = {}
  for name, channel in pairs(channels) do fields[name] = message_of(channel) end
  return { type = "table", fields = fields }
end

local function build(channels, name, with_functions)
  local fields = {}
  for key, field in pairs(FIELDS) do fields[key] = field end
  if with_functions then
    for key, field in pairs(FUNCTIONS) do fields[key] = field end
  end
  local channel = channels[name]
  fields.message = channel and message_of(channel) or { type = "any" }
  fields.messages = messages_of(channels)
  return { type = "table", fields = fields }
end

-- channels -> channel name -> description; a project's campaigns share them
local built = setmetatable({}, { __mode = "k" })

---The description of a campaign on a channel.
---@param channels table<string, herald.Channel>
---@param name any the channel's name as it was given
---@param with_functions boolean false for what comes through the API
---@return table
function M.description(channels, name, with_functions)
  local key = (channels[name] and name or "?") .. (with_functions and "+" or "-")
  local specs = built[channels] or {}
  built[channels] = specs
  specs[key] = specs[key] or build(channels, name, with_functions)
  return specs[key]
end

return M

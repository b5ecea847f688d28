-- From a campaign's message definition to what a channel sends: templates compiled once per version,
-- rendered for one recipient from the stored payload.

local payload = require "herald.payload"
local template = require "herald.template"

local M = {}

local NO_LINKS = {}

local compile_field

-- What describes an item of a map, an array or a table with fields of its own.
local function part_of(field, name)
  return field.values or field.items or field.fields and field.fields[name] or {}
end

local function compile_parts(where, field, value, options)
  local compiled = {}
  for name, item in pairs(value) do
    local result, message = compile_field(("%s.%s"):format(where, tostring(name)), part_of(field, name), item, options)
    if not result then return nil, message end
    compiled[name] = result
  end
  return { kind = "map", items = compiled }
end

-- A template stands in the definition as { source =, file = }; everything else is taken as it is.
function compile_field(where, field, value, options)
  if type(value) ~= "table" then return { kind = "plain", value = value } end
  if type(value.source) ~= "string" then return compile_parts(where, field, value, options) end
  local compiled, message = template.compile(value.source, {
    mode = field.mode or "text", name = value.file or where, fragments = options.fragments, helpers = options.helpers,
    limits = options.limits,
  })
  if not compiled then return nil, message end
  return { kind = "template", template = compiled }
end

local function compile_message(id, channel, message, options)
  local fields = {}
  for name, value in pairs(message) do
    local field = channel.fields[name]
    local compiled, failure = compile_field(("%s: message.%s"):format(id, name), field or {}, value, options)
    if not compiled then return nil, failure end
    fields[name] = compiled
  end
  return fields
end

local function limits_of(project)
  local limits = project.settings and project.settings.limits.template
  if not limits then return nil end
  return { output_size = limits.output, depth = limits.depth, turns = limits.turns, time_ms = limits.time_ms }
end

---Compiles every message of a campaign.
---@param campaign table
---@param project table
---@return table<string, table>|nil by channel name
---@return string|nil message
function M.compile(campaign, project)
  local definition = campaign.definition
  local options = { fragments = campaign.fragments, helpers = campaign.helpers, limits = limits_of(project) }
  local messages = definition.messages or { [definition.channel] = definition.message }
  local compiled = {}
  for name, message in pairs(messages) do
    local channel = project.channels[name]
    if not channel then return nil, ("%s: there is no channel %q"):format(definition.id, name) end
    local fields, failure = compile_message(definition.id, channel, message, options)
    if not fields then return nil, failure end
    compiled[name] = fields
  end
  return compiled
end

local function render_field(field, roots, options)
  if field.kind == "plain" then return field.value end
  if field.kind == "template" then return field.template:render(roots, options) end
  local rendered = {}
  for name, item in pairs(field.items) do
    local value, message, code = render_field(item, roots, options)
    if value == nil then return nil, message, code end
    rendered[name] = value
  end
  return rendered
end

local function link(pattern, id)
  return payload.quote(pattern and pattern:gsub("{id}", id) or "")
end

---The data that templates see, as one JSON document.
---@param campaign table
---@param parts {id: string, context: string, profile: string, links: table|nil} context and profile are JSON texts
---@return herald.Document
function M.roots(campaign, parts)
  local head = campaign.roots_head
  if not head then
    local definition = campaign.definition
    head = ('"campaign":{"id":%s,"title":%s},"message":{"id":'):format(
      payload.quote(definition.id), payload.quote(definition.title or definition.id))
    campaign.roots_head = head
  end
  local links = parts.links or NO_LINKS
  return assert(payload.parse(('{"context":%s,"profile":%s,%s%s,"unsubscribeUrl":%s,"mirrorUrl":%s}}'):format(
    parts.context, parts.profile, head, payload.quote(parts.id), link(links.unsubscribe, parts.id), link(links.mirror, parts.id))))
end

---Renders the campaign's message for one channel.
---@param campaign table with its compiled templates
---@param channel_name string
---@param roots herald.Document
---@param now integer
---@param log herald.Log|nil for {{log …}}
---@return table|nil message field -> rendered value
---@return string|nil message
---@return string|nil code
function M.render(campaign, channel_name, roots, now, log)
  local fields = campaign.compiled[channel_name]
  if not fields then return nil, ("the campaign has no message for the channel %q"):format(channel_name), "no-message" end
  local options = { now = now }
  if log then
    options.log = function(text) log:debug("a template says", { campaign = campaign.definition.id, text = text }) end
  end
  local message = {}
  for name, field in pairs(fields) do
    local value, failure, code = render_field(field, roots, options)
    if value == nil then return nil, failure, code or "render-error" end
    message[name] = value
  end
  return message
end

return M

-- One campaign while it is built: what its script reads and gives, every rule that its fields have to keep
-- together, and all that is wrong with it.

local campaign_fields = require "herald.campaign_fields"
local fault = require "herald.fault"
local nearest = require "herald.nearest"
local places = require "herald.places"
local schema = require "herald.schema"
local script_limits = require "herald.script_limits"
local template_files = require "herald.template_files"
local template_helpers = require "herald.template_helpers"
local window = require "herald.window"
local words = require "herald.words"

local M = {}
local Build = {}
Build.__index = Build

---@param home herald.CampaignHome
---@param files table<string, string> what it may read
---@param file string|nil its own file
---@return herald.CampaignBuild
function M.new(home, files, file)
  return setmetatable({ home = home, files = files, file = file, used = {}, faults = {} }, Build)
end

---Notes what is wrong.
function Build:add(path, message, code)
  self:note(fault.new { file = self.file, path = path, message = message, code = code })
end

function Build:note(found)
  self.faults[#self.faults + 1] = found
end

local function read_template(self, name)
  local path, message = template_files.path(name)
  local source = path and self.files[path]
  if source then
    self.used[path] = true
    return { source = source, file = path }
  end
  self:note(fault.new {
    file = self.file, line = words.line_of_caller(), code = "template-missing",
    message = "campaign.template: " .. (message or ("there is no file %s"):format(path)),
  })
  return { source = "", file = path or "templates/?" }
end

---What the campaign's script finds as globals.
---@return table<string, any>
function Build:words()
  local all = {}
  for name, value in pairs(self.home.words or {}) do all[name] = value end
  local function template(name) return read_template(self, name) end
  all.campaign = words.definer("campaign", { template = template })
  all.secret = words.secret(function(name)
    self.has_secrets = true
    return self.home.secrets and self.home.secrets(name)
  end, function(found) self:note(found) end, self.file)
  return all
end

local function read_date(self, definition, name)
  local text = definition[name]
  if not text then return nil end
  local ms, message = window.parse(text, definition.timezone)
  if not ms then self:add(name, message) end
  return ms
end

local function check_dates(self, definition, result)
  result.starts_ms = read_date(self, definition, "starts")
  result.ends_ms = read_date(self, definition, "ends")
  if result.starts_ms and result.ends_ms and result.ends_ms <= result.starts_ms then
    self:add("ends", "has to be later than starts")
  end
  if definition.expires_after then
    result.expires_after_ms = window.duration(definition.expires_after)
    if result.expires_after_ms == 0 then self:add("expires_after", "has to be longer than nothing") end
  end
end

local function check_namespace(self, definition, fields)
  local channel = self.home.channels[definition.channel]
  definition.namespace = definition.namespace or channel and channel.namespace
  if channel and not definition.namespace and rawget(fields, "namespace") == nil then
    self:add("namespace", "missing: expected a string")
  end
end

-- One message, or one for each channel; both together become the latter.
local function check_messages(self, definition, fields)
  local channels, name = self.home.channels, definition.channel
  if name and not channels[name] then
    self:add("channel", ("there is no channel %q%s"):format(name, nearest.hint(name, channels)))
    return
  end
  if rawget(fields, "message") == nil and rawget(fields, "messages") == nil then
    self:add("message", "missing: expected a table")
    return
  end
  if not definition.messages or not name then return end
  if definition.message then
    if definition.messages[name] then self:add("message", ("messages.%s says it too; leave one away"):format(name)) end
    definition.messages[name], definition.message = definition.message, nil
  elseif rawget(rawget(fields, "messages"), name) == nil then
    self:add("messages." .. name, "missing: the campaign's own channel needs a message")
  end
end

local function each_template(value, path, visit)
  if type(value) ~= "table" then return end
  if type(value.source) == "string" then return visit(value, path) end
  for name, item in pairs(value) do
    each_template(item, type(name) == "number" and ("%s[%d]"):format(path, name) or path .. "." .. name, visit)
  end
end

-- Gives the text of every template and of every fragment that they name.
local function collect_fragments(self, definition)
  local sources = {}
  local function visit(template, path)
    sources[#sources + 1] = template.source
    template_files.each_fragment(self.files, template.source, function(found)
      self.used[found] = true
      sources[#sources + 1] = self.files[found]
    end, function(id, place)
      place = place or { file = self.file }
      self:note(fault.new {
        file = place.file, line = place.line, column = place.column, path = path, code = "fragment-missing",
        message = ("there is no fragment %q (templates/fragments/%s.html)"):format(id, id),
      })
    end, template.file)
  end
  each_template(definition.message, "message", visit)
  each_template(definition.messages, "messages", visit)
  return sources
end

-- What the helpers are made of is part of the version, where its templates name one of them.
local function collect_helpers(self, sources)
  local helpers, used, failure = template_helpers.load(self.home, self.files, sources)
  if failure then self:note(failure) end
  for _, path in ipairs(used) do self.used[path] = true end
  return helpers
end

local function limits_of(home, definition)
  local settings = home.settings and home.settings.limits or script_limits.defaults()
  return script_limits.resolve(settings, definition.limits, "the campaign")
end

---Checks what was given and makes the campaign of it.
---@param fields table
---@param with_functions boolean
---@return herald.Campaign # whole only when nothing was noted
function Build:finish(fields, with_functions)
  local spec = campaign_fields.description(self.home.channels, rawget(fields, "channel"), with_functions)
  local definition, faults = schema.check(spec, fields)
  for _, found in ipairs(faults) do self:add(found.path, found.message) end
  local result = { id = definition.id, file = self.file, has_secrets = self.has_secrets, on_trigger = definition.on_trigger, on_event = definition.on_event }
  definition.on_trigger, definition.on_event = nil, nil
  check_namespace(self, definition, fields)
  check_dates(self, definition, result)
  check_messages(self, definition, fields)
  result.limits = limits_of(self.home, definition)
  result.helpers = collect_helpers(self, collect_fragments(self, definition))
  result.definition, result.files = definition, {}
  for path in pairs(self.used) do result.files[path] = self.files[path] end
  result.fragments = function(id)
    local path = template_files.fragment_path(result.files, id)
    if path then return result.files[path], path end
  end
  return result
end

---What is wrong; nil when nothing is.
---@param is_lenient boolean|nil a missing secret does not count: it was there when the version was accepted
---@return herald.Fault[]|nil
function Build:errors(is_lenient)
  local errors = {}
  for _, found in ipairs(self.faults) do
    if not (is_lenient and found.code == "secret-missing") then errors[#errors + 1] = found end
  end
  if #errors == 0 then return nil end
  places.fill(errors, self.files, "campaign")
  return fault.list(errors)
end

return M

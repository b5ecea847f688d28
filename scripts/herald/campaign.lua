-- Campaigns: from a file, from the API's data, or from a version in the store to one and the same object.
-- What a file's evaluation read makes up its bundle; the bundle's hash names the version.

local bundle = require "herald.bundle"
local campaign_fields = require "herald.campaign_fields"
local fault = require "herald.fault"
local nearest = require "herald.nearest"
local payload = require "herald.payload"
local places = require "herald.places"
local sandbox = require "herald.sandbox"
local schema = require "herald.schema"
local template_files = require "herald.template_files"
local window = require "herald.window"
local words = require "herald.words"

local M = {}

---@class herald.Campaign
---@field id string
---@field file string|nil the file it is written in
---@field definition table plain data; templates are { source =, file = }
---@field definition_text string the same as canonical JSON
---@field hash string the version's name
---@field bundle string|nil JSON; nil for a definition that came through the API
---@field files table<string, string> what the evaluation read: path -> text
---@field fragments fun(id: string): string|nil
---@field on_trigger function|nil
---@field on_event function|nil
---@field starts_ms integer|nil
---@field ends_ms integer|nil
---@field expires_after_ms integer|nil

---What campaigns are built against: a loaded project is one.
---@class herald.CampaignHome
---@field channels table<string, herald.Channel>
---@field secrets (fun(name: string): string|nil)|nil
---@field words table<string, any>|nil more globals for scripts
---@field compiled table|nil byte code of files by path, for one set of files

-- What is collected while one campaign is built.
local Build = {}
Build.__index = Build

local function new_build(home, files, file)
  return setmetatable({ home = home, files = files, file = file, used = {}, faults = {} }, Build)
end

function Build:add(path, message, code)
  self.faults[#self.faults + 1] = fault.new { file = self.file, path = path, message = message, code = code }
end

local function read_template(build, name)
  local path, message = template_files.path(name)
  local source = path and build.files[path]
  if source then
    build.used[path] = true
    return { source = source, file = path }
  end
  build.faults[#build.faults + 1] = fault.new {
    file = build.file, line = words.line_of_caller(), code = "template-missing",
    message = "campaign.template: " .. (message or ("there is no file %s"):format(path)),
  }
  return { source = "", file = path or "templates/?" }
end

local function words_for(build)
  local all = {}
  for name, value in pairs(build.home.words or {}) do all[name] = value end
  all.campaign = words.definer("campaign", {
    template = function(name) return read_template(build, name) end,
  })
  all.secret = words.secret(build.home.secrets or function() end, function(found)
    build.faults[#build.faults + 1] = found
  end, build.file)
  return all
end

local function read_date(build, definition, name)
  local text = definition[name]
  if not text then return nil end
  local ms, message = window.parse(text, definition.timezone)
  if ms then return ms end
  build:add(name, message)
end

local function check_dates(build, definition, result)
  result.starts_ms = read_date(build, definition, "starts")
  result.ends_ms = read_date(build, definition, "ends")
  if result.starts_ms and result.ends_ms and result.ends_ms <= result.starts_ms then
    build:add("ends", "has to be later than starts")
  end
  if definition.expires_after then
    result.expires_after_ms = window.duration(definition.expires_after)
    if result.expires_after_ms == 0 then build:add("expires_after", "has to be longer than nothing") end
  end
end

-- One message, or one for each channel; both together become the latter.
local function check_messages(build, definition, fields)
  local channels = build.home.channels
  local name = definition.channel
  if name and not channels[name] then
    build:add("channel", ("there is no channel %q%s"):format(name, nearest.hint(name, channels)))
    return
  end
  if rawget(fields, "message") == nil and rawget(fields, "messages") == nil then
    build:add("message", "missing: expected a table")
    return
  end
  if not definition.messages then return end
  if definition.message then
    if name and definition.messages[name] then build:add("message", ("messages.%s says it too; leave one away"):format(name)) end
    if name then definition.messages[name], definition.message = definition.message, nil end
  elseif name and rawget(fields.messages, name) == nil then
    build:add("messages." .. name, "missing: the campaign's own channel needs a message")
  end
end

local function each_template(value, path, visit)
  if type(value) ~= "table" then return end
  if type(value.source) == "string" then return visit(value, path) end
  for name, item in pairs(value) do
    each_template(item, type(name) == "number" and ("%s[%d]"):format(path, name) or path .. "." .. name, visit)
  end
end

---Visits every template of a definition with its path: message.subject.
---@param definition table
---@param visit fun(template: { source: string, file: string|nil }, path: string)
function M.each_template(definition, visit)
  each_template(definition.message, "message", visit)
  each_template(definition.messages, "messages", visit)
end

local function collect_fragments(build, definition)
  M.each_template(definition, function(template, path)
    template_files.each_fragment(build.files, template.source, function(found)
      build.used[found] = true
    end, function(id)
      build:add(path, ("there is no fragment %q (templates/fragments/%s.html)"):format(id, id), "fragment-missing")
    end)
  end)
end

local function finish(build, fields, with_functions)
  local spec = campaign_fields.description(build.home.channels, rawget(fields, "channel"), with_functions)
  local definition, faults = schema.check(spec, fields)
  for _, found in ipairs(faults) do build:add(found.path, found.message) end
  local result = { id = definition.id, file = build.file, on_trigger = definition.on_trigger, on_event = definition.on_event }
  definition.on_trigger, definition.on_event = nil, nil
  local channel = build.home.channels[definition.channel]
  definition.namespace = definition.namespace or channel and channel.namespace
  if channel and not definition.namespace and rawget(fields, "namespace") == nil then build:add("namespace", "missing: expected a string") end
  check_dates(build, definition, result)
  check_messages(build, definition, fields)
  collect_fragments(build, definition)
  result.definition = definition
  result.fragments = function(id)
    local path = template_files.fragment_path(build.files, id)
    return path and build.files[path]
  end
  return result
end

local function only_errors(faults, is_lenient)
  if not is_lenient then return faults end
  local errors = {}
  for _, found in ipairs(faults) do
    if found.code ~= "secret-missing" then errors[#errors + 1] = found end
  end
  return errors
end

local function give(build, result, is_lenient)
  local errors = only_errors(build.faults, is_lenient)
  if #errors > 0 then
    places.fill(errors, build.files, "campaign")
    return nil, fault.list(errors)
  end
  return result
end

local function evaluate(source, home, is_lenient)
  local build = new_build(home, source.files, source.entry)
  local box = sandbox.new {
    files = source.files, words = words_for(build), compiled = home.compiled,
    on_read = function(path) build.used[path] = true end,
  }
  local value, failure = box:run(source.entry)
  local kind, fields = words.given(value)
  if failure then
    build.faults[#build.faults + 1] = failure
  elseif kind ~= "campaign" then
    build:add(nil, "the file has to return campaign { … }")
  end
  if not fields or kind ~= "campaign" then return give(build, nil, false) end
  local result = finish(build, fields, true)
  result.id = source.id or result.id
  result.definition.id = result.id
  local files = {}
  for path in pairs(build.used) do files[path] = source.files[path] end
  result = give(build, result, is_lenient)
  if not result then return give(build, nil, is_lenient) end
  result.files = files
  result.bundle = bundle.encode { entry = source.entry, files = files, id = source.id }
  result.hash = bundle.hash(result.bundle)
  result.definition_text = payload.encode(result.definition)
  return result
end

---Builds the campaign that a file of the project defines.
---@param path string
---@param files table<string, string>
---@param home herald.CampaignHome
---@return herald.Campaign|nil
---@return herald.Fault[]|nil faults
function M.from_file(path, files, home)
  return evaluate({ entry = path, files = files }, home)
end

---Builds a campaign from plain data, as the API takes it: the same rules, without functions.
---@param data table
---@param home herald.CampaignHome
---@param options { id: string|nil, files: table<string, string>|nil }|nil id: the one that the data has to agree with
---@return herald.Campaign|nil
---@return herald.Fault[]|nil faults
function M.from_data(data, home, options)
  options = options or {}
  local build = new_build(home, options.files or home.files or {}, nil)
  if type(data) ~= "table" then
    build:add(nil, "expected an object")
    return give(build)
  end
  local fields = {}
  for name, value in next, data do fields[name] = value end
  if options.id and fields.id ~= nil and fields.id ~= options.id then
    build:add("id", ("is %q, but the address says %q"):format(tostring(fields.id), options.id))
  end
  fields.id = options.id or fields.id
  local result = give(build, finish(build, fields, false))
  if not result then return give(build) end
  result.definition_text = payload.encode(result.definition)
  result.hash = bundle.hash(result.definition_text)
  return result
end

---Builds a version from the store, from what is in the store alone.
---@param version { campaign: string, hash: string, definition: string, bundle: string|nil }
---@param home herald.CampaignHome
---@return herald.Campaign|nil
---@return herald.Fault[]|string|nil failure
function M.from_version(version, home)
  local result, failure
  if version.bundle and version.bundle ~= "" then
    local source, message = bundle.decode(version.bundle)
    if not source then return nil, message end
    result, failure = evaluate(source, { channels = home.channels, secrets = home.secrets, words = home.words }, true)
  else
    local doc, message = payload.parse(version.definition)
    if not doc then return nil, message end
    result, failure = M.from_data(doc:value(1), home, { id = version.campaign })
  end
  if not result then return nil, failure end
  result.hash = version.hash
  return result
end

---The same campaign under another id: a draft of its own.
---@param version { campaign: string, hash: string, definition: string, bundle: string|nil }
---@param id string
---@param home herald.CampaignHome
---@return herald.Campaign|nil
---@return herald.Fault[]|string|nil failure
function M.duplicate(version, id, home)
  if version.bundle and version.bundle ~= "" then
    local source, message = bundle.decode(version.bundle)
    if not source then return nil, message end
    source.id = id
    return evaluate(source, { channels = home.channels, secrets = home.secrets, words = home.words }, true)
  end
  local doc, message = payload.parse(version.definition)
  if not doc then return nil, message end
  local data = doc:value(1)
  data.id = id
  return M.from_data(data, home)
end

M.is_id = campaign_fields.is_id

return M

-- Campaigns: from a file, from the API's data, or from a version in the store to one and the same object.
-- What a file's evaluation read makes up its bundle; the bundle's hash names the version.

local bundle = require "herald.bundle"
local campaign_build = require "herald.campaign_build"
local campaign_fields = require "herald.campaign_fields"
local payload = require "herald.payload"
local sandbox = require "herald.sandbox"
local words = require "herald.words"

local M = {}

---@class herald.Campaign
---@field id string
---@field file string|nil the file it is written in
---@field definition table plain data; templates are { source =, file = }
---@field definition_text string the same as canonical JSON
---@field hash string the version's name
---@field bundle string|nil JSON; nil for a definition that is all there is
---@field files table<string, string> what was read for it: path -> text
---@field fragments fun(id: string): string|nil, string|nil a fragment's text and its file
---@field helpers table<string, function> of its templates
---@field on_trigger function|nil
---@field on_event function|nil
---@field starts_ms integer|nil
---@field ends_ms integer|nil
---@field expires_after_ms integer|nil
---@field limits herald.ScriptLimits

---What campaigns are built against: a loaded project is one.
---@class herald.CampaignHome
---@field channels table<string, herald.Channel>
---@field secrets (fun(name: string): string|nil)|nil
---@field settings herald.Settings|nil the defaults hold without
---@field words table<string, any>|nil more globals for scripts
---@field files table<string, string>|nil where definitions from the API find their fragments
---@field compiled table|nil byte code by path, for these files

---A version as the store keeps it.
---@class herald.Version
---@field campaign string
---@field hash string
---@field definition string JSON
---@field bundle string|nil

-- Runs the campaign's file and makes the campaign of what it returns.
local function evaluate(source, home, compiled, is_lenient)
  local build = campaign_build.new(home, source.files, source.entry)
  local box = sandbox.new {
    files = source.files, words = build:words(), compiled = compiled,
    on_read = function(path) build.used[path] = true end,
  }
  local value, failure = box:run(source.entry)
  local kind, fields = words.given(value)
  if failure then
    build:note(failure)
  elseif kind ~= "campaign" then
    build:add(nil, "the file has to return campaign { … }")
  end
  local result = kind == "campaign" and build:finish(fields, true) or nil
  local errors = build:errors(is_lenient)
  if errors then return nil, errors end
  result.id = source.id or result.id
  result.definition.id = result.id
  result.bundle = bundle.encode { entry = source.entry, files = result.files, id = source.id }
  result.hash = bundle.hash(result.bundle)
  result.definition_text = payload.encode(result.definition)
  return result
end

---Builds the campaign that a file of the project defines.
---@param path string
---@param files table<string, string>
---@param home herald.CampaignHome
---@return herald.Campaign|nil
---@return herald.Fault[]|nil errors
function M.from_file(path, files, home)
  return evaluate({ entry = path, files = files }, home, home.compiled)
end

---Builds a campaign from plain data, as the API takes it: the same rules, without functions.
---@param data table
---@param home herald.CampaignHome
---@param options { id: string|nil, files: table<string, string>|nil }|nil id: the one that the data has to agree with
---@return herald.Campaign|nil
---@return herald.Fault[]|nil errors
function M.from_data(data, home, options)
  options = options or {}
  local build = campaign_build.new(home, options.files or home.files or {}, nil)
  if type(data) ~= "table" then
    build:add(nil, "expected an object")
    return nil, build:errors()
  end
  local fields = {}
  for name, value in next, data do fields[name] = value end
  if options.id and fields.id ~= nil and fields.id ~= options.id then
    build:add("id", ("is %q, but the address says %q"):format(tostring(fields.id), options.id))
  end
  fields.id = options.id or fields.id
  local result = build:finish(fields, false)
  local errors = build:errors()
  if errors then return nil, errors end
  result.definition_text = payload.encode(result.definition)
  if next(result.files) then result.bundle = bundle.encode { files = result.files } end
  result.hash = bundle.hash(result.definition_text .. (result.bundle or ""))
  return result
end

-- The parts of a version: its source, and its data where it came through the API.
local function open(version)
  local source = { files = {} }
  if version.bundle and version.bundle ~= "" then
    local decoded, message = bundle.decode(version.bundle)
    if not decoded then return nil, nil, message end
    source = decoded
  end
  if source.entry then return source end
  local doc, message = payload.parse(version.definition)
  if not doc then return nil, nil, message end
  return source, doc:value(1)
end

---Builds a version from what is in the store alone.
---@param version herald.Version
---@param home herald.CampaignHome
---@return herald.Campaign|nil
---@return herald.Fault[]|string|nil failure
function M.from_version(version, home)
  local source, data, message = open(version)
  if not source then return nil, message end
  local result, errors
  if data then
    result, errors = M.from_data(data, home, { id = version.campaign, files = source.files })
  else
    result, errors = evaluate(source, home, nil, true)
  end
  if not result then return nil, errors end
  result.hash = version.hash
  return result
end

---The same campaign under another id.
---@param version herald.Version
---@param id string
---@param home herald.CampaignHome
---@return herald.Campaign|nil
---@return herald.Fault[]|string|nil failure
function M.duplicate(version, id, home)
  local source, data, message = open(version)
  if not source then return nil, message end
  if data then
    data.id = id
    return M.from_data(data, home, { files = source.files })
  end
  source.id = id
  return evaluate(source, home, nil, true)
end

M.is_id = campaign_fields.is_id

return M

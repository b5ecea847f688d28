-- Review to activate: every check of a campaign, as an error that blocks or a warning. Each has a stable code,
-- the path of the field and a sentence; docs name the codes of M.codes.

local content = require "herald.review.content"
local dates = require "herald.review.dates"
local fault = require "herald.fault"
local nearest = require "herald.nearest"
local places = require "herald.places"
local script_limits = require "herald.script_limits"
local secret = require "herald.secret"
local templates = require "herald.review.templates"

local M = {}

-- code -> "error", "warning" or both, and what is checked
local CODES = {
  ["definition"] = { "error", "the definition keeps the schema" },
  ["template-syntax"] = { "error", "each template compiles" },
  ["template-unsafe"] = { "warning", "no value stands inside a script or a style sheet, or as the name of a tag or attribute" },
  ["name-undeclared"] = { "error", "each name under context is declared, where the campaign declares its context" },
  ["name-unknown"] = { "error", "names begin with context, profile, campaign or message, and what these have is known" },
  ["context-system"] = { "error", "context.system is not used: it is reserved" },
  ["context-unused"] = { "warning", "each declared name is used" },
  ["default-missing"] = { "warning", "names that may be missing have something in their place" },
  ["surface-missing"] = { "error", "the surface exists" },
  ["surface-channel"] = { "error", "the surface is for the campaign's channel" },
  ["surface-secret"] = { "error", "the surface's secrets are there" },
  ["channel-missing"] = { "error", "each message's channel exists" },
  ["channel-without-surface"] = { "warning", "each channel that on_trigger may choose has a surface" },
  ["dates-order"] = { "error", "the end is later than the start" },
  ["limits-above-most"] = { "error", "the campaign's limits are not above limits.most of herald.lua" },
  ["already-ended"] = { "error or warning", "the end is not past (an error for a version that is to go live for the first time)" },
  ["date-shifted"] = { "warning", "starts and ends are times that the clock of their timezone shows once" },
  ["expires-after-window"] = { "warning", "expires_after is shorter than the time between start and end" },
  ["unsubscribe-missing"] = { "error or warning", "marketing has an unsubscribe link (an error where the channel takes HTML)" },
  ["link-unset"] = { "error", "the links of the message that are used have their setting" },
  ["link-relative"] = { "error", "links are absolute" },
  ["link-scheme"] = { "error", "links are of a kind that works in messages" },
  ["link-insecure"] = { "warning", "links are https" },
  ["link-empty"] = { "warning", "links lead somewhere" },
  ["text-missing"] = { "warning", "HTML has a text part" },
  ["text-empty"] = { "error", "required texts are not empty" },
  ["size"] = { "warning", "texts are not longer than what reaches people whole" },
  ["title-missing"] = { "warning", "the campaign has a title" },
}

---Every check, sorted by its code.
---@return { code: string, kind: string, checks: string }[]
function M.codes()
  local list = {}
  for code, row in pairs(CODES) do list[#list + 1] = { code = code, kind = row[1], checks = row[2] } end
  table.sort(list, function(a, b) return a.code < b.code end)
  return list
end

local function reporter(campaign)
  local result = { errors = {}, warnings = {} }
  local function adder(list)
    return function(code, path, message, place)
      assert(CODES[code], code)
      place = place or {}
      list[#list + 1] = fault.new { code = code, path = path, message = message, file = place.file or campaign.file, line = place.line, column = place.column }
    end
  end
  return result, { error = adder(result.errors), warning = adder(result.warnings) }
end

local function missing_secret(value)
  if secret.is(value) then return secret.reveal(value) == nil and secret.name(value) or nil end
  if type(value) ~= "table" then return nil end
  for _, item in pairs(value) do
    local name = missing_secret(item)
    if name then return name end
  end
end

local function check_surface(definition, project, report)
  local surface = project.surfaces[definition.surface]
  if not surface then
    local hint = nearest.hint(definition.surface, project.surfaces)
    return report.error("surface-missing", "surface", ("there is no surface %q%s"):format(definition.surface, hint))
  end
  if surface.channel ~= definition.channel then
    report.error("surface-channel", "surface",
      ("the surface %q is for the channel %q, not %q"):format(definition.surface, surface.channel, definition.channel))
  end
  local name = missing_secret(surface)
  if name then report.error("surface-secret", "surface", ("the surface %q needs the secret %s, which is missing"):format(definition.surface, name)) end
end

local function check_channels(definition, messages, project, report)
  local served = {}
  for _, surface in pairs(project.surfaces) do served[surface.channel] = true end
  for name, entry in pairs(messages) do
    if not project.channels[name] then
      report.error("channel-missing", entry.path, ("there is no channel %q%s"):format(name, nearest.hint(name, project.channels)))
    elseif name ~= definition.channel and not served[name] then
      report.warning("channel-without-surface", entry.path, ("no surface is for the channel %q, so via cannot choose it"):format(name))
    end
  end
end

local function check_declaration(definition, report)
  if definition.context and definition.context.system then
    report.error("context-system", "context.system", "the name is reserved; choose another")
  end
  if not definition.title then report.warning("title-missing", "title", "without it reports show the id alone") end
end

local function by_place(a, b)
  if a.path ~= b.path then return (a.path or "") < (b.path or "") end
  if a.code ~= b.code then return a.code < b.code end
  return a.message < b.message
end

local function finish(result, campaign, project)
  for _, list in pairs(result) do
    table.sort(list, by_place)
    places.fill(list, campaign.files or project.files or {}, "campaign")
  end
  return result
end

---Checks a campaign against the project it would run in.
---@param campaign herald.Campaign
---@param project herald.Project
---@param now integer|nil without it a past end is not seen
---@param may_have_ended boolean|nil a past end is a warning: nothing is to go live for the first time
---@return { errors: herald.Fault[], warnings: herald.Fault[] }
function M.check(campaign, project, now, may_have_ended)
  local result, report = reporter(campaign)
  local definition = campaign.definition
  local messages = templates.messages(definition)
  check_surface(definition, project, report)
  check_channels(definition, messages, project, report)
  script_limits.check_own(project.settings.limits, definition.limits, function(path, message) report.error("limits-above-most", path, message) end)
  dates.check(campaign, now, may_have_ended, report)
  check_declaration(definition, report)
  local list = templates.compile(campaign, project, report)
  templates.check_names(campaign, list, report.error)
  content.check(campaign, project, messages, list, report)
  return finish(result, campaign, project)
end

---The result for a definition that is not valid.
---@param faults herald.Fault[]
---@return { errors: herald.Fault[], warnings: herald.Fault[] }
function M.invalid(faults)
  local errors = {}
  for _, found in ipairs(faults) do
    errors[#errors + 1] = fault.new { code = "definition", path = found.path, message = found.message, file = found.file, line = found.line }
  end
  return { errors = errors, warnings = {} }
end

return M

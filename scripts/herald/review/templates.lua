-- Review of a campaign's templates: they compile, and the names they use are there.

local nearest = require "herald.nearest"
local template = require "herald.template"

local M = {}

-- What each root has, where that is known beforehand.
local MEMBERS = {
  campaign = { id = true, title = true },
  message = { id = true, unsubscribeUrl = true, mirrorUrl = true },
}
local ROOTS = { context = true, profile = true, campaign = true, message = true }
local SIMPLE = { string = true, url = true, email = true, number = true, integer = true, boolean = true }

local function child(path, name)
  return type(name) == "number" and ("%s[%d]"):format(path, name) or path .. "." .. name
end

-- The description that fits a template among alternatives.
local function template_spec(spec)
  for _, alternative in ipairs(spec.of or {}) do
    if (alternative.type or "template") == "template" then return alternative end
  end
  return spec
end

local function walk(spec, value, path, visit)
  if type(value) ~= "table" then return end
  if type(value.source) == "string" then return visit(template_spec(spec), value, path) end
  for name, item in pairs(value) do
    local inner = spec.fields and spec.fields[name] or spec.items or spec.values
    if inner then walk(inner, item, child(path, name), visit) end
  end
end

---@class herald.ReviewedTemplate
---@field channel string
---@field path string message.subject
---@field mode string
---@field source string
---@field file string|nil
---@field names string[] empty when it does not compile
---@field places table<string, { name: string, line: integer, column: integer }> where each name comes first

---@class herald.ReviewReport
---@field error fun(code: string, path: string, message: string, place: table|nil)
---@field warning fun(code: string, path: string, message: string, place: table|nil)

-- What a template of the campaign is called in the compiler's messages.
local function label_of(campaign, found)
  return found.file or ("%s: %s"):format(campaign.id, found.path)
end

-- A place of the compiler, for the report; in a template that is written in the definition the sentence says it.
local function located(campaign, found, at, message)
  local file = at.name ~= label_of(campaign, found) and at.name or found.file
  if file then return message, { file = file, line = at.line, column = at.column } end
  return ("line %d, column %d: %s"):format(at.line, at.column, message)
end

local function compile(campaign, found, report)
  local compiled, message, at = template.compile(found.source, {
    mode = found.mode, name = label_of(campaign, found), fragments = campaign.fragments, helpers = campaign.helpers,
  })
  if compiled then
    for _, warning in ipairs(compiled:warnings()) do
      report.warning("template-unsafe", found.path, located(campaign, found, warning, warning.message))
    end
    return compiled:names(), compiled:places()
  end
  local prefix = ("%s:%d:%d: "):format(at.name, at.line, at.column)
  if message:sub(1, #prefix) == prefix then message = message:sub(#prefix + 1) end
  report.error("template-syntax", found.path, located(campaign, found, at, message))
  return {}, {}
end

---The campaign's messages by channel.
---@param definition table
---@return table<string, { path: string, message: table }>
function M.messages(definition)
  local all = {}
  if definition.message then all[definition.channel] = { path = "message", message = definition.message } end
  for name, message in pairs(definition.messages or {}) do all[name] = { path = "messages." .. name, message = message } end
  return all
end

---Compiles every template.
---@param campaign herald.Campaign
---@param project herald.Project
---@param report herald.ReviewReport
---@return herald.ReviewedTemplate[]
function M.compile(campaign, project, report)
  local list = {}
  for name, entry in pairs(M.messages(campaign.definition)) do
    local channel = project.channels[name]
    if channel then
      walk({ fields = channel.fields }, entry.message, entry.path, function(spec, value, path)
        local found = { channel = name, path = path, mode = spec.mode or "text", source = value.source, file = value.file }
        found.names, found.places = compile(campaign, found, report)
        list[#list + 1] = found
      end)
    end
  end
  table.sort(list, function(a, b) return a.path < b.path end)
  return list
end

-- A script may add to the context: a name that stands in it is taken as one that it sets.
local function is_in_script(campaign, name)
  if not campaign.on_trigger then return false end
  for path, text in pairs(campaign.files) do
    local script = path:find "%.lua$" and text:gsub("{{.-}}", ""):gsub("{%%.-%%}", "")
    if script and script:find("%f[%w_]" .. name:gsub("%W", "%%%0") .. "%f[^%w_]") then return true end
  end
  return false
end

-- What is wrong with a name under context, by the campaign's declaration.
local function context_problem(campaign, parts, name)
  local declared, first = campaign.definition.context, parts[2]
  local kind = declared[first]
  if not kind then
    if is_in_script(campaign, first) then return nil end
    return "name-undeclared", ("{{%s}} is not declared in context%s"):format(name, nearest.hint(first, declared))
  end
  kind = kind:gsub("%?$", "")
  if parts[3] and SIMPLE[kind] then
    return "name-undeclared", ("{{%s}}: context.%s is declared as a %s and has no parts"):format(name, first, kind)
  end
end

-- Whether a root is used as a whole, or each of its members in turn.
local function is_whole(parts)
  return not parts[2] or parts[2]:find "^%[%d+%]$" ~= nil
end

local function name_problem(campaign, name)
  local definition, parts = campaign.definition, {}
  for part in name:gmatch "[^.]+" do parts[#parts + 1] = part end
  local root = parts[1] or ""
  if root:find "^@" or root == "this" or root == "" then return nil end
  if not ROOTS[root] then
    local meant = definition.context and definition.context[root] and ("; did you mean {{context.%s}}?"):format(name) or nearest.hint(root, ROOTS)
    return "name-unknown", ("{{%s}} is no name that a template has: they begin with context, profile, campaign or message%s"):format(name, meant)
  end
  if is_whole(parts) then return nil end
  if root == "context" and parts[2] == "system" then
    return "context-system", "context.system is reserved; choose another name"
  end
  if root == "context" and definition.context then return context_problem(campaign, parts, name) end
  local members = MEMBERS[root]
  if members and not members[parts[2]] then
    return "name-unknown", ("{{%s}}: %s has no %s%s"):format(name, root, parts[2], nearest.hint(parts[2], members))
  end
end

---Checks each name once for each template.
---@param campaign herald.Campaign
---@param list herald.ReviewedTemplate[]
---@param add fun(code: string, path: string, message: string, place: table|nil)
function M.check_names(campaign, list, add)
  for _, found in ipairs(list) do
    for _, name in ipairs(found.names) do
      local code, message = name_problem(campaign, name)
      if code then add(code, found.path, located(campaign, found, found.places[name], message)) end
    end
  end
end

return M

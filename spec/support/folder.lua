-- Projects of specs: files in a table instead of a folder.
local project = require "herald.project"

local M = {}

-- Enough for a campaign on each channel.
local BASE = {
  ["surfaces/mail.lua"] = 'return surface { name = "mail", channel = "email", provider = "capture", from = "Shop <shop@example.com>" }',
  ["surfaces/texts.lua"] = 'return surface { name = "texts", channel = "sms", provider = "capture" }',
}

---The base files with others over them; false takes one away.
function M.files(more)
  local files = {}
  for path, text in pairs(BASE) do files[path] = text end
  for path, text in pairs(more or {}) do files[path] = text or nil end
  return files
end

---@param more table<string, string> path -> text
---@param secrets table<string, string>|nil
---@return table|nil project
---@return table|nil errors
function M.load(more, secrets)
  return project.load({ files = M.files(more) }, { secrets = function(name) return (secrets or {})[name] end })
end

---Loads what has to be without errors.
function M.good(more, secrets)
  local loaded, errors = M.load(more, secrets)
  if not loaded then error(tostring(errors), 2) end
  return loaded
end

---The errors of a project, as lines.
function M.errors(more, secrets)
  local loaded, errors = M.load(more, secrets)
  if loaded then error("the project has no error", 2) end
  local lines = {}
  for index, found in ipairs(errors) do lines[index] = tostring(found) end
  return lines
end

---A campaign file with some of its fields replaced; false takes one away.
function M.campaign(fields)
  local all = {
    id = '"hello"', title = '"Hello"', channel = '"email"', surface = '"mail"', namespace = '"email"',
    message = '{ subject = "Hello", html = "<p>Hello</p>", text = "Hello" }',
  }
  for name, text in pairs(fields or {}) do all[name] = text or nil end
  local names, lines = {}, { "return campaign {" }
  for name in pairs(all) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do lines[#lines + 1] = ("  %s = %s,"):format(name, all[name]) end
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n")
end

return M

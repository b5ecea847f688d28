-- Runs `herald check`'s findings over files of a spec.
local checks = require "herald.check"
local folder = require "spec.support.folder"

local M = {}

---The findings about files, as "code file:line:column". Where the project loads, all kinds are looked for; those about the
---surfaces that every spec has are left out.
---@param more table<string, string>
---@param options { secrets: table|nil, words: table|nil, dir: string|nil }|nil
---@return string[] lines
---@return herald.Finding[] findings
function M.lines(more, options)
  options = options or {}
  local loaded, errors = folder.load(more, options.secrets or { SHOP = "shared" })
  if options.must_load ~= false and not loaded then error(tostring(errors), 2) end
  local findings = checks.run({ files = folder.files(more), dir = options.dir }, { project = loaded, words = options.words })
  local lines, kept = {}, {}
  for _, found in ipairs(findings) do
    if found.file ~= "surfaces/mail.lua" and found.file ~= "surfaces/texts.lua" then
      kept[#kept + 1] = found
      lines[#lines + 1] = ("%s %s:%d:%d"):format(found.code, found.file, found.line or 0, found.column or 0)
    end
  end
  return lines, kept
end

---The codes found in campaigns/hello.lua whose on_trigger has this body.
---@param body string
---@param options table|nil
function M.codes_of_body(body, options)
  local text = folder.campaign { on_trigger = "function(trigger)\n" .. body .. "\n  end" }
  local lines, findings = M.lines({ ["campaigns/hello.lua"] = text }, options)
  for index, line in ipairs(lines) do lines[index] = line:match "^%S+" end
  return lines, findings
end

return M

-- Comments that silence a finding: `-- check: allow CODE` on its line or the line above; several codes with commas.
-- In a template the comment is {{! check: allow CODE }}.

local M = {}

local PATTERN = "^%s*check:%s*allow%s+([%w, -]+)%s*$"

local function add(list, file, line, last, contents)
  local codes = contents:match(PATTERN)
  for code in (codes or ""):gmatch "[%w-]+" do
    list[#list + 1] = { file = file, line = line, last = last, code = code }
  end
end

local function in_template(list, file, text)
  if not text:find("check:", 1, true) then return end
  local line = 0
  for each in (text .. "\n"):gmatch "(.-)\n" do
    line = line + 1
    for contents in each:gmatch "{{!%-*(.-)%-*}}" do add(list, file, line, line, contents) end
  end
end

---@class herald.Allowance
---@field file string
---@field line integer
---@field last integer the line where the comment ends
---@field code string
---@field is_used boolean|nil

---@param sources herald.CheckSource[]
---@param templates table<string, string>
---@return herald.Allowance[]
function M.find(sources, templates)
  local list = {}
  for _, source in ipairs(sources) do
    for _, comment in ipairs(source.comments) do
      add(list, source.file, comment.line, comment.line, comment.contents)
    end
  end
  for file, text in pairs(templates) do in_template(list, file, text) end
  return list
end

---Whether a finding is silenced; notes that the comment was of use.
---@param allowances herald.Allowance[]
---@param found herald.Finding
---@return boolean
function M.silences(allowances, found)
  local is_silent = false
  for _, each in ipairs(allowances) do
    if each.code == found.code and each.file == found.file and (found.line == each.line or found.line == each.last + 1) then
      each.is_used, is_silent = true, true
    end
  end
  return is_silent
end

return M

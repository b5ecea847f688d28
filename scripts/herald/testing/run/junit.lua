-- The result of a run as the XML that JUnit made common: Jenkins, GitLab, GitHub's reporters and others read it.

local results = require "herald.testing.run.results"

local M = {}
local Junit = {}
Junit.__index = Junit

---@param write fun(text: string)
---@return herald.testing.Reporter
function M.new(write)
  return setmetatable({ write = write }, Junit)
end

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&apos;" }

-- XML 1.0 has no other control characters than tab and line ends, and no U+FFFE and U+FFFF.
local function escape(text)
  text = utf8.len(text) and text or text:gsub("[\128-\255]", "?")
  return (text:gsub("[%z\1-\8\11\12\14-\31\127]", "?"):gsub("\239\191[\190\191]", "?"):gsub("[&<>\"']", ENTITIES))
end

local function attribute(text)
  return (escape(text):gsub("[\t\r\n]", function(char) return ("&#%d;"):format(char:byte()) end))
end

local function counts_text(counts, seconds)
  return ('tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f"'):format(counts.total, counts.failure, counts.error, counts.pending, seconds)
end

local ELEMENTS = { failure = "failure", error = "error", pending = "skipped" }

local function tell_case(self, file, case)
  local place = case.place and case.place:match ":(%d+)$"
  self.write(('    <testcase classname="%s" name="%s" file="%s"%s time="%.3f"'):format(attribute(file), attribute(case.name), attribute(file),
    place and (' line="%s"'):format(place) or "", case.seconds))
  local element = ELEMENTS[case.status]
  if not element then return self.write("/>\n") end
  local message = case.message or ""
  self.write((">\n      <%s message=\"%s\""):format(element, attribute(message:match "^[^\n]*")))
  if element == "skipped" then
    self.write("/>\n    </testcase>\n")
  else
    self.write((' type="%s">%s</%s>\n    </testcase>\n'):format(element, escape(message), element))
  end
end

local function tell_file(self, result)
  self.write(('  <testsuite name="%s" %s>\n'):format(attribute(result.file), counts_text(results.count { result }, result.seconds)))
  for _, case in ipairs(result.cases) do tell_case(self, result.file, case) end
  if result.output ~= "" then self.write(("    <system-out>%s</system-out>\n"):format(escape(result.output))) end
  self.write("  </testsuite>\n")
end

-- The head has the sums, so everything is written at the end.
function Junit:tell()
end

---@param all herald.testing.FileResult[]
---@param run { seconds: number }
function Junit:finish(all, run)
  self.write '<?xml version="1.0" encoding="UTF-8"?>\n'
  self.write(("<testsuites %s>\n"):format(counts_text(results.count(all), run.seconds)))
  for _, result in ipairs(all) do tell_file(self, result) end
  self.write "</testsuites>\n"
end

return M

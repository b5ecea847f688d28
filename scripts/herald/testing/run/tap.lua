-- The result of a run as TAP version 13 (testanything.org), with a YAML block behind each case that failed.

local M = {}
local Tap = {}
Tap.__index = Tap

---@param write fun(text: string)
---@return herald.testing.Reporter
function M.new(write)
  write "TAP version 13\n"
  return setmetatable({ write = write, count = 0 }, Tap)
end

-- A description ends at a "#" and at the end of the line.
local function description(text)
  return (text:gsub("[%c]+", " "):gsub("\\", "\\\\"):gsub("#", "\\#"))
end

local function block(self, name, text)
  self.write(("  %s: |-\n    %s\n"):format(name, (text:gsub("[%z\1-\8\11-\31\127]", "?"):gsub("\n+$", ""):gsub("\n", "\n    "))))
end

local function comment(self, text)
  self.write("# " .. text:gsub("\n+$", ""):gsub("\n", "\n# ") .. "\n")
end

local function tell_case(self, file, case)
  self.count = self.count + 1
  local is_ok = case.status == "success" or case.status == "pending"
  self.write(("%sok %d - %s: %s%s\n"):format(is_ok and "" or "not ", self.count, description(file), description(case.name),
    case.status == "pending" and " # SKIP " .. description(case.message or "pending") or ""))
  if is_ok then return end
  self.write("  ---\n")
  block(self, "severity", case.status == "failure" and "fail" or "error")
  if case.place then block(self, "at", case.place) end
  block(self, "message", case.message or "")
  self.write("  ...\n")
end

---@param result herald.testing.FileResult
function Tap:tell(result)
  if result.output ~= "" then comment(self, result.output) end
  for _, case in ipairs(result.cases) do tell_case(self, result.file, case) end
end

function Tap:finish()
  self.write(("1..%d\n"):format(self.count))
end

return M

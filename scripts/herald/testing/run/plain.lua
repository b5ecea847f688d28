-- The result of a run for people: a line for each file, and below it what went wrong.

local results = require "herald.testing.run.results"

local M = {}
local Plain = {}
Plain.__index = Plain

local WORDS = { { "success", "passed" }, { "failure", "failed" }, { "error", "errors" }, { "pending", "pending" } }

---@param write fun(text: string)
---@return herald.testing.Reporter
function M.new(write)
  return setmetatable({ write = write }, Plain)
end

local function counted(counts)
  local parts = {}
  for _, word in ipairs(WORDS) do
    if counts[word[1]] > 0 or word[1] == "success" then parts[#parts + 1] = ("%d %s"):format(counts[word[1]], word[2]) end
  end
  return table.concat(parts, ", ")
end

local function indented(text, indent)
  return indent .. text:gsub("\n+$", ""):gsub("\n", "\n" .. indent) .. "\n"
end

local HEADS = { failure = "FAILED", error = "ERROR", pending = "PENDING" }

local function told(self, case)
  local head = HEADS[case.status]
  if not head then return end
  self.write(("  %s %s%s\n"):format(head, case.name, case.place and " (" .. case.place .. ")" or ""))
  if case.message then self.write(indented(case.message, "    ")) end
end

---@param result herald.testing.FileResult
function Plain:tell(result)
  self.write(("%s: %s\n"):format(result.file, counted(results.count { result })))
  if result.output ~= "" then self.write(indented(result.output, "  | ")) end
  for _, case in ipairs(result.cases) do told(self, case) end
end

---@param all herald.testing.FileResult[]
---@param run { seconds: number, jobs: integer }
function Plain:finish(all, run)
  local counts = results.count(all)
  self.write(("%d cases in %d files: %s (%.2f seconds, %d at once)\n"):format(counts.total, #all, counted(counts), run.seconds, run.jobs))
end

return M

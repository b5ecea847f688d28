-- What became of one spec file, read from its process's report and from how the process ended.

local json = require "herald.json"

local M = {}

---@class herald.testing.Case
---@field name string
---@field status "success"|"failure"|"error"|"pending"
---@field place string|nil file:line
---@field seconds number
---@field message string|nil

---@class herald.testing.FileResult
---@field file string
---@field cases herald.testing.Case[]
---@field output string what it printed
---@field goldens table<string, string> path -> "used"|"written"
---@field ran table<string, integer[]>|nil for coverage
---@field seconds number

local function read_line(result, line, state)
  local entry = json.decode(line)
  if type(entry) ~= "table" then return end
  if entry.event == "start" then
    state.current = entry.name
  elseif entry.event == "test" then
    state.current = nil
    result.cases[#result.cases + 1] = {
      name = entry.name, status = entry.status, place = entry.place, seconds = entry.seconds, message = entry.message,
    }
  elseif entry.event == "golden" then
    result.goldens[entry.path] = entry.what
  elseif entry.event == "coverage" then
    result.ran = entry.files
  elseif entry.event == "end" then
    state.has_ended, state.code = true, entry.code
  end
end

local function has_trouble(result)
  for _, case in ipairs(result.cases) do
    if case.status == "failure" or case.status == "error" then return true end
  end
  return false
end

-- Why the process did not come to its end by itself.
local function trouble(ended, state, limit)
  local where = state.current and (", in the case %q"):format(state.current) or ""
  if not ended.output then return ended.message end
  if ended.is_late then return ("did not end within %s%s; --time-limit allows more"):format(limit, where) end
  if ended.signal then return ("its process was ended by the signal %d%s"):format(ended.signal, where) end
  if not state.has_ended then return ("its process ended with the code %d before its specs did%s"):format(ended.exit, where) end
end

---@param file string
---@param report string the lines of JSON
---@param ended table what herald.process gave, or { message } where it could not be started
---@param limit string the time limit in words
---@return herald.testing.FileResult
function M.read(file, report, ended, limit)
  local result, state = { file = file, cases = {}, goldens = {}, output = ended.output or "" }, {}
  for line in report:gmatch "[^\n]+" do read_line(result, line, state) end
  local message = trouble(ended, state, limit)
  if not message and (state.code ~= 0) and not has_trouble(result) then message = ("busted ended with the code %d"):format(state.code or -1) end
  if message then
    result.cases[#result.cases + 1] = { name = state.current or "(the whole file)", status = "error", place = file, seconds = 0, message = message }
  end
  result.seconds = 0
  for _, case in ipairs(result.cases) do result.seconds = result.seconds + case.seconds end
  return result
end

---How many cases have each status, of all files together.
---@param results herald.testing.FileResult[]
---@return { success: integer, failure: integer, error: integer, pending: integer, total: integer }
function M.count(results)
  local counts = { success = 0, failure = 0, error = 0, pending = 0, total = 0 }
  for _, result in ipairs(results) do
    for _, case in ipairs(result.cases) do
      counts[case.status], counts.total = counts[case.status] + 1, counts.total + 1
    end
  end
  return counts
end

return M

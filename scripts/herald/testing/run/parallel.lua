-- Runs a project's spec files, each in a process of its own, as many at once as there are cores.

local files = require "herald.files"
local loop = require "herald.loop"
local process = require "herald.process"
local results = require "herald.testing.run.results"

local M = {}

local OUTPUT_MOST = 1024 * 1024

---How many cores this process may use.
---@return integer
function M.cores()
  local pipe = io.popen "nproc 2>/dev/null"
  local count = pipe and tonumber(pipe:read "l")
  if pipe then pipe:close() end
  return math.max(1, math.tointeger(count) or 1)
end

---@class herald.testing.RunPlan
---@field files string[] in the order in which they are told
---@field jobs integer
---@field limit_ms integer for each file
---@field limit string the same in words
---@field environment table<string, string>
---@field command fun(file: string, report: string): string[] what runs one file

local function run_one(plan, file)
  local report = os.tmpname()
  local ended, message = process.run {
    command = plan.command(file, report), environment = plan.environment, timeout_ms = plan.limit_ms, output_most = OUTPUT_MOST,
  }
  local text = files.read(report) or ""
  os.remove(report)
  return results.read(file, text, ended or { message = message }, plan.limit)
end

---Runs them all; each result is told as soon as those of the files before it are.
---@param plan herald.testing.RunPlan
---@param tell fun(result: herald.testing.FileResult)
---@return herald.testing.FileResult[]
function M.run(plan, tell)
  local done, next_file, told = {}, 0, 0
  local function work()
    while next_file < #plan.files do
      next_file = next_file + 1
      local index = next_file
      done[index] = run_one(plan, plan.files[index])
      while done[told + 1] do
        told = told + 1
        tell(done[told])
      end
    end
  end
  for _ = 1, math.min(plan.jobs, #plan.files) do loop.spawn(work) end
  loop.run_until_idle()
  return done
end

return M

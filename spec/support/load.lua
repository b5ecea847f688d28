-- Triggers by the thousand: wrk beside a spec, and what it was answered.

local daemon = require "spec.support.daemon"
local process = require "spec.support.process"

local load = {}

---@class spec.Load
local Load = {}
Load.__index = Load

---Starts wrk against a daemon. mode "exactly": count triggers; "until": as many as it takes for count of 202.
---@param server spec.Daemon
---@param options { campaign?: string, count: integer, mode?: string, prefix?: string, connections?: integer }
---@return spec.Load
function load.start(server, options)
  local file = os.tmpname()
  local prefix = options.prefix or "load"
  local run = process.start({ "wrk", "-t1", "-c" .. (options.connections or 64), "-d600s", "--timeout", "30s", "-s",
    "spec/support/trigger.wrk.lua", server.url, "--", server.key, options.campaign or "receipt", prefix,
    tostring(options.count), options.mode or "exactly", file }, { errors = "output" })
  return setmetatable({ process = run, file = file, count = options.count }, Load)
end

---What was answered so far.
---@return table<string, boolean> accepted, integer count, string[] errors
function Load:answers()
  local accepted, count, errors = {}, 0, {}
  for line in io.lines(self.file) do
    if line:find "^[!?]" then
      errors[#errors + 1] = line
    else
      accepted[line] = true
      count = count + 1
    end
  end
  return accepted, count, errors
end

---Waits until so many are answered.
function Load:wait_for(count, seconds)
  daemon.wait_for(function()
    local _, answered, errors = self:answers()
    return answered + #errors >= count
  end, count .. " answers", seconds)
end

---Whether every answer that it was started for is there.
---@return boolean
function Load:is_done()
  local file = io.open(self.file .. ".done")
  return file ~= nil and file:close()
end

---Waits for its end.
---@param seconds? number # 600 unless told
---@return table<string, boolean> accepted, integer count, string[] errors, string output
function Load:finish(seconds)
  daemon.wait_for(function() return self:is_done() end, self.count .. " answers", seconds or 600)
  self.process:signal "INT" -- wrk would sit out its time, though its threads have ended
  local output = self.process:wait()
  local accepted, count, errors = self:answers()
  os.remove(self.file)
  os.remove(self.file .. ".done")
  return accepted, count, errors, output
end

---How a sink's messages stand against what was accepted.
---@param messages table[]
---@param accepted table<string, boolean>
---@return { missing: string[], repeated: table<string, string[]>, wrong: table[], unasked: string[] }
function load.compare(messages, accepted)
  local seen, repeated, wrong, unasked, missing = {}, {}, {}, {}, {}
  for _, message in ipairs(messages) do
    local id = message.to:match "^(.-)@"
    if not accepted[id] then unasked[#unasked + 1] = id end
    if message.subject ~= "Number " .. id or message.values[1] ~= id then wrong[#wrong + 1] = message end
    if seen[id] then
      repeated[id] = repeated[id] or { seen[id] }
      table.insert(repeated[id], message.id)
    end
    seen[id] = message.id
  end
  for id in pairs(accepted) do
    if not seen[id] then missing[#missing + 1] = id end
  end
  return { missing = missing, repeated = repeated, wrong = wrong, unasked = unasked }
end

return load

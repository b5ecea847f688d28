-- The mail that left: a capturing SMTP server beside a spec, and what it took as records.

local daemon = require "spec.support.daemon"
local process = require "spec.support.process"

local sink = {}

---@class spec.Sink
---@field url string
---@field port integer
local Sink = {}
Sink.__index = Sink

---@param options? { delay_ms?: integer }
---@return spec.Sink
function sink.start(options)
  local file = os.tmpname()
  local words = { "/usr/bin/python3", "spec/support/smtp_capture.py", "--file", file, "--closed", file .. ".closed" }
  if options and options.delay_ms then
    words[#words + 1], words[#words + 2] = "--delay", tostring(options.delay_ms)
  end
  local server = process.start(words)
  local port = math.tointeger(tonumber(server:line()))
  return setmetatable({ process = server, file = file, port = port, url = "smtp://127.0.0.1:" .. port }, Sink)
end

---Everything that was taken: { to, id, subject, values = { … } }, in order.
---@return { to: string, id: string, subject: string, values: string[] }[]
function Sink:messages()
  local list = {}
  for line in io.lines(self.file) do
    local to, id, subject, values = line:match "^(.-)\t(.-)\t(.-)\t(.*)$"
    local each = {}
    for value in values:gmatch "%S+" do each[#each + 1] = value end
    list[#list + 1] = { to = to, id = id, subject = subject, values = each }
  end
  return list
end

---Waits for the count of messages and returns them.
function Sink:wait(count, seconds)
  return daemon.wait_for(function()
    local list = self:messages()
    return #list >= count and list
  end, function() return ("%d messages, there are %d"):format(count, #self:messages()) end, seconds)
end

---The first message to an address, once it has come.
function Sink:message_to(address, seconds)
  return daemon.wait_for(function()
    for _, message in ipairs(self:messages()) do
      if message.to == address then return message end
    end
  end, "a message to " .. address, seconds)
end

---Refuses every message for now, as a server under repair does.
function Sink:refuse()
  assert(io.open(self.file .. ".closed", "w")):close()
end

function Sink:accept()
  os.remove(self.file .. ".closed")
end

function Sink:close()
  self.process:stop "KILL"
  self:accept()
  os.remove(self.file)
end

Sink.__close = Sink.close

return sink

-- The built daemon for whole-system specs: its own copy of a project, its own data folder and a free port; real curl as
-- the client. It dies with the process that started it.
--
--   local server <close> = daemon.start { values = { SMTP = "smtp://127.0.0.1:2525" } }
--   local answer = server:trigger("receipt", { userId = "jane@example.com", context = { number = 1 } })
--   server:stop()

local cjson = require "cjson.safe"
local loop = require "herald.loop"
local process = require "spec.support.process"

local daemon = {}

local source, build = os.getenv "HERALD_SOURCE" or ".", os.getenv "HERALD_BUILD" or "build/dev"
local PROGRAM = os.getenv "HERALD_PROGRAM" or build .. "/herald"
local quote = process.quote

---@class spec.Daemon
---@field folder string holds project/, data/ and log
---@field url string
---@field key string a key with every scope
local Daemon = {}
Daemon.__index = Daemon

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

local function shell(command, ...)
  local words = { ... }
  for i, word in ipairs(words) do words[i] = quote(word) end
  assert(os.execute("LD_PRELOAD= " .. command .. " " .. table.concat(words, " ")), command .. " failed")
end

---Polls until condition gives something true, which is returned; fails after the seconds.
---@generic T
---@param condition fun(): T
---@param what string
---@param seconds? number # 10 unless told
---@return T
function daemon.wait_for(condition, what, seconds)
  local tries = (seconds or 10) * 50
  while true do
    local value = condition()
    if value then return value end
    tries = tries - 1
    if tries <= 0 then error("waited in vain for " .. (type(what) == "function" and what() or what), 2) end
    loop.sleep(20)
  end
end

---How many of something a spec does: few in the suite, more where HERALD_SCALE (a factor) says so.
---@param count integer
---@return integer
function daemon.scaled(count)
  return math.floor(count * tonumber(os.getenv "HERALD_SCALE" or "1"))
end

---@class spec.DaemonOptions
---@field project? string # folder to copy; spec/system/project unless told
---@field values? table<string, string> # what @NAME@ in the project's Lua files stands for
---@field files? table<string, string> # files to write into the copy
---@field arguments? string[] # more for serve
---@field environment? table<string, string>
---@field scheme? string # "https" where the project says tls
---@field open_files? integer # how many files it may have open
---@field ca? string # certificate that curl trusts

---Starts a daemon and makes a key.
---@param options? spec.DaemonOptions
---@return spec.Daemon
function daemon.start(options)
  options = options or {}
  local pipe = assert(io.popen "LD_PRELOAD= mktemp -d /tmp/herald-spec-system.XXXXXX")
  local folder = pipe:read "l"
  pipe:close()
  local values = setmetatable(options.values or {}, { __index = { ENDS = "2099-01-01T00:00:00Z" } })
  local self = setmetatable({ folder = folder, options = options, values = values, port = 0, requests = 0 }, Daemon)
  shell("cp -r", source .. "/" .. (options.project or "spec/system/project"), folder .. "/project")
  local list = assert(io.popen("LD_PRELOAD= find " .. quote(folder .. "/project") .. " -name '*.lua'"))
  for path in list:lines() do write(path, self:fill(read(path))) end
  list:close()
  for path, text in pairs(options.files or {}) do self:write(path, text) end
  self:launch()
  if options.key ~= false then self.key = self:herald("key", "create", "--name", "spec", "--scope", "trigger,read,manage"):match "%S+" end
  return self
end

function Daemon:fill(text)
  return (text:gsub("@([A-Z]+)@", function(name) return self.values[name] end))
end

---Writes one of the project's files.
---@param path string
---@param text string
function Daemon:write(path, text)
  local full = self.folder .. "/project/" .. path
  shell("mkdir -p", (full:match "^(.*)/"))
  write(full, self:fill(text))
end

function Daemon:read(path)
  return read(self.folder .. "/project/" .. path)
end

function Daemon:log()
  return read(self.folder .. "/log")
end

-- Starts the program on the port of before, 0 at first, and waits until it says that it is ready.
function Daemon:launch()
  write(self.folder .. "/log", "")
  local words = { PROGRAM, "serve", "--project", self.folder .. "/project", "--data", self.folder .. "/data", "--listen",
    "127.0.0.1:" .. self.port }
  table.move(self.options.arguments or {}, 1, #(self.options.arguments or {}), #words + 1, words)
  if self.options.open_files then
    words = table.move(words, 1, #words, 5, { "/bin/sh", "-c", 'ulimit -n "$0" && exec "$@"', tostring(self.options.open_files) })
  end
  self.process = process.start(words, { errors = self.folder .. "/log", environment = self.options.environment })
  self.port = daemon.wait_for(function()
    local log = self:log()
    local port = log:match "ready[^\n]*listen=\"?[^%s\"]-:(%d+)"
    if not port and not self:is_running() then error("the daemon did not start:\n" .. log, 0) end
    return port
  end, function() return "the ready line:\n" .. self:log() end, 20)
  self.url = (self.options.scheme or "http") .. "://127.0.0.1:" .. self.port
end

function Daemon:is_running()
  local status = io.open("/proc/" .. self.process.pid .. "/stat")
  if not status then return false end
  local line = status:read "a"
  status:close()
  return line:match "%) (%a)" ~= "Z"
end

---Ends it with the signal and waits.
---@param signal? string
---@return integer status # 0 after a clean end
function Daemon:stop(signal)
  if not self.process then return 0 end
  local running = self.process
  self.process = nil
  running:signal(signal)
  local _, status = running:wait()
  return status
end

---Starts it again on the same port and data.
function Daemon:restart()
  self:stop()
  self:launch()
end

function Daemon:close()
  local status = self:stop()
  local log = self:log()
  shell("rm -rf", self.folder)
  if status ~= 0 then error(("the daemon ended with %s:\n%s"):format(status, log), 0) end
end

Daemon.__close = function(self, failure)
  if failure then pcall(self.close, self) else self:close() end
end

---Runs a command of the program against this daemon's project and data; fails with what it printed.
---@return string output
function Daemon:herald(...)
  local output, status = self:try_herald(...)
  if status ~= 0 then error("herald " .. table.concat({ ... }, " ") .. "\n" .. output, 2) end
  return output
end

---@return string output, integer status
function Daemon:try_herald(...)
  local words = { PROGRAM, ... }
  table.move({ "--project", self.folder .. "/project", "--data", self.folder .. "/data" }, 1, 4, #words + 1, words)
  return process.run(words, { errors = "output" })
end

---@class spec.CurlOptions
---@field method? string
---@field body? string|table # a table goes as JSON
---@field headers? table<string, string>
---@field key? string|false
---@field arguments? string[] # more for curl

---@class spec.Answer
---@field status integer # 0 when there was none
---@field headers table<string, string> # lower-case names
---@field text string
---@field json table?
---@field code string? # of an error answer
---@field error string # what curl said

local function header_fields(text)
  local fields = {}
  for line in text:gmatch "[^\r\n]+" do
    if line:find "^HTTP/" then fields = {} end
    local name, value = line:match "^([^:%s]+):%s*(.-)%s*$"
    if name then fields[name:lower()] = value end
  end
  return fields
end

---Asks with curl.
---@param path string
---@param options? spec.CurlOptions
---@return spec.Answer
function Daemon:curl(path, options)
  options = options or {}
  self.requests = self.requests + 1
  local at = self.folder .. "/request-" .. self.requests
  local words = { "curl", "-sS", "--max-time", "60", "-o", at .. ".body", "-D", at .. ".head", "-w", "%{http_code}" }
  local function add(...) for _, word in ipairs { ... } do words[#words + 1] = word end end
  if options.method then add("-X", options.method) end
  if options.key ~= false then add("-H", "Authorization: Bearer " .. (options.key or self.key)) end
  if options.body then
    write(at .. ".sent", type(options.body) == "table" and cjson.encode(options.body) or options.body)
    add("--data-binary", "@" .. at .. ".sent", "-H", "Expect:")
    if not (options.headers or {})["Content-Type"] then add("-H", "Content-Type: application/json") end
  end
  for name, value in pairs(options.headers or {}) do add("-H", name .. ": " .. value) end
  if self.options.ca then add("--cacert", self.options.ca) end
  add(table.unpack(options.arguments or {}))
  add(path:find "^%a+://" and path or self.url .. path)
  local output = process.run(words, { errors = at .. ".errors" })
  local function text(name)
    local file = io.open(at .. name, "rb")
    if not file then return "" end
    local content = file:read "a"
    file:close()
    return content
  end
  local answer = {
    status = tonumber(output) or 0, headers = header_fields(text ".head"), text = text ".body", error = text ".errors",
  }
  os.execute("LD_PRELOAD= rm -f " .. quote(at) .. ".*")
  answer.json = cjson.decode(answer.text)
  answer.code = type(answer.json) == "table" and tostring(answer.json.type):match "^urn:herald:error:(.*)$" or nil
  return answer
end

local function recipient(fields)
  local one = { type = "aep", namespace = "email" }
  for name, value in pairs(fields) do one[name] = value end
  one.channelData = one.channelData or { emailAddress = one.userId }
  return one
end

---Triggers a campaign for one recipient, or several.
---@param campaign string
---@param recipients table # a recipient's fields, or a list of them; type and namespace may be missing
---@param more? { request_id?: string, key?: string|false, headers?: table }
---@return spec.Answer
function Daemon:trigger(campaign, recipients, more)
  more = more or {}
  local list = {}
  for i, fields in ipairs(recipients[1] and recipients or { recipients }) do list[i] = recipient(fields) end
  self.triggers = (self.triggers or 0) + 1
  return self:curl("/im/executions/unitary", { key = more.key, headers = more.headers, body = {
    requestId = more.request_id or ("spec-%d-%d"):format(self.process.pid, self.triggers), campaignId = campaign, recipients = list,
  } })
end

---Waits until the outbox holds nothing that waits or is being sent.
---@param seconds? number
function Daemon:drain(seconds)
  daemon.wait_for(function()
    local answer = self:curl "/status"
    local outbox = answer.json and answer.json.outbox
    return outbox and (outbox.waiting or 0) == 0 and (outbox.held or 0) == 0
  end, "the outbox to be empty", seconds or 30)
end

return daemon

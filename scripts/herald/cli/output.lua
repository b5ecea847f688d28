-- What a command is given: where to print, how to talk to the engine, and how to end.

local connection = require "herald.cli.connection"
local payload = require "herald.payload"

local M = {}

---@class herald.CliHost
---@field share string|nil folder of the scripts and channels
---@field version string
---@field program string|nil path of this program
---@field serve fun(options: table): integer|nil runs the daemon
---@field isatty boolean|nil
---@field out fun(text: string)|nil instead of standard output
---@field err fun(text: string)|nil instead of standard error

---@class herald.App
---@field host herald.CliHost
---@field json boolean|nil
---@field project_dir string|nil
---@field data_dir string|nil
local App = {}
App.__index = App

---@param host herald.CliHost
---@return herald.App
function M.new(host)
  -- Who reads from a pipe sees each line when it is printed.
  if not host.out then io.stdout:setvbuf "line" end
  return setmetatable({
    host = host,
    out = host.out or function(text) io.stdout:write(text) end,
    err = host.err or function(text) io.stderr:write(text) end,
  }, App)
end

function App:print(text)
  self.out(text:sub(-1) == "\n" and text or text .. "\n")
end

function App:complain(text)
  self.err("herald: " .. text .. "\n")
end

---Says what failed and what to do next, with --json as JSON too.
---@return integer 1
function App:fail(text)
  self:complain(text)
  if self.json then self:print_json { detail = text } end
  return 1
end

---Says what the command's words say wrong.
---@return integer 2
function App:misused(text)
  self:complain(text)
  return 2
end

---Prints a value as JSON.
---@return integer 0
function App:print_json(value)
  self:print(type(value) == "string" and value or payload.encode(value))
  return 0
end

---Prints rows under a header, each column as wide as it needs.
---@param header string[]
---@param rows string[][]
function App:table(header, rows)
  local widths = {}
  for column, title in ipairs(header) do widths[column] = utf8.len(title) end
  for _, row in ipairs(rows) do
    for column = 1, #header do
      row[column] = tostring(row[column] == nil and "-" or row[column]):gsub("%c", " ")
      widths[column] = math.max(widths[column], utf8.len(row[column]) or #row[column])
    end
  end
  local function line(row)
    local cells = {}
    for column, cell in ipairs(row) do
      local gap = widths[column] - (utf8.len(cell) or #cell)
      cells[column] = column == #header and cell or cell .. (" "):rep(gap)
    end
    return table.concat(cells, "  ")
  end
  self:print(line(header))
  for _, row in ipairs(rows) do self:print(line(row)) end
end

---Prints the members of a record in the order given, leaving out those without a value.
---@param record table
---@param names string[]
function App:record(record, names)
  local width = 0
  for _, name in ipairs(names) do width = math.max(width, #name) end
  for _, name in ipairs(names) do
    local value = record[name]
    if value ~= nil and value ~= payload.null then
      if type(value) == "table" then value = payload.encode(value) end
      self:print(("%s%s  %s"):format(name, (" "):rep(width - #name), tostring(value)))
    end
  end
end

-- The answer's own lists of what is wrong: check errors, and the recipients that were refused.
local function particulars(body)
  local lines = {}
  for _, entry in ipairs(body.errors or {}) do
    if type(entry) == "table" then
      entry = (entry.path and entry.path ~= "" and entry.path .. ": " or "") .. (entry.message or "")
    end
    lines[#lines + 1] = "  " .. tostring(entry)
  end
  local names, context = {}, body.report and body.report.additionalContext or {}
  for name in pairs(context) do
    if name:match("^recipients%[") then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do lines[#lines + 1] = ("  %s: %s"):format(name, context[name]) end
  return lines
end

-- A problem's detail with its code, and below it the particulars.
local function explain(body)
  if type(body) ~= "table" then return tostring(body) end
  local head = body.detail or body.title or "the call failed"
  local code = type(body.type) == "string" and body.type:match("([^:]+)$")
  if code then head = ("%s (%s)"):format(head, code) end
  return table.concat({ head, table.unpack(particulars(body)) }, "\n")
end

---Calls an endpoint of the engine: over the server's socket when it answers, else in this process. What
---went wrong is printed: in words, and with --json the problem as it was answered on standard output.
---@param method string
---@param path string
---@param options { query: table|nil, body: table|string|nil, sandbox: string|nil }|nil
---@return table|string|nil body of a good answer
---@return integer status 0 when there is no engine to ask
---@return table|nil headers
function App:call(method, path, options)
  local way, message = self:connect()
  if not way then
    self:fail(message)
    return nil, 0
  end
  local status, body, headers = way:call(method, path, options or {})
  if status >= 200 and status < 300 then return body or {}, status, headers end
  self:complain(explain(body))
  if self.json then self:print_json(type(body) == "table" and body or { detail = tostring(body) }) end
  return nil, status
end

---The way to the engine, opened with the first call.
---@return table|nil
---@return string|nil message
function App:connect()
  if self.connection then return self.connection end
  local made, message = connection.open(self)
  self.connection = made
  return made, message
end

function App:close()
  if self.connection then self.connection:close() end
  self.connection = nil
end

return M

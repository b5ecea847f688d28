-- Starts the servers that specs talk to, reads what they print, and ends them by their process id.
-- A process dies with the one that started it, whatever happens to that. Nothing here sleeps: a server says on its
-- standard output when it is ready.
--
--   local server = process.start { "/usr/bin/python3", "spec/support/smtp_server.py" }
--   local port = server:line()
--   server:stop()
local process = {}

---@class spec.Process
---@field pid integer
local Process = {}
Process.__index = Process
Process.__gc = function(self) self:stop() end
Process.__close = Process.__gc

local source = os.getenv "HERALD_SOURCE" or "."

---One word for the shell.
---@param text string
function process.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

---@param arguments string[] # the program and its arguments; a path that starts with spec/ is found in the source tree
---@param options? {errors?: string, environment?: table<string, string>} # errors: a file for standard error, or "output"
---@return spec.Process
function process.start(arguments, options)
  options = options or {}
  local words = {}
  for i, argument in ipairs(arguments) do
    words[i] = process.quote((argument:gsub("^spec/", source .. "/spec/")))
  end
  local environment = {}
  for name, value in pairs(options.environment or {}) do
    environment[#environment + 1] = name .. "=" .. process.quote(value)
  end
  local errors = ""
  if options.errors == "output" then
    errors = "2>&1"
  elseif options.errors then
    errors = "2>" .. process.quote(options.errors)
  end
  local inner = ("echo $$; exec env %s %s %s"):format(table.concat(environment, " "), table.concat(words, " "), errors)
  -- Sanitizers are for our code, not for the servers.
  local pipe = assert(io.popen("exec env -u LD_PRELOAD setpriv --pdeathsig KILL sh -c " .. process.quote(inner), "r"))
  local pid = assert(math.tointeger(tonumber(pipe:read "l")), "the process did not start")
  return setmetatable({ pid = pid, pipe = pipe }, Process)
end

---The next line that the process prints; nil when it has ended.
---@return string?
function Process:line()
  return self.pipe and self.pipe:read "l"
end

---@param name? string # "TERM" unless told
function Process:signal(name)
  os.execute(("LD_PRELOAD= kill -%s %d 2>/dev/null"):format(name or "TERM", self.pid))
end

---Ends the process and waits for it; safe twice. Returns what it printed since the last line that was read.
---@param name? string # the signal, "TERM" unless told
---@return string
function Process:stop(name)
  local pipe = self.pipe
  if pipe == nil then return "" end
  self.pipe = nil
  self:signal(name)
  local rest = pipe:read "a"
  pipe:close()
  return rest
end

---Waits for the process to end by itself.
---@return string output, integer status
function Process:wait()
  local pipe = assert(self.pipe, "stopped already")
  self.pipe = nil
  local rest = pipe:read "a"
  local _, _, status = pipe:close()
  return rest, status
end

---A server that cannot print its port: starts it on a free one, waits until that accepts connections.
---@param arguments string[] # {port} in them stands for the port
---@return spec.Process, integer port
function process.listen(arguments, options)
  local server = process.start({ "/usr/bin/python3", "spec/support/listen.py", table.unpack(arguments) }, options)
  local port = math.tointeger(tonumber(server:line()))
  if port == nil then
    error("the server did not start: " .. table.concat(arguments, " ") .. "\n" .. server:stop(), 2)
  end
  return server, port
end

---What a command prints; for openssl and the like.
---@param arguments string[]
---@return string output, integer status
function process.run(arguments, options)
  return process.start(arguments, options):wait()
end

return process

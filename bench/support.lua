-- What the benchmarks share: wrk, peers from Debian and npm, and waiting for servers.

local clock = require "herald.clock"
local loop = require "herald.loop"
local process = require "spec.support.process"

local M = {}

M.seconds = tonumber(os.getenv "BENCH_SECONDS" or "5")
M.folder = os.getenv "BENCH_FOLDER" or "build/bench"
M.sources = process.run({ "pwd" }):match "[^\n]+"

function M.write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

function M.read(path)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  return text
end

local given = 20000

---A port of this machine that nobody uses, for servers that cannot choose one themselves.
function M.free_port()
  repeat
    given = given + 1
    local used = os.execute(("cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ':%04X '"):format(given))
  until not used
  return given
end

---Waits until something listens on the port.
function M.wait_for_port(port)
  for _ = 1, 500 do
    if os.execute(("grep -q ':%04X [0-9A-F]*:0000 0A' /proc/net/tcp"):format(port)) then return end
    loop.sleep(20)
  end
  error("nothing listens on port " .. port)
end

function M.has(command)
  return os.execute("command -v " .. command .. " >/dev/null 2>&1") == true
end

---smtp-sink and nginx want to be told which user to be, for root.
function M.is_root()
  return process.run({ "id", "-u" }):match "%d+" == "0"
end

---Load by wrk -t1 with 64 connections.
---@return number? rate, string note # nil when a call failed
function M.wrk(url, arguments, connections)
  local words = { "wrk", "-t1", "-c" .. (connections or 64), "-d" .. M.seconds .. "s", "-s", "bench/wrk/trigger.lua", url, "--" }
  table.move(arguments, 1, #arguments, #words + 1, words)
  local output = process.run(words, { errors = "output" })
  local requests, us, failed, p50, p99, p999 = output:match "result requests=(%d+) us=(%d+) failed=(%d+) p50=(%S+) p99=(%S+) p999=(%S+)"
  if not requests then error("wrk did not report:\n" .. output) end
  if tonumber(failed) > 0 then return nil, failed .. " calls failed\n" .. output end
  return tonumber(requests) / (tonumber(us) / 1e6), ("(p50 %s ms, p99 %s ms, p99.9 %s ms)"):format(p50, p99, p999)
end

---smtp-sink on a port of its own.
function M.smtp_sink()
  local port = M.free_port()
  local words = { "smtp-sink", "127.0.0.1:" .. port, "1024" }
  if M.is_root() then table.move({ "-u", "nobody" }, 1, 2, 2, table.move(words, 2, 3, 4, words)) end
  local sink = process.start(words)
  M.wait_for_port(port)
  return sink, port
end

---A contender's measure: measure(port) beside a smtp-sink of its own.
function M.with_smtp_sink(measure)
  return function()
    if not M.has "smtp-sink" then return nil, "smtp-sink (postfix) is not installed" end
    local sink, port = M.smtp_sink()
    local rate, note = measure(port)
    sink:stop()
    return rate, note
  end
end

---Messages a second of smtp-source, 4,000 bytes each over ten connections.
function M.smtp_source(port, count)
  local began = clock.monotonic()
  local output, status = process.run({ "smtp-source", "-d", "-s", "10", "-m", tostring(count), "-l", "4000", "-f", "bench@example.com", "-t",
    "jane@example.com", "127.0.0.1:" .. port }, { errors = "output" })
  if status ~= 0 then return nil, output end
  return count / ((clock.monotonic() - began) / 1000)
end

return M

-- The mail client alone: finished messages of 4,000 bytes from one thread to smtp-sink, over ten connections.

local clock = require "herald.clock"
local loop = require "herald.loop"
local support = require "bench.support"
local transfer = require "herald.transfer"

local COUNT = math.floor(tonumber(os.getenv "BENCH_MESSAGES" or "20000"))
local CONNECTIONS = 10

local function herald(port)
  local client = transfer.new { connections = CONNECTIONS }
  local mail = {
    url = "smtp://127.0.0.1:" .. port, from = "bench@example.com", to = { "jane@example.com" },
    data = (("x"):rep(78) .. "\r\n"):rep(50),
  }
  local left = COUNT
  local began, cpu_began = clock.monotonic(), os.clock()
  for _ = 1, CONNECTIONS do
    loop.spawn(function()
      while left > 0 do
        left = left - 1
        assert(client:smtp(mail))
      end
    end)
  end
  loop.run_until_idle()
  local seconds, cpu = (clock.monotonic() - began) / 1000, os.clock() - cpu_began
  client:close()
  return COUNT / seconds, ("(%.1f µs of CPU each)"):format(cpu / COUNT * 1e6)
end

return { {
  name = "smtp", unit = "messages/s",
  contenders = {
    { name = "Herald", measure = support.with_smtp_sink(herald) },
    { name = "smtp-source", measure = support.with_smtp_sink(function(port) return support.smtp_source(port, COUNT) end), goal = 0.5 },
  },
} }

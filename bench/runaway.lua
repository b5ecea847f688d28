-- One campaign that loops for ever beside a hundred good ones: what their callers wait longer for it. The figure is the inverse of
-- the good ones' p99 (calls a second that one caller could make one after the other), so that more is better.

local daemon = require "spec.support.daemon"
local process = require "spec.support.process"
local support = require "bench.support"

local GOOD, CONNECTIONS = 100, 8

local CAMPAIGN = [[return campaign {
  id = "%s", title = "Bench", channel = "email", surface = "sink", namespace = "email",
  message = { subject = "Your code", text = "{{context.firstName}}" },
  on_trigger = function(trigger) %s end,
}]]

local function start()
  local files = { ["campaigns/loop.lua"] = CAMPAIGN:format("loop", "while true do end") }
  for n = 1, GOOD do
    files[("campaigns/good-%d.lua"):format(n)] = CAMPAIGN:format("good-" .. n, 'trigger:delay "1 hour"')
  end
  return daemon.start { project = "bench/project", files = files, values = { SMTP = "smtp://127.0.0.1:9" } }
end

-- Calls the runaway campaign every tenth of a second, whatever it answers, until it is stopped.
local function call_runaway(server)
  local body = '{"requestId":"\'$n\'","campaignId":"loop","recipients":[{"type":"aep","userId":"jane@example.com","namespace":"email"}]}'
  local call = "curl -s -o /dev/null -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' -d '%s' %s"
  local script = "n=0; while :; do n=$((n+1)); " .. call .. "; sleep 0.1; done"
  return process.start { "sh", "-c", script:format(server.key, body, server.url .. "/im/executions/unitary") }
end

-- The good ones' p99 in milliseconds.
local function good_p99(server)
  local output = process.run({ "wrk", "-t1", "-c" .. CONNECTIONS, "-d" .. support.seconds .. "s", "-s", "bench/wrk/campaigns.lua", server.url,
    "--", server.key, "good", tostring(GOOD) }, { errors = "output" })
  local failed, p50, p99 = output:match "failed=(%d+) p50=(%S+) p99=(%S+)"
  if failed ~= "0" then return nil, output end
  return tonumber(p99), ("(p50 %s ms, p99 %s ms)"):format(p50, p99)
end

local function is_parked(server)
  return server:curl("/status").text:find('"parked"', 1, true) ~= nil
end

-- `beside` has the runaway called as well; `settled` waits until it is parked.
local function measure(beside, settled)
  return function()
    local server = start()
    local runaway = beside and call_runaway(server)
    if settled then daemon.wait_for(function() return is_parked(server) end, "the campaign to be parked", 60) end
    local p99, note = good_p99(server)
    if runaway then runaway:stop() end
    server:close()
    return p99 and 1000 / p99, note
  end
end

return {
  { name = "runaway, parked", unit = "per second of p99", contenders = {
    { name = "Herald", measure = measure(true, true) },
    { name = "the hundred alone", measure = measure(false), goal = 0.5 },
  } },
  { name = "runaway, from its first call", unit = "per second of p99", contenders = {
    { name = "Herald", measure = measure(true, false) },
    { name = "the hundred alone", measure = measure(false), goal = 0.5 },
  } },
}

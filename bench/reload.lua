-- From the wish to reload until the changed file of one of 1,000 campaigns is in force in every worker, while triggers come at half
-- of the rate that the daemon can take; no request may fail. BENCH_CAMPAIGNS says how many campaigns.

local daemon = require "spec.support.daemon"
local process = require "spec.support.process"
local support = require "bench.support"

local CAMPAIGNS = math.floor(tonumber(os.getenv "BENCH_CAMPAIGNS" or "1000"))
local RELOADS = 10
local CONNECTIONS = 64
local GOAL_MS = 100

local FILE = [[
-- Campaign number %d of the benchmark.
return campaign {
  id = "c%d", title = "Campaign %d", channel = "email", surface = "sink", namespace = "email",
  message = { subject = "Change %s, {{context.firstName}}", html = campaign.template "mail.html", text = campaign.template "mail.txt" },
  on_trigger = function(trigger)
    if trigger.profile.blocked then return trigger:skip "blocked" end
    trigger:delay "1 hour"
  end,
}
]]

local function text(number, change) return FILE:format(number, number, number, change) end

local function start()
  local files = {}
  for number = 1, CAMPAIGNS do files[("campaigns/c%d.lua"):format(number)] = text(number, "none") end
  return daemon.start { project = "bench/project", files = files, values = { SMTP = "smtp://127.0.0.1:9" } }
end

-- The pause of each connection that makes half of the rate which it has without.
local function half_pause(server)
  local rate, note = support.wrk(server.url, { server.key, "hourly" }, CONNECTIONS)
  assert(rate, note)
  return math.ceil(CONNECTIONS * 1000 / rate)
end

local function reload(server, number)
  server:write("campaigns/c1.lua", text(1, tostring(number)))
  local answer = server:curl("/reload", { method = "POST" })
  assert(answer.status == 200 and answer.json.activated, answer.text .. server:log())
  return answer.json.ms
end

local function measure()
  local server = start()
  local pause = half_pause(server)
  local load = process.start({ "wrk", "-t1", "-c" .. CONNECTIONS, "-d600s", "-s", "bench/wrk/trigger.lua", server.url, "--", server.key,
    "hourly", tostring(pause) }, { errors = "output" })
  local times = {}
  for number = 1, RELOADS do times[number] = reload(server, number) end
  load:signal "INT"
  local output = load:wait()
  local failed = output:match "failed=(%d+)"
  server:close()
  if failed ~= "0" then return nil, (failed or "?") .. " requests failed: " .. output end
  table.sort(times)
  local median = (times[RELOADS // 2] + times[RELOADS // 2 + 1]) / 2
  return 1000 / median, ("(median %.0f ms, longest %.0f ms, %d campaigns; triggers p99 %s ms, p99.9 %s ms)"):format(median, times[RELOADS],
    CAMPAIGNS, output:match "p99=(%S+)", output:match "p999=(%S+)")
end

return { {
  name = "reload", unit = "reloads/s",
  contenders = {
    { name = "Herald", measure = measure },
    { name = ("%d ms to effect"):format(GOAL_MS), measure = function() return 1000 / GOAL_MS end, goal = 1 },
  },
} }

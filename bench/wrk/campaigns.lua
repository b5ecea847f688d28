-- As trigger.lua, of many campaigns in turn: wrk … URL -- KEY PREFIX COUNT; the campaigns are PREFIX-1 to PREFIX-COUNT.

local headers, prefix, count, run, path
local sent = 0

function init(args)
  headers = { ["Authorization"] = "Bearer " .. args[1], ["Content-Type"] = "application/json" }
  prefix, count = args[2], tonumber(args[3])
  path = wrk.path:gsub("/$", "") .. "/im/executions/unitary"
  run = ("%x-%x"):format(os.time(), math.random(2 ^ 30))
end

function request()
  sent = sent + 1
  return wrk.format("POST", path, headers, ('{"requestId":"%s-%09d","campaignId":"%s-%d","recipients":[{"type":"aep",'
    .. '"userId":"jane.%09d@example.com","namespace":"email","context":{"firstName":"Jane"}}]}'):format(run, sent, prefix, sent % count + 1, sent))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(("result requests=%d us=%d failed=%d p50=%.3f p99=%.3f p999=%.3f\n"):format(summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, latency:percentile(99.9) / 1000))
end

-- One recipient and a body of 350 bytes, each with a requestId of its own: wrk … URL -- KEY CAMPAIGN [PAUSE_MS].

local headers, campaign, prefix, path
local sent, pause = 0, nil

function init(args)
  headers = { ["Authorization"] = "Bearer " .. args[1], ["Content-Type"] = "application/json" }
  campaign = args[2]
  pause = tonumber(args[3])
  if pause then delay = function() return pause end end -- of each connection, before each request
  path = wrk.path:gsub("/$", "") .. "/im/executions/unitary" -- below the URL that was given
  prefix = ("%x-%x"):format(os.time(), math.random(2 ^ 30))
end

function request()
  sent = sent + 1
  return wrk.format("POST", path, headers, ('{"requestId":"%s-%09d","campaignId":"%s","recipients":[{"type":"aep",'
    .. '"userId":"jane.%09d@example.com","namespace":"email","channelData":{"emailAddress":"jane.%09d@example.com"},'
    .. '"context":{"firstName":"Jane","askedAt":"2026-11-23T10:00:00Z","resetUrl":"https://shop.example.com/reset/7f3a91c2b4d5e6f708192a3b4c5d6e7f"}}]}')
    :format(prefix, sent, campaign, sent, sent))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(("result requests=%d us=%d failed=%d p50=%.3f p99=%.3f p999=%.3f\n"):format(summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, latency:percentile(99.9) / 1000))
end

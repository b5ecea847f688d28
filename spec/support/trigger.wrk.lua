-- wrk's part in the specs: sends triggers with a requestId and a number of their own, and writes what was answered to a file:
-- the requestId of each 202, "! status body" for anything else.
--
-- FILE.done appears when all are.
--
--   wrk -t1 -c64 -d300s -s trigger.wrk.lua URL -- KEY CAMPAIGN PREFIX COUNT exactly|until FILE
--
-- "exactly" sends COUNT triggers and ends when all are answered; "until" goes on until COUNT are answered with 202.

local headers, health, prefix, campaign, count, mode, file, answers
local sent, answered = 0, 0
local is_checked = false

function init(args)
  campaign, prefix, count, mode = args[2], args[3], tonumber(args[4]), args[5]
  file = args[6]
  answers = assert(io.open(file, "w"))
  answers:setvbuf "line"
  headers = { ["Authorization"] = "Bearer " .. args[1], ["Content-Type"] = "application/json" }
  health = wrk.format("GET", "/im/health")
end

function request()
  -- Questions about the server's health fill the connections until the last triggers are answered.
  if not is_checked or mode == "exactly" and sent == count then
    is_checked = true -- wrk makes the first request only to look at it
    return health
  end
  sent = sent + 1
  local id = prefix .. "-" .. sent
  local user = id .. "@example.com"
  return wrk.format("POST", "/im/executions/unitary", headers, '{"requestId":"' .. id .. '","campaignId":"' .. campaign
    .. '","recipients":[{"type":"aep","userId":"' .. user .. '","namespace":"email","channelData":{"emailAddress":"' .. user
    .. '"},"context":{"number":"' .. id .. '"}}]}')
end

function response(status, _, body)
  local id = body:match '"requestId"%s*:%s*"([^"]*)"'
  if status == 202 then
    answers:write(id or "? " .. body, "\n")
  elseif status ~= 200 then
    answers:write("! ", status, " ", (body:gsub("%s+", " ")), "\n")
    if mode == "until" then return end
  else
    return
  end
  answered = answered + 1
  if answered >= count then
    answers:close()
    assert(io.open(file .. ".done", "w")):close()
    wrk.thread:stop()
  end
end
